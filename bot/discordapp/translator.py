"""Names and descriptions of the commands, in the languages of Discord's clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from discord import app_commands

from bot import strings
from bot.chat.locale import LOCALES

if TYPE_CHECKING:
    import discord


def say(key: str) -> app_commands.locale_str:
    """Return a string of the catalogue for a command: in English, and to be translated."""
    return app_commands.locale_str(strings.text(key, "en"), key=key)


class Translator(app_commands.Translator):
    """Translates what `say` made."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContext[Any, Any],
    ) -> str | None:
        """Return the string in a locale; None where the bot does not speak it, and for English, which is the default."""
        del context
        key = string.extras.get("key")
        language = next((code for code, locales in LOCALES.items() if str(locale) in locales), "en")
        return strings.text(key, language) if key and language != "en" else None
