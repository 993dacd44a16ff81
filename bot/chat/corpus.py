"""The list of sources, asked for once in a while: autocompletion needs it at every key."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.chat.backend import Backend, Payload
    from bot.chat.clock import Clock

FRESH_SECONDS = 60.0


class CorpusList:
    """The sources as they were at most a minute ago."""

    def __init__(self, backend: Backend, clock: Clock) -> None:
        self._backend, self._clock = backend, clock
        self._known: tuple[Payload, ...] = ()
        self._read: float | None = None
        self._changes = 0
        self._turn = asyncio.Lock()

    async def sources(self) -> tuple[Payload, ...]:
        """Return the sources.

        Raises:
            BackendError: the service cannot be asked.
        """
        async with self._turn:
            if self._read is None or self._clock.now() - self._read > FRESH_SECONDS:
                changes = self._changes
                self._known = await self._backend.sources()
                # A list that was asked for before a change is shown once and not kept.
                self._read = self._clock.now() if changes == self._changes else None
        return self._known

    def forget(self) -> None:
        """Ask again next time."""
        self._changes += 1
        self._read = None
