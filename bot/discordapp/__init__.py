"""The Discord bot: a thin skin of discord.py over `bot.chat`. No other package imports `discord`."""
