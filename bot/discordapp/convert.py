"""The messages of `bot.chat` as discord.py's values, and discord.py's values as those of `bot.chat`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord

from bot.chat.manners import Asker
from bot.discordapp.buttons import PressButton

if TYPE_CHECKING:
    from bot.chat.message import Embed, Message

NOBODY = discord.AllowedMentions.none()


def content(message: Message) -> dict[str, Any]:
    """Return the arguments of an edit: whatever the message showed before is replaced."""
    return {
        "content": message.text or None,
        "embeds": [_embed(embed) for embed in message.embeds],
        "view": _view(message),
        "allowed_mentions": NOBODY,
    }


def new(message: Message) -> dict[str, Any]:
    """Return the arguments of a new message."""
    arguments = content(message)
    if arguments["view"] is None:
        del arguments["view"]
    return arguments


def asker_of(interaction: discord.Interaction[Any]) -> Asker:
    """Return who sent an interaction."""
    user, channel = interaction.user, interaction.channel
    return Asker(
        user=user.id,
        channel=interaction.channel_id or 0,
        locale=str(interaction.locale),
        guild=interaction.guild_id,
        parent=getattr(channel, "parent_id", None),
        roles=_roles(user),
        manages=interaction.permissions.manage_guild,
        bot=user.bot,
    )


def author_of(message: discord.Message, locale: str) -> Asker:
    """Return who wrote a message."""
    author = message.author
    return Asker(
        user=author.id,
        channel=message.channel.id,
        locale=locale,
        guild=message.guild.id if message.guild else None,
        parent=getattr(message.channel, "parent_id", None),
        roles=_roles(author),
        manages=isinstance(author, discord.Member) and author.guild_permissions.manage_guild,
        bot=author.bot or message.webhook_id is not None,
    )


def _roles(user: discord.abc.User) -> frozenset[int]:
    return frozenset(role.id for role in user.roles) if isinstance(user, discord.Member) else frozenset()


def _embed(embed: Embed) -> discord.Embed:
    shown = discord.Embed(title=embed.title or None, description=embed.text or None, colour=embed.colour)
    return shown.set_footer(text=embed.footer) if embed.footer else shown


def _view(message: Message) -> discord.ui.View | None:
    if not message.buttons:
        return None
    view = discord.ui.View(timeout=None)
    for button in message.buttons:
        view.add_item(PressButton.of(button))
    return view
