"""Questions that are messages: mentions of the bot, replies to it, direct messages.

Discord delivers the text of a message to a bot without the privileged message-content intent in exactly these cases: the
message mentions the bot (a reply with its ping on does), or is a direct message to it. Slash commands carry their text anyway.
So the intent is needed only to hear follow-ups in threads that mention nobody; it is off unless the operator asks for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import discord

from bot.chat.desk import is_silent
from bot.chat.errors import SurfaceError
from bot.chat.limits import THREAD_NAME, shorten
from bot.chat.locale import language_of
from bot.chat.notices import denied
from bot.chat.ticket import Ticket
from bot.discordapp.convert import author_of, new
from bot.discordapp.failures import surface_errors
from bot.discordapp.surfaces import DAY_MINUTES, ReplySurface

if TYPE_CHECKING:
    from bot.chat.manners import Asker, Denial
    from bot.discordapp.client import CareerClient

_TYPES = frozenset({discord.MessageType.default, discord.MessageType.reply})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a message is answered, and the conversation it belongs to."""

    channel: int
    conversation: str | None = None


class Listener:
    """Takes messages in."""

    def __init__(self, client: CareerClient) -> None:
        self._client, self._desk = client, client.desk

    async def heard(self, message: discord.Message) -> None:
        """Answer a message if it is meant for the bot."""
        if not self._meant(message) or not self._desk.first(f"m{message.id}"):
            return
        asker = author_of(message, self._locale(message))
        question = self._question(message)
        denial = self._desk.admit(asker, question, member=await self._client.is_member_with_dms(message))
        if denial is not None:
            await self._refuse(message, denial, asker)
            return
        # From here on it is answered even if the bot is killed while it opens a thread.
        self._desk.keep(self._ticket(message, asker, question, _Place(channel=message.channel.id)))
        try:
            place = await self._place(message, question)
        except BaseException:
            self._desk.abandon(asker.user)
            raise
        self._start(self._ticket(message, asker, question, place))

    async def edited(self, message: discord.Message) -> None:
        """Answer an edited question again, in the reply it already has."""
        stamp = message.edited_at
        if stamp is None or not self._meant(message):
            return
        reply = self._desk.conversations.reply_to(message.id)
        running = self._desk.ticket(message.id)
        if (reply is None and running is None) or not self._desk.first(f"e{message.id}-{stamp.timestamp()}"):
            return
        asker = author_of(message, self._locale(message))
        question = self._question(message)
        if running and running.question == question:
            return
        member = await self._client.is_member_with_dms(message)
        before = await self._desk.withdraw(message.id)
        # Nothing is waited for between forgetting the old question and keeping the new one.
        denial = self._desk.admit(asker, question, member=member)
        if denial is not None:
            await self._refuse(message, denial, asker)
            return
        earlier = before or reply
        if earlier:
            place = _Place(channel=earlier.channel, conversation=earlier.conversation)
            self._start(self._ticket(message, asker, question, place, reply=earlier.reply))

    def _start(self, ticket: Ticket) -> None:
        self._desk.start(ticket, ReplySurface(self._client, ticket))

    def _meant(self, message: discord.Message) -> bool:
        """Tell whether a message is a question to the bot."""
        me = self._client.user
        if me is None or message.type not in _TYPES or message.author.bot or message.webhook_id is not None:
            return False
        if message.guild is None or any(user.id == me.id for user in message.mentions):
            return True
        own = message.guild.self_role
        if own is not None and any(role.id == own.id for role in message.role_mentions):
            return True
        heard = self._client.hears_everything and bool(message.content)
        return heard and isinstance(message.channel, discord.Thread) and self._desk.conversations.known(str(message.channel.id))

    def _question(self, message: discord.Message) -> str:
        """Return the text without the mention of the bot, the names of others written out."""
        me = self._client.user
        own = message.guild.self_role if message.guild else None
        text = re.sub(rf"<@!?{me.id}>", " ", message.content) if me else message.content
        text = text.replace(own.mention, " ") if own else text
        for user in message.mentions:
            text = re.sub(rf"<@!?{user.id}>", user.display_name, text)
        return " ".join(text.split())

    async def _place(self, message: discord.Message, question: str) -> _Place:
        """Return where to answer; a new thread for a new conversation in a channel."""
        channel, identity = message.channel, message.channel.id
        if message.guild is None or isinstance(channel, discord.Thread):
            return _Place(channel=identity, conversation=str(identity))
        if message.reference and message.reference.message_id:
            earlier = self._desk.conversations.replied_with(message.reference.message_id)
            if earlier:
                return _Place(channel=identity, conversation=earlier.conversation)
        if self._desk.guilds.get(message.guild.id).threads:
            name = shorten(question, THREAD_NAME)
            try:
                with surface_errors():
                    thread = await message.create_thread(name=name, auto_archive_duration=DAY_MINUTES)
            except (SurfaceError, ValueError):
                return _Place(channel=identity)
            return _Place(channel=thread.id, conversation=str(thread.id))
        return _Place(channel=identity)

    def _ticket(
        self, message: discord.Message, asker: Asker, question: str, place: _Place, *, reply: int | None = None
    ) -> Ticket:
        return Ticket(
            id=message.id,
            kind="message",
            question=question,
            user=asker.user,
            channel=place.channel,
            created=message.created_at.timestamp(),
            guild=asker.guild,
            locale=asker.locale,
            language=self._desk.guilds.get(asker.guild).language,
            conversation=place.conversation,
            reply=reply,
        )

    def _locale(self, message: discord.Message) -> str:
        if message.guild is None:
            return "en"
        chosen = self._desk.guilds.get(message.guild.id).language
        return chosen or language_of(str(message.guild.preferred_locale))

    async def _refuse(self, message: discord.Message, denial: Denial, asker: Asker) -> None:
        if is_silent(denial) or not self._desk.doorman.may_be_told(asker.user):
            return
        try:
            with surface_errors():
                await message.reply(**new(denied(denial, asker.locale)), mention_author=False, nonce=str(message.id))
        except SurfaceError:
            return
