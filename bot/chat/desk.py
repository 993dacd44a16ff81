"""The counter at which everything that Discord brings is handled: questions, buttons, votes, the list of sources."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Literal

from bot.chat import more
from bot.chat.answerer import Answerer
from bot.chat.answers import AnswerStore
from bot.chat.conversations import Conversations
from bot.chat.corpus import CorpusList
from bot.chat.corpus_view import about_message, choices, sources_message
from bot.chat.errors import BackendError, SurfaceError
from bot.chat.facts import Facts
from bot.chat.guilds import GuildStore
from bot.chat.line import Line
from bot.chat.manners import SILENCE, Denial, Doorman
from bot.chat.moderation import Moderation
from bot.chat.notices import failed, notice
from bot.chat.pending import PendingTickets
from bot.chat.quotes_view import quotes_message
from bot.chat.seen import SeenEvents
from bot.question import LONGEST_QUESTION

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.chat.answers import KeptAnswer
    from bot.chat.backend import Backend
    from bot.chat.clock import Clock
    from bot.chat.database import Database
    from bot.chat.manners import Asker
    from bot.chat.message import Message
    from bot.chat.press import Press
    from bot.chat.settings import DiscordSettings
    from bot.chat.surface import Surface
    from bot.chat.ticket import Ticket

FAREWELL_SECONDS = 8.0
"""What a stopped bot takes at most to tell those who wait."""
_log = logging.getLogger("bot.chat")


class Desk:
    """One bot's counter.

    Args:
        backend: the service.
        database: what has to outlive a restart.
        settings: of the environment.
        clock: the time.
    """

    def __init__(self, *, backend: Backend, database: Database, settings: DiscordSettings, clock: Clock) -> None:
        self._backend, self._keep_days = backend, settings.keep_days
        self.guilds = GuildStore(database)
        self.facts = Facts(database)
        self.conversations = Conversations(database, clock)
        self.doorman = Doorman(
            self.guilds,
            clock,
            allowed_guilds=frozenset(settings.guilds),
            blocked=frozenset(settings.blocked_users),
            direct=settings.dms,
        )
        self._answers = AnswerStore(database, clock, keep_days=settings.keep_days)
        self._pending = PendingTickets(database, clock)
        self._seen = SeenEvents(database, clock)
        self.corpus = CorpusList(backend, clock)
        self.moderation = Moderation(backend, self.guilds, self.corpus, clock)
        self._clock = clock
        self._answerer = Answerer(
            backend=backend,
            line=Line(settings.at_once),
            pending=self._pending,
            answers=self._answers,
            conversations=self.conversations,
            clock=clock,
            shown=self._shown,
        )
        self._running: dict[int, tuple[asyncio.Task[None], Ticket, Surface]] = {}
        self._kept: set[int] = set()
        """Tickets that this process has taken, so that it does not resume them as somebody else's."""
        self._complete: set[int] = set()
        """Tickets whose last message is shown while their thread is being opened."""
        self._arriving: set[int] = set()
        """Users whose question is being acknowledged: it was admitted and is not answered yet."""
        self._arrived = asyncio.Event()
        """Set while nobody's is."""
        self._arrived.set()
        self._closing = False

    @property
    def running(self) -> int:
        """How many answers are being made or waiting."""
        return len(self._running)

    def first(self, event: str) -> bool:
        """Tell whether an event comes for the first time: after a reconnect Discord may send some again."""
        return self._seen.first(event)

    def admit(self, asker: Asker, question: str, *, member: bool = False) -> Denial | None:
        """Take a question, at once; return why not where it is not taken. Once taken, `start` or `abandon` must follow."""
        if self._closing:
            return Denial(key="chat.restarting_ask_again")
        denial = self.doorman.refuse(asker, member=member) or _unfit(question)
        if denial is None:
            self.doorman.begin(asker)
            self._arriving.add(asker.user)
            self._arrived.clear()
        return denial

    def abandon(self, user: int) -> None:
        """Undo `admit`: the question could not be acknowledged. One that was kept is answered after the next start."""
        self.doorman.end(user)
        self._has_arrived(user)

    def keep(self, ticket: Ticket) -> None:
        """Keep the newest state of an admitted ticket, so that it is answered after a crash too."""
        self._kept.add(ticket.id)
        self._pending.add(ticket)

    def start(self, ticket: Ticket, surface: Surface) -> asyncio.Task[None]:
        """Answer a ticket that was admitted and acknowledged; from here on it outlives a restart."""
        self.keep(ticket)
        self._has_arrived(ticket.user)
        task = asyncio.create_task(self._answer(ticket, surface), name=f"answer-{ticket.id}")
        self._running[ticket.id] = (task, ticket, surface)
        task.add_done_callback(lambda done: self._ended(ticket, done))
        return task

    def ticket(self, ticket_id: int) -> Ticket | None:
        """Return a ticket that is being answered."""
        found = self._running.get(ticket_id)
        return found[1] if found else None

    async def withdraw(self, ticket_id: int) -> Ticket | None:
        """Stop the answer to a question that was edited or deleted; return its ticket, None where none is running."""
        found = self._running.get(ticket_id)
        if found is None:
            return None
        task, ticket, _ = found
        task.cancel()
        await asyncio.wait({task})
        # The reply may have been written since the ticket was handed in.
        newest = self._pending.find(ticket_id) or ticket
        self._pending.done(ticket_id)
        return newest

    def resume(self, place: Callable[[Ticket], Surface | None]) -> int:
        """Answer what was open when the bot last stopped; return how many.

        Args:
            place: returns where a ticket's answer is shown; None where there is no such place any more.
        """
        count = 0
        for ticket in self._pending.open():
            if ticket.id in self._kept:
                continue  # asked since the start: the bot hears questions before Discord calls it ready
            surface = place(ticket)
            if surface is None:
                self._pending.done(ticket.id)
                continue
            self.doorman.resume(ticket.user)
            self.start(ticket, surface)
            count += 1
        return count

    async def close(self) -> None:
        """Take no more questions, and tell those who wait that theirs are kept and answered after the restart."""
        self._closing = True
        # Who is admitted and not acknowledged yet would neither be told nor answered.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_SECONDS):
                await self._arrived.wait()
        every = [task for task, _, _ in self._running.values()]
        waiting = [entry for entry in self._running.values() if entry[1].id not in self._complete]
        for task, _, _ in waiting:
            task.cancel()
        if every:
            await asyncio.wait(every, timeout=FAREWELL_SECONDS)
        # An answer may have come to its end while it was being stopped: its asker reads that and no farewell.
        untold = [(ticket, surface) for _, ticket, surface in waiting if self._pending.find(ticket.id)]
        if untold:
            farewells = [asyncio.create_task(_farewell(ticket, surface)) for ticket, surface in untold]
            _, late = await asyncio.wait(farewells, timeout=FAREWELL_SECONDS)
            for task in late:
                task.cancel()

    def quotes(self, press: Press, locale: str) -> Message:
        """Return a page of the exact words behind an answer."""
        kept = self._answers.find(press.key)
        found = quotes_message(kept.payload, press.number, locale=locale) if kept else None
        return found or notice("chat.expired_button", locale)

    def more(self, press: Press) -> tuple[KeptAnswer, tuple[tuple[str, int], ...]] | None:
        """Return the answer to which more is wanted and its quotes; None where its question is not kept any more."""
        kept = self._answers.find(press.key)
        return (kept, more.shown_quotes(kept.payload)) if kept and kept.question else None

    def topic(self, press: Press) -> str | None:
        """Return the topic that a button of a refusal asks about."""
        kept = self._answers.find(press.key)
        topics = kept.payload["nearest_topics"] if kept else []
        return str(topics[press.number]) if press.number < len(topics) else None

    async def vote(
        self, answer_id: str, user: int, vote: Literal["up", "down"], locale: str, reason: str | None = None
    ) -> Message:
        """Keep a vote through the service, one a user and answer; return what to tell the voter."""
        if self._answers.find(answer_id) is None:
            return notice("chat.expired_button", locale)
        if not self._answers.claim_vote(answer_id, user):
            return notice("chat.voted_already", locale)
        try:
            await self._backend.vote(answer_id, vote, (reason or "").strip() or None)
        except BackendError as error:
            self._answers.release_vote(answer_id, user)
            return notice("chat.expired_button", locale) if error.kind == "not-found" else failed(error, locale)
        return notice("chat.voted", locale)

    async def sources(self, page: int, locale: str, found: str = "") -> Message:
        """Return a page of the list of sources."""
        try:
            return sources_message(await self.corpus.sources(), page, locale=locale, found=found)
        except BackendError as error:
            return failed(error, locale)

    async def suggestions(self, words: str) -> list[tuple[str, str]]:
        """Return sources to choose from; none where the service cannot be asked."""
        try:
            return choices(await self.corpus.sources(), words)
        except BackendError:
            return []

    async def about(self, locale: str) -> Message:
        """Return what the bot says about itself."""
        try:
            sources, checks = await asyncio.gather(self.corpus.sources(), self._backend.ready())
        except BackendError as error:
            return failed(error, locale)
        return about_message(sources, checks, locale=locale, keep_days=self._keep_days)

    async def _answer(self, ticket: Ticket, surface: Surface) -> None:
        try:
            await self._answerer.answer(ticket, surface)
        except Exception as error:  # noqa: BLE001 - the asker must not wait for ever, whatever happens here
            _log.error("ticket %s: a bug", ticket.id, exc_info=error)
            # Told first: a bot that is stopped meanwhile has not forgotten whoever still waits.
            with contextlib.suppress(Exception):
                await surface.edit(notice("problem.failed", ticket.locale))
            self._pending.done(ticket.id)

    def _has_arrived(self, user: int) -> None:
        self._arriving.discard(user)
        if not self._arriving:
            self._arrived.set()

    def _shown(self, ticket: Ticket) -> None:
        """Let the asker ask again, and see to it that the answer is not announced anew."""
        self._complete.add(ticket.id)
        self.doorman.end(ticket.user)

    def _ended(self, ticket: Ticket, task: asyncio.Task[None]) -> None:
        if self._running.get(ticket.id, (None,))[0] is task:
            del self._running[ticket.id]
            self._kept.discard(ticket.id)
        if ticket.id in self._complete:
            self._complete.discard(ticket.id)
        else:
            self.doorman.end(ticket.user)


def is_silent(denial: Denial) -> bool:
    """Tell whether somebody who is denied should hear nothing at all."""
    return denial is SILENCE or not denial.key


def _unfit(question: str) -> Denial | None:
    if not any(character.isalnum() for character in question):
        return Denial(key="chat.how_to_ask")
    if len(question) > LONGEST_QUESTION:
        return Denial(key="chat.too_long", values={"most": LONGEST_QUESTION})
    return None


async def _farewell(ticket: Ticket, surface: Surface) -> None:
    try:
        await surface.edit(notice("chat.restarting", ticket.locale))
    except SurfaceError as error:
        _log.info("ticket %s: no farewell: %s", ticket.id, error)
