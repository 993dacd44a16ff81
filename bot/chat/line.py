"""The line in front of the service: a few questions are with it, the others wait here and are told how many are ahead."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable


class Line:
    """First come, first served.

    Args:
        at_once: how many may be with the service.
    """

    def __init__(self, at_once: int) -> None:
        self._most = self._free = at_once
        self._waiting: list[tuple[asyncio.Event, Callable[[int], None]]] = []

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    @asynccontextmanager
    async def turn(self, report: Callable[[int], None]) -> AsyncIterator[None]:
        """Hold a place with the service; `report` hears how many are ahead whenever that changes."""
        if self._free:
            self._free -= 1
        else:
            await self._wait(report)
        try:
            yield
        finally:
            self._leave()

    async def _wait(self, report: Callable[[int], None]) -> None:
        place = (asyncio.Event(), report)
        self._waiting.append(place)
        report(self._most - self._free + len(self._waiting) - 1)
        try:
            await place[0].wait()
        except asyncio.CancelledError:
            if place in self._waiting:
                self._waiting.remove(place)
                self._tell()
            else:
                self._leave()
            raise

    def _leave(self) -> None:
        """Hand the place to the next in line."""
        if not self._waiting:
            self._free += 1
            return
        self._waiting.pop(0)[0].set()
        self._tell()

    def _tell(self) -> None:
        for ahead, (_, report) in enumerate(self._waiting, start=self._most - self._free):
            report(ahead)
