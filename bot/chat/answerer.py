"""The life of one answer: in line, asked, shown as it comes, finished; kept for its buttons and for follow-ups."""

from __future__ import annotations

import logging
from contextlib import aclosing, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.chat import more
from bot.chat.answer_view import answer_messages
from bot.chat.backend import Asking, Finished, Queued, Searching
from bot.chat.conversations import Reply
from bot.chat.editor import Editor
from bot.chat.errors import BackendError, SurfaceBusyError, SurfaceError
from bot.chat.limits import THREAD_NAME, shorten
from bot.chat.notices import failed, notice
from bot.chat.progress_view import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.chat.answers import AnswerStore
    from bot.chat.backend import Backend, Payload
    from bot.chat.clock import Clock
    from bot.chat.conversations import Conversations
    from bot.chat.line import Line
    from bot.chat.message import Message
    from bot.chat.pending import PendingTickets
    from bot.chat.surface import Surface
    from bot.chat.ticket import Ticket

PATIENCE = 300.0
"""Seconds for which a busy service is asked again."""
UNREACHABLE_PATIENCE = 45.0
"""Seconds for which a service that does not answer is: it may be restarting."""
DEADLINE_TRIES = 2
_PAUSES = (1.0, 2.0, 4.0, 8.0)
_log = logging.getLogger("bot.chat")


class Answerer:
    """Answers tickets.

    Args:
        backend: the service.
        line: in front of it.
        pending: where open tickets are kept.
        answers: where answers are kept for their buttons.
        conversations: earlier turns.
        clock: the time.
        shown: told of each ticket whose asker has read the end and may ask again.
    """

    def __init__(
        self,
        *,
        backend: Backend,
        line: Line,
        pending: PendingTickets,
        answers: AnswerStore,
        conversations: Conversations,
        clock: Clock,
        shown: Callable[[Ticket], None],
    ) -> None:
        self._shown = shown
        self._backend, self._line, self._pending = backend, line, pending
        self._answers, self._conversations, self._clock = answers, conversations, clock

    async def answer(self, ticket: Ticket, surface: Surface) -> None:
        """Answer a ticket on its surface, exactly once; its last message is there when this returns.

        A cancelled ticket stays among the pending ones: whoever cancelled decides whether it is answered later.
        """
        editor = Editor(surface, self._clock, moved=notice("chat.moved", ticket.locale))
        editor.start()
        if ticket.kind == "message":
            # An interaction shows by itself that somebody is at work.
            editor.show(Progress(locale=ticket.locale).message())
        try:
            messages, payload = await self._outcome(ticket, editor)
            await editor.finish(messages)
            self._pending.done(ticket.id)
            self._shown(ticket)
            if payload:
                await self._follow_up(ticket, surface, payload)
        except SurfaceBusyError as error:
            _log.warning("ticket %s: Discord took no message; it is answered after a restart: %s", ticket.id, error)
            return
        except SurfaceError as error:
            _log.warning("ticket %s: the answer has no place any more: %s", ticket.id, error)
            with suppress(SurfaceError):
                await surface.edit(notice("problem.failed", ticket.locale))
        finally:
            await editor.stop()
        self._pending.done(ticket.id)

    async def _outcome(self, ticket: Ticket, editor: Editor) -> tuple[list[Message], Payload | None]:
        """Return the messages to end with, and the answer where there is one."""
        try:
            payload = await self._ask(ticket, editor)
        except BackendError as error:
            _log.warning("ticket %s: %s", ticket.id, error)
            return [failed(error, ticket.locale)], None
        if ticket.seen:
            payload = more.without(payload, ticket.seen)
            if not payload["claims"]:
                return [notice("chat.no_more", ticket.locale)], None
        locale = payload["language"] if ticket.kind == "message" else ticket.locale
        self._answers.keep(payload, question=ticket.question, locale=locale, language=ticket.language, guild=ticket.guild)
        return answer_messages(payload, locale=locale, more=not ticket.seen), payload

    async def _ask(self, ticket: Ticket, editor: Editor) -> Payload:
        began, tries = self._clock.now(), 0
        while True:
            tries += 1
            try:
                async with self._line.turn(lambda ahead: self._queue(ticket, editor, ahead)):
                    return await self._listen(ticket, editor)
            except BackendError as error:
                pause = error.retry_after or _PAUSES[min(tries, len(_PAUSES)) - 1]
                if not _again(error, tries, self._clock.now() + pause - began):
                    raise
                _log.info("ticket %s is asked again: %s", ticket.id, error)
            await self._clock.sleep(pause)

    async def _listen(self, ticket: Ticket, editor: Editor) -> Payload:
        progress = Progress(locale=ticket.locale)
        asking = Asking(
            question=ticket.question,
            language=ticket.language,
            sources=ticket.sources,
            history=self._conversations.history(ticket.conversation, but=ticket.id),
        )
        async with aclosing(self._backend.ask(asking)) as events:  # type: ignore[type-var]
            async for event in events:
                if isinstance(event, Finished):
                    return event.answer
                if isinstance(event, Searching) and ticket.kind == "message":
                    # Discord does not tell the language of who writes a message; that of the question is the best guess.
                    progress = replace(progress, locale=event.language)
                progress = progress.after(event)
                editor.show(progress.message())
        raise BackendError("the service broke the answer off", kind="unreachable")

    async def _follow_up(self, ticket: Ticket, surface: Surface, payload: Payload) -> None:
        """Remember the turn, and open the thread in which the conversation goes on."""
        conversation = ticket.conversation or f"answer:{ticket.id}"
        if ticket.thread and payload["status"] == "answered" and not ticket.conversation:
            name = shorten(" ".join(ticket.question.split()), THREAD_NAME)
            thread = await surface.open_thread(name)
            conversation = str(thread) if thread else conversation
        self._conversations.add(conversation, ticket.id, ticket.question, payload)
        if surface.message:
            self._conversations.remember_reply(
                Reply(message=ticket.id, reply=surface.message, channel=ticket.channel, conversation=conversation)
            )

    def _queue(self, ticket: Ticket, editor: Editor, ahead: int) -> None:
        editor.show(Progress(locale=ticket.locale).after(Queued(position=ahead)).message())


def _again(error: BackendError, tries: int, seconds: float) -> bool:
    if error.kind == "deadline":
        return tries < DEADLINE_TRIES
    if error.kind == "unreachable":
        return seconds < UNREACHABLE_PATIENCE
    return error.passing and seconds < PATIENCE
