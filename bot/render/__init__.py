"""Answers as bytes for people and programs: terminal text and JSON."""
