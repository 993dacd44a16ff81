"""The commands `ask` and `bot`."""
