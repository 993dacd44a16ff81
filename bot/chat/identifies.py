"""How often the bot has introduced itself to Discord lately: 1,000 a day and Discord takes the token away.

Counted on disk, so that a bot which crashes and is restarted in a loop slows down by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.chat.clock import Clock
    from bot.chat.database import Database

HOUR = 3_600.0
A_HOUR = 10
FREE = 3
"""So many within the hour need no pause."""
PAUSES = (5.0, 15.0, 30.0, 60.0, 120.0, 240.0, 480.0)
"""Seconds since the last one that must pass before the fourth, fifth, … of an hour."""


class IdentifyBudget:
    """Counts, and says how long to wait."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def pause(self) -> float:
        """Return how many seconds to wait before the next one."""
        now = self._clock.now()
        recent = sorted(float(str(at)) for (at,) in self._database.rows("SELECT at FROM identifies WHERE at > ?", now - HOUR))
        if len(recent) < FREE:
            return 0.0
        if len(recent) >= A_HOUR:
            return recent[-A_HOUR] + HOUR - now
        return max(0.0, recent[-1] + PAUSES[len(recent) - FREE] - now)

    def count(self) -> None:
        """Note one more."""
        now = self._clock.now()
        self._database.run("DELETE FROM identifies WHERE at <= ?", now - HOUR)
        self._database.run("INSERT INTO identifies VALUES (?)", now)
