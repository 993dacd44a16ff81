"""Where answers are shown: in place of an interaction's "thinking…", or as a reply to a message."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import discord

from bot.discordapp.convert import content, new
from bot.discordapp.failures import surface_errors

if TYPE_CHECKING:
    from bot.chat.message import Message
    from bot.chat.ticket import Ticket
    from bot.discordapp.client import CareerClient

DAY_MINUTES: Literal[1440] = 1440
_ORIGINAL: Any = "@original"
_log = logging.getLogger("bot.discord")


class InteractionSurface:
    """The response to an interaction, reached by its token alone: works after a restart, for fifteen minutes.

    Args:
        client: the bot.
        ticket: whose token and channel are used.
    """

    def __init__(self, client: CareerClient, ticket: Ticket) -> None:
        self._client, self._ticket = client, ticket
        self._webhook = discord.Webhook.partial(ticket.application, ticket.token, client=client)
        self._moved: discord.Message | None = None
        self._message: int | None = None

    @property
    def expires(self) -> float | None:
        """See `Surface.expires`."""
        return self._ticket.expires if self._moved is None else None

    @property
    def message(self) -> int | None:
        """See `Surface.message`."""
        return self._message

    async def edit(self, message: Message) -> None:
        """See `Surface.edit`."""
        with surface_errors():
            if self._moved:
                await self._moved.edit(**content(message))
            else:
                self._message = (await self._webhook.edit_message(_ORIGINAL, **content(message))).id

    async def send(self, message: Message, part: int) -> None:
        """See `Surface.send`."""
        with surface_errors():
            if not self._ticket.private:
                try:
                    await self._place().send(**new(message), nonce=f"{self._ticket.id}-{part}")
                except (discord.Forbidden, discord.NotFound):
                    pass  # commands also work where the bot may not write by itself
                else:
                    return
            await self._webhook.send(**new(message), ephemeral=self._ticket.private, wait=True)

    async def move(self, message: Message) -> None:
        """See `Surface.move`. What only the asker may see goes into direct messages."""
        with surface_errors():
            place: discord.abc.Messageable = self._place()
            if self._ticket.private:
                place = await self._client.create_dm(discord.Object(self._ticket.user))
            sent = await place.send(**new(message), nonce=str(self._ticket.id))
            self._moved, self._message = sent, sent.id
            if not _shows(sent, message):
                await sent.edit(**content(message))

    async def open_thread(self, name: str) -> int | None:
        """See `Surface.open_thread`."""
        if self._message is None or self._ticket.guild is None:
            return None
        return await _open_thread(self._place(), self._message, name)

    def _place(self) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(self._ticket.channel, guild_id=self._ticket.guild)


class ReplySurface:
    """A reply to a message. It is written by the first edit, once even when that is repeated.

    Args:
        client: the bot.
        ticket: the question; `channel` is where the reply goes, `reply` which one it is once it was written.
    """

    def __init__(self, client: CareerClient, ticket: Ticket) -> None:
        self._client, self._ticket = client, ticket

    @property
    def expires(self) -> float | None:
        """See `Surface.expires`."""
        return None

    @property
    def message(self) -> int | None:
        """See `Surface.message`."""
        return self._ticket.reply

    async def edit(self, message: Message) -> None:
        """See `Surface.edit`."""
        if self._ticket.reply is None:
            await self._write(message, nonce=str(self._ticket.id))
            return
        with surface_errors():
            await self._place().get_partial_message(self._ticket.reply).edit(**content(message))

    async def send(self, message: Message, part: int) -> None:
        """See `Surface.send`."""
        with surface_errors():
            await self._place().send(**new(message), nonce=f"{self._ticket.id}-{part}")

    async def move(self, message: Message) -> None:
        """See `Surface.move`: the reply was deleted, or cannot be edited."""
        await self._write(message, nonce=f"{self._ticket.id}-m")

    async def open_thread(self, name: str) -> int | None:
        """See `Surface.open_thread`: threads of messages are opened before they are answered."""
        del name
        return None

    async def _write(self, message: Message, nonce: str) -> None:
        question = discord.MessageReference(
            message_id=self._ticket.id,
            channel_id=self._ticket.channel,
            guild_id=self._ticket.guild,
            fail_if_not_exists=False,
        )
        # The first message of a thread stands in the channel around it and cannot be replied to from inside.
        reference: dict[str, Any] = {} if self._ticket.channel == self._ticket.id else {"reference": question}
        with surface_errors():
            sent = await self._place().send(**new(message), **reference, nonce=nonce, mention_author=False)
        self._ticket = replace(self._ticket, reply=sent.id)
        self._client.desk.keep(self._ticket)
        if not _shows(sent, message):
            await self.edit(message)

    def _place(self) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(self._ticket.channel, guild_id=self._ticket.guild)


def _shows(sent: discord.Message, message: Message) -> bool:
    """Tell whether a message was sent just now.

    Where an earlier try arrived and its confirmation did not, Discord returns the message that try made, as it is.
    """
    return (sent.content, len(sent.embeds), bool(sent.components)) == (
        message.text.strip(),
        len(message.embeds),
        bool(message.buttons),
    )


async def _open_thread(place: discord.PartialMessageable, message: int, name: str) -> int | None:
    try:
        thread = await place.get_partial_message(message).create_thread(name=name, auto_archive_duration=DAY_MINUTES)
    except (discord.HTTPException, ValueError) as error:
        _log.info("no thread in channel %s: %s", place.id, error)
        return None
    return thread.id
