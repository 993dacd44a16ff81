"""The commands, and how their interactions are received."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.chat.locale import language_of
from bot.chat.notices import notice
from bot.discordapp import moderator_commands, user_commands
from bot.discordapp.responses import complete, tell
from bot.discordapp.translator import Translator

if TYPE_CHECKING:
    from bot.discordapp.client import CareerClient

_log = logging.getLogger("bot.discord")


class Tree(app_commands.CommandTree["CareerClient"]):
    """All commands of the bot."""

    def __init__(self, client: CareerClient) -> None:
        super().__init__(client, allowed_installs=app_commands.AppInstallationType(guild=True, user=False))
        for command in (*user_commands.COMMANDS, *moderator_commands.COMMANDS):
            self.add_command(command)

    async def interaction_check(self, interaction: discord.Interaction[CareerClient], /) -> bool:
        """Handle each interaction once: Discord may send some again after a reconnect."""
        if interaction.type is discord.InteractionType.autocomplete:
            return True
        return interaction.client.desk.first(f"i{interaction.id}")

    async def on_error(self, interaction: discord.Interaction[CareerClient], error: app_commands.AppCommandError, /) -> None:
        """Say that something went wrong, and log what. Who was refused has been told so."""
        if isinstance(error, app_commands.CheckFailure):
            return
        _log.error("command failed", exc_info=error)
        message = notice("problem.failed", language_of(str(interaction.locale)))
        if interaction.response.is_done():
            await complete(interaction, message)
        else:
            await tell(interaction, message)

    async def payload(self) -> list[dict[str, Any]]:
        """Return the commands as Discord is told them."""
        translator = self.translator or Translator()
        return [await command.get_translated_payload(self, translator) for command in self.get_commands()]

    async def digest(self) -> str:
        """Return what changes whenever a command changes."""
        text = json.dumps(await self.payload(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()
