"""How much model time one answer may take: a slow machine shows more exact quotes, never a late answer."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST_CLAIM_SECONDS = 1.8
"""When the first statement should stand on the screen, counted from when the question is understood."""
ANSWER_SECONDS = 6.0
"""When the last one should. Starting the program and loading the models take up to three seconds more."""
_WEIGHT = 0.4
"""Of the newest measurement in the running mean."""


class Pace:
    """Running means of how long the model takes for each kind of work on this machine. Safe across threads."""

    def __init__(self, **expected: float) -> None:
        self._means = {"judge": 0.5, "restate": 1.5, "prose": 4.0} | expected
        self._lock = threading.Lock()

    def expected(self, work: str) -> float:
        """Return how many seconds `work` ("judge", "restate" or "prose") is likely to take."""
        with self._lock:
            return self._means[work]

    def now(self) -> float:
        """Return the time, in seconds from some moment in the past."""
        return time.monotonic()

    @contextmanager
    def timed(self, work: str) -> Iterator[None]:
        """Measure what happens inside and learn from it."""
        started = self.now()
        yield
        took = self.now() - started
        with self._lock:
            self._means[work] += _WEIGHT * (took - self._means[work])


class Clock:
    """The time of one answer against its budget."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._started = self._understood = pace.now()

    def milliseconds(self) -> int:
        """Return the time since the question arrived."""
        return round(1000 * (self._pace.now() - self._started))

    def understood(self) -> None:
        """Count budgets from now on: what a follow-up or another language took is not taken from reading the quotes."""
        self._understood = self._pace.now()

    def allows(self, work: str, *, before: float, times: int = 1) -> bool:
        """Tell whether `work`, done `times` times, is likely to end within `before` seconds of understanding the question."""
        return self._pace.now() - self._understood + times * self._pace.expected(work) <= before
