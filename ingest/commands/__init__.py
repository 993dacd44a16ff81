"""The commands of `ingest`, one module each, loaded only when they run. What they share is in `options`."""
