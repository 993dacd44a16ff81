"""The chat bot without Discord: how it asks the service, what it shows, whom it answers, and the life of one answer.

Nothing here imports `discord`; `bot.discordapp` is a thin skin over `bot.chat.desk`.
"""
