"""The chat bot and the command line work where discord.py and `bot.discordapp` do not exist."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import importlib, pkgutil, sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "discord" or name.startswith("bot.discordapp"):
            raise ImportError(name)

sys.meta_path.insert(0, Blocked())
import bot.chat
for module in pkgutil.iter_modules(bot.chat.__path__):
    importlib.import_module(f"bot.chat.{module.name}")
importlib.import_module("bot.cli.bot")
"""


def test_nothing_else_needs_discord() -> None:
    """Every module of the chat bot, and the command line, can be imported without it."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
