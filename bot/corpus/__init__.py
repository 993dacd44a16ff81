"""The starter corpus as its makers see it: digests, translations, questions, and the rules that all of it keeps."""
