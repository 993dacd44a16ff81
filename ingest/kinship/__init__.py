"""Which documents are the same text: translations that do not name their original, and copies from another site or file."""
