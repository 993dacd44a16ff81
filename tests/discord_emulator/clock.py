"""The emulator's time: real seconds, plus what a test has skipped, so that fifteen minutes need not be waited for."""

from __future__ import annotations

import time
from datetime import UTC, datetime

EPOCH_MS = 1_420_070_400_000
"""Discord's epoch, the first second of 2015, in Unix milliseconds."""


class Clock:
    """A clock that a test can put forward, and the maker of ids, which carry their time."""

    def __init__(self) -> None:
        self._skipped = 0.0
        self._made = 0

    def now(self) -> float:
        """Return the Unix time in seconds."""
        return time.time() + self._skipped

    def skip(self, seconds: float) -> None:
        """Put the clock forward."""
        self._skipped += seconds

    def snowflake(self) -> str:
        """Return a new id."""
        self._made += 1
        return str((int(self.now() * 1000) - EPOCH_MS) << 22 | self._made & 0x3FFFFF)

    def text(self, seconds: float | None = None) -> str:
        """Return a time as Discord writes it, the present one unless another is given."""
        return datetime.fromtimestamp(self.now() if seconds is None else seconds, UTC).isoformat(timespec="microseconds")
