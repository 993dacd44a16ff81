"""What everybody may do: /ask, /sources, /about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot import strings
from bot.chat.locale import language_of
from bot.discordapp.responses import acknowledge, complete
from bot.discordapp.translator import say
from bot.question import LONGEST_QUESTION  # noqa: TC001 - discord.py reads annotations

if TYPE_CHECKING:
    from bot.discordapp.client import CareerClient

LANGUAGES = [app_commands.Choice(name=strings.language_name(code, code), value=code) for code in strings.LANGUAGES]


@app_commands.allowed_contexts(guilds=True, dms=True)
@app_commands.command(name=say("command.ask_name"), description=say("command.ask"))
@app_commands.rename(
    question=say("option.question_name"), language=say("option.language_name"), private=say("option.private_name")
)
@app_commands.describe(question=say("option.question"), language=say("option.language"), private=say("option.private"))
@app_commands.choices(language=LANGUAGES)
async def ask(
    interaction: discord.Interaction[CareerClient],
    question: app_commands.Range[str, 1, LONGEST_QUESTION],
    language: str | None = None,
    private: bool = False,
) -> None:
    """Take a question."""
    await interaction.client.take(interaction, question, language=language, private=private)


@app_commands.allowed_contexts(guilds=True, dms=True)
@app_commands.command(name=say("command.sources_name"), description=say("command.sources"))
@app_commands.rename(find=say("option.find_name"))
@app_commands.describe(find=say("option.find"))
async def sources(interaction: discord.Interaction[CareerClient], find: app_commands.Range[str, 1, 100] | None = None) -> None:
    """Show the list of sources."""
    await acknowledge(interaction, private=True)
    locale = language_of(str(interaction.locale))
    await complete(interaction, await interaction.client.desk.sources(0, locale, find or ""))


@sources.autocomplete("find")
async def _find(interaction: discord.Interaction[CareerClient], current: str) -> list[app_commands.Choice[str]]:
    return await suggested(interaction, current)


@app_commands.allowed_contexts(guilds=True, dms=True)
@app_commands.command(name=say("command.about_name"), description=say("command.about"))
async def about(interaction: discord.Interaction[CareerClient]) -> None:
    """Show what the bot is."""
    await acknowledge(interaction, private=True)
    await complete(interaction, await interaction.client.desk.about(language_of(str(interaction.locale))))


async def suggested(interaction: discord.Interaction[CareerClient], words: str) -> list[app_commands.Choice[str]]:
    """Return sources to choose from."""
    found = await interaction.client.desk.suggestions(words)
    return [app_commands.Choice(name=name, value=value) for name, value in found]


COMMANDS: tuple[app_commands.Command[Any, ..., Any], ...] = (ask, sources, about)
