"""The connection to Discord: events in, tickets out."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import discord

from bot.chat.identifies import A_HOUR
from bot.chat.locale import language_of
from bot.chat.ticket import Ticket
from bot.discordapp.buttons import PressButton
from bot.discordapp.convert import NOBODY, asker_of
from bot.discordapp.listener import Listener
from bot.discordapp.moderator_commands import allowed_at_home
from bot.discordapp.presser import Presser, refuse
from bot.discordapp.responses import acknowledge
from bot.discordapp.surfaces import InteractionSurface, ReplySurface
from bot.discordapp.translator import Translator
from bot.discordapp.tree import Tree

if TYPE_CHECKING:
    from bot.chat.desk import Desk
    from bot.chat.identifies import IdentifyBudget
    from bot.chat.settings import DiscordSettings
    from bot.chat.surface import Surface

MEMBER_SECONDS, STRANGER_SECONDS = 3_600.0, 60.0
"""How long it is remembered that somebody belongs, or not, to a server that allows direct messages."""
LONGEST_HOLD = 20.0
"""Seconds for which an open connection waits to be used: less than the time between two heartbeats."""
_MOST_MEMBERS = 10_000
_log = logging.getLogger("bot.discord")
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody asks it to speak


@dataclass(frozen=True, slots=True, kw_only=True)
class _Membership:
    """Whether a user belonged to one of the servers that allow direct messages."""

    until: float
    allowing: tuple[int, ...]
    member: bool


class TooManyIdentifiesError(OSError):
    """The bot would introduce itself to Discord too often; discord.py then tries again later, more and more slowly."""


def intents(*, message_content: bool) -> discord.Intents:
    """Return what the bot asks to hear: servers, and messages; their text only where it is meant (see `listener`)."""
    chosen = discord.Intents.none()
    chosen.guilds = chosen.guild_messages = chosen.dm_messages = True
    chosen.message_content = message_content
    return chosen


class CareerClient(discord.Client):
    """The bot.

    Args:
        desk: where everything is handled.
        settings: of the environment.
        budget: how often it may introduce itself.
    """

    def __init__(self, *, desk: Desk, settings: DiscordSettings, budget: IdentifyBudget) -> None:
        super().__init__(
            intents=intents(message_content=settings.message_content),
            allowed_mentions=NOBODY,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
        )
        self.desk = desk
        self.hears_everything = settings.message_content
        self._settings, self._budget = settings, budget
        self.tree = Tree(self)
        self.presser, self._listener = Presser(self), Listener(self)
        self._resumed = False
        self._members: dict[int, _Membership] = {}

    async def setup_hook(self) -> None:
        """Make old buttons work, and say when the commands need a sync."""
        self.add_dynamic_items(PressButton)
        await self.tree.set_translator(Translator())
        if await self.tree.digest() != self.desk.facts.get(f"commands-{self.application_id}"):
            _log.warning("Discord has not been told of the newest commands; run: bot discord sync")

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Count, and refuse to hurry. The first connection has waited already.

        Raises:
            TooManyIdentifiesError: the pause would be so long that Discord gave the connection up.
        """
        pause = 0.0 if initial else self._budget.pause()
        if pause > LONGEST_HOLD:
            raise TooManyIdentifiesError(f"more than {A_HOUR} connections an hour")
        await asyncio.sleep(pause)
        self._budget.count()
        await super().before_identify_hook(shard_id, initial=initial)

    async def on_ready(self) -> None:
        """Answer what was open when the bot last stopped, once."""
        _log.info("ready as %s in %s servers", self.user, len(self.guilds))
        if not self._resumed:
            self._resumed = True
            if count := self.desk.resume(self._surface):
                _log.info("%s questions from before the restart", count)

    async def on_message(self, message: discord.Message) -> None:
        """Take a message in."""
        await self._listener.heard(message)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Take an edited message in."""
        await self._listener.edited(payload.message)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Take a form in. Commands and buttons go their own ways."""
        if interaction.type is discord.InteractionType.modal_submit:
            await self.presser.submitted(interaction)

    async def take(
        self,
        interaction: discord.Interaction[Any],
        question: str,
        *,
        language: str | None = None,
        private: bool = False,
        sources: int | None = None,
        seen: tuple[tuple[str, int], ...] = (),
    ) -> None:
        """Take a question that came by an interaction: admit, acknowledge, answer."""
        asker = asker_of(interaction)
        member = interaction.guild_id is not None or self._remembered_member(interaction.user.id)
        denial = self.desk.admit(asker, question, member=member)
        if denial is not None:
            await refuse(interaction, denial)
            return
        settings = self.desk.guilds.get(asker.guild)
        ticket = self._ticket(
            interaction,
            question=question,
            language=language or settings.language,
            private=private,
            sources=sources,
            seen=seen,
            conversation=None if seen else _conversation(interaction, private=private),
            thread=settings.threads and not private and isinstance(interaction.channel, discord.TextChannel),
        )
        # From here on it is answered even if the bot is killed before Discord confirms the acknowledgement.
        self.desk.keep(ticket)
        try:
            await acknowledge(interaction, private=private)
        except BaseException:
            self.desk.abandon(asker.user)
            raise
        self.desk.start(ticket, InteractionSurface(self, ticket))

    async def forget(self, interaction: discord.Interaction[Any], key: str) -> None:
        """Remove a source, as confirmed by a moderator."""
        if await allowed_at_home(interaction):
            await acknowledge(interaction, private=True)
            locale = language_of(str(interaction.locale))
            await self.desk.moderation.forget(self.private_surface(interaction), locale, key)

    def private_surface(self, interaction: discord.Interaction[Any]) -> Surface:
        """Return the acknowledged response to an interaction that only its sender sees."""
        return InteractionSurface(self, self._ticket(interaction, question="", private=True))

    def is_home(self, guild: int | None) -> bool:
        """Tell whether the moderators of a server may change the corpus."""
        if self._settings.home_guilds:
            return guild in self._settings.home_guilds
        return guild is not None and [known.id for known in self.guilds] == [guild]

    def numbers(self) -> dict[str, str]:
        """Return the bot's own numbers."""
        latency = f"{self.latency * 1000:.0f} ms" if self.latency < 1e6 else "–"  # noqa: PLR2004 - infinite while unknown
        return {"servers": str(len(self.guilds)), "running": str(self.desk.running), "latency": latency}

    async def is_member_with_dms(self, message: discord.Message) -> bool:
        """Tell whether the author of a direct message belongs to a server that allows its members those."""
        if message.guild is not None:
            return False
        user, allowing = message.author.id, self.desk.guilds.allowing_dms()
        known = self._members.get(user)
        if known is None or known.until < time.monotonic() or known.allowing != allowing:
            if len(self._members) >= _MOST_MEMBERS:
                self._members.clear()
            member = await self._belongs(user, allowing)
            until = time.monotonic() + (MEMBER_SECONDS if member else STRANGER_SECONDS)
            known = self._members[user] = _Membership(until=until, allowing=allowing, member=member)
        return known.member

    def _remembered_member(self, user: int) -> bool:
        known = self._members.get(user)
        return known is not None and known.member and known.allowing == self.desk.guilds.allowing_dms()

    async def _belongs(self, user: int, allowing: tuple[int, ...]) -> bool:
        for identity in allowing:
            guild = self.get_guild(identity)
            if guild is None:
                continue
            try:
                await guild.fetch_member(user)
            except discord.HTTPException:
                continue
            return True
        return False

    def _surface(self, ticket: Ticket) -> Surface | None:
        """Return where to answer a ticket from before a restart."""
        if ticket.kind == "message":
            return ReplySurface(self, ticket)
        return InteractionSurface(self, ticket)

    def _ticket(self, interaction: discord.Interaction[Any], **fields: Any) -> Ticket:  # noqa: ANN401 - fields of `Ticket`
        return Ticket(
            id=interaction.id,
            kind="interaction",
            user=interaction.user.id,
            channel=interaction.channel_id or 0,
            guild=interaction.guild_id,
            created=interaction.created_at.timestamp(),
            locale=language_of(str(interaction.locale)),
            application=interaction.application_id,
            token=interaction.token,
            **fields,
        )


def _conversation(interaction: discord.Interaction[Any], *, private: bool) -> str | None:
    """Return the conversation that an interaction belongs to; None for a new one in a channel."""
    if private:
        return f"private:{interaction.channel_id}:{interaction.user.id}"
    if interaction.guild_id is None or isinstance(interaction.channel, discord.Thread):
        return str(interaction.channel_id)
    return None
