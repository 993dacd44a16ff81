"""Buttons. They are recognised by their ids, so that they work on messages from before a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import discord

from bot.chat import press as presses

if TYPE_CHECKING:
    import re

    from bot.chat.message import Button
    from bot.chat.press import Press
    from bot.discordapp.client import CareerClient

_STYLES = {
    "primary": discord.ButtonStyle.primary,
    "secondary": discord.ButtonStyle.secondary,
    "success": discord.ButtonStyle.success,
    "danger": discord.ButtonStyle.danger,
}


class PressButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=presses.PATTERN):
    """Any of the bot's buttons."""

    @classmethod
    def of(cls, button: Button) -> Self:
        """Return the button for a value."""
        return cls(
            discord.ui.Button(
                label=button.label or None,
                emoji=button.emoji,
                style=_STYLES[button.style],
                custom_id=button.custom_id,
                disabled=button.disabled,
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Return the button that was pressed; what it means stands in its id."""
        del interaction, match
        return cls(item)  # type: ignore[arg-type]

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Act on the press."""
        press: Press | None = presses.parse(self.custom_id)
        if press is not None:
            client: CareerClient = interaction.client
            await client.presser.handle(interaction, press)
