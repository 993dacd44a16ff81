"""The sign "full" on the queue of the model process, in memory that every worker sees: a burst is refused without asking."""

from __future__ import annotations

from multiprocessing.sharedctypes import RawValue


class FullSign:
    """One number shared by the model process, which sets it, and the workers, which read it.

    It is inherited when a process is started. A stale reading does no harm: the queue itself still decides about whoever
    asks it.
    """

    def __init__(self) -> None:
        self._seconds = RawValue("i", 0)

    def put_up(self, retry_after: int) -> None:
        """Say that there is no place, and after how many seconds asking again makes sense."""
        self._seconds.value = max(1, retry_after)

    def take_down(self) -> None:
        """Say that there may be a place."""
        self._seconds.value = 0

    @property
    def retry_after(self) -> int:
        """Seconds after which asking again makes sense; 0 while there may be a place."""
        return int(self._seconds.value)
