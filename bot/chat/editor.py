"""Edits of one message at a rate Discord allows: only the newest state is sent, and the last one always arrives."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from functools import partial
from typing import TYPE_CHECKING

from bot.chat.errors import SurfaceBusyError, SurfaceError, SurfaceGoneError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from bot.chat.clock import Clock
    from bot.chat.message import Message
    from bot.chat.surface import Surface

PAUSE = 1.25
"""Seconds between edits: Discord allows five in five seconds in a channel, for all answers there together."""
TRIES = 20
"""About eight minutes with Discord out of order."""
LONGEST_WAIT = 30.0
EARLY = 60.0
"""Seconds before a token expires at which the answer moves to the channel: never later than 14 minutes after the question."""
_log = logging.getLogger("bot.chat")


class Editor:
    """The one message that becomes the answer.

    Args:
        surface: where it is shown.
        clock: for pauses.
        moved: what to leave behind when the answer moves to the channel.
    """

    def __init__(self, surface: Surface, clock: Clock, *, moved: Message) -> None:
        self._surface, self._clock, self._moved = surface, clock, moved
        self._wanted: Message | None = None
        self._shown: Message | None = None
        self._not_before = 0.0
        self._wake = asyncio.Event()
        self._turn = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._watch: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())
        if self._surface.expires is not None:
            self._watch = asyncio.create_task(self._move_early(self._surface.expires))

    def show(self, message: Message) -> None:
        """Have the message show this soon; an older state that was not sent yet is skipped."""
        self._wanted = message
        self._wake.set()

    async def finish(self, messages: Sequence[Message]) -> None:
        """Show the final state, the first message in place and the others after it, whatever it takes.

        Raises:
            SurfaceError: Discord took it neither there nor in the channel.
        """
        await self.stop()
        first, *others = messages
        async with self._turn:
            try:
                await self._insist(lambda: self._surface.edit(first))
            except SurfaceGoneError:
                await self._insist(lambda: self._surface.move(first))
            for part, message in enumerate(others, start=2):
                await self._insist(partial(self._surface.send, message, part))

    async def stop(self) -> None:
        """Send nothing more of what was wanted; an edit on its way is waited for."""
        for task in (self._task, self._watch):
            if task:
                async with self._turn:
                    task.cancel()
                await asyncio.wait({task})  # unlike awaiting the task, this lets a cancellation of the caller through
        self._task = self._watch = None

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self._clock.sleep(await self._edit())

    async def _edit(self) -> float:
        """Show what is wanted; return the seconds to wait before the next edit."""
        async with self._turn:
            message = self._wanted
            if message is None or message == self._shown:
                return 0.0
            try:
                await self._surface.edit(message)
                self._shown = message
            except SurfaceBusyError as error:
                # Progress is dispensable: what comes next is newer.
                _log.info("an edit was put off: %s", error)
                self._wake.set()
                return self._put_off(error, 2 * PAUSE)
            except SurfaceError as error:
                _log.info("a progress message was not taken: %s", error)
        return PAUSE

    async def _move_early(self, expires: float) -> None:
        await self._clock.sleep(max(0.0, expires - EARLY - self._clock.now()))
        async with self._turn:
            shown = self._wanted or self._shown
            with contextlib.suppress(SurfaceError):
                await self._surface.edit(self._moved)
            if shown:
                with contextlib.suppress(SurfaceError):
                    await self._surface.move(shown)

    async def _insist(self, action: Callable[[], Awaitable[None]]) -> None:
        """Try until Discord takes it, with growing pauses."""
        for attempt in range(1, TRIES + 1):
            await self._clock.sleep(max(0.0, self._not_before - self._clock.now()))
            try:
                await action()
            except SurfaceBusyError as error:
                if attempt == TRIES:
                    raise
                _log.info("a message is sent again: %s", error)
                self._put_off(error, min(0.5 * 2**attempt, LONGEST_WAIT))
            else:
                return

    def _put_off(self, error: SurfaceBusyError, otherwise: float) -> float:
        """Send nothing for as long as Discord asks for, or for `otherwise` seconds; return how long that is."""
        pause = otherwise if error.retry_after is None else error.retry_after
        self._not_before = max(self._not_before, self._clock.now() + pause)
        return pause
