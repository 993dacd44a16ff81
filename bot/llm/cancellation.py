"""A flag that stops a generation between two tokens."""

from __future__ import annotations

import threading

from bot.errors import CancelledError


class Cancellation:
    """Set once by whoever lost interest; checked by whoever works. Safe across threads."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop at its next checkpoint."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Tell whether the work should stop."""
        return self._event.is_set()

    def check(self) -> None:
        """Stop here if asked to.

        Raises:
            CancelledError: `cancel` was called.
        """
        if self._event.is_set():
            raise CancelledError("the answer was stopped")
