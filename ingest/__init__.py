"""Turn interviews, transcripts and articles into an index that can be cited to the character."""
