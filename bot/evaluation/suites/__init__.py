"""The suites of `bot eval`, one module each; `SUITE` is what a module offers."""
