"""The first word to an interaction: it has to be said within three seconds, and only once."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import aiohttp
import discord

from bot.discordapp.convert import content, new
from bot.discordapp.failures import ALREADY_ACKNOWLEDGED

if TYPE_CHECKING:
    from bot.chat.message import Message

TRIES, TRY_SECONDS = 3, 1.25
"""A lost request has to be repeated before the three seconds are over."""
_log = logging.getLogger("bot.discord")


async def acknowledge(interaction: discord.Interaction[Any], *, private: bool, anew: bool = True) -> None:
    """Show "thinking…". A failure is no reason to stop: the answer then finds its way by the channel.

    Args:
        interaction: to acknowledge.
        private: only its sender sees the answer.
        anew: the answer is a new message; otherwise it replaces the one whose button was pressed.
    """
    for _ in range(TRIES):
        try:
            async with asyncio.timeout(TRY_SECONDS):
                await interaction.response.defer(ephemeral=private, thinking=anew)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            _noted(interaction, error)
        except discord.HTTPException as error:
            _noted(interaction, error)
            return
        else:
            return


async def tell(interaction: discord.Interaction[Any], message: Message) -> None:
    """Answer with a message that only the sender of the interaction sees."""
    try:
        await interaction.response.send_message(**new(message), ephemeral=True)
    except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
        _noted(interaction, error)


async def present(interaction: discord.Interaction[Any], form: discord.ui.Modal) -> None:
    """Answer with a form."""
    try:
        await interaction.response.send_modal(form)
    except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
        _noted(interaction, error)


async def turn(interaction: discord.Interaction[Any], message: Message) -> None:
    """Answer by replacing the message whose button was pressed."""
    try:
        await interaction.response.edit_message(**content(message))
    except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
        _noted(interaction, error)


async def complete(interaction: discord.Interaction[Any], message: Message) -> None:
    """Replace "thinking…" by a message."""
    try:
        await interaction.edit_original_response(**content(message))
    except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
        _noted(interaction, error)


def _noted(interaction: discord.Interaction[Any], error: Exception) -> None:
    if isinstance(error, discord.HTTPException) and error.code == ALREADY_ACKNOWLEDGED:
        return  # an earlier try arrived, its confirmation did not
    _log.warning("interaction %s: %s", interaction.id, error)
