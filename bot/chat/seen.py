"""Events that were handled: Discord replays some after a reconnect, and none may be answered twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.chat.clock import Clock
    from bot.chat.database import Database

KEPT_SECONDS = 3_600.0
"""Sessions can be resumed for minutes, so that an hour is ample."""
MOST = 20_000


class SeenEvents:
    """The events of the last hour, bounded in number."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._since_cleaning = 0

    def first(self, event: str) -> bool:
        """Note an event; tell whether it is seen for the first time."""
        now = self._clock.now()
        self._since_cleaning += 1
        if self._since_cleaning > MOST // 20:
            self._clean(now)
        return bool(self._database.run("INSERT OR IGNORE INTO seen VALUES (?, ?)", event, now))

    def _clean(self, now: float) -> None:
        self._since_cleaning = 0
        self._database.run("DELETE FROM seen WHERE at < ?", now - KEPT_SECONDS)
        self._database.run("DELETE FROM seen WHERE rowid <= (SELECT max(rowid) FROM seen) - ?", MOST)
