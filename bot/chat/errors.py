"""What can go wrong in the chat bot besides what can go wrong in the service.

BotError
├── BackendError         the service refused, failed or could not be reached            1
├── SetUpError           the bot cannot start as it is configured                        4
└── SurfaceError         Discord did not take a message
    ├── SurfaceBusyError    not now; says when to try again
    └── SurfaceGoneError    never again: the token expired, or the message was deleted
"""

from __future__ import annotations

from bot.errors import BotError

_PASSING = frozenset({"queue-full", "model-unavailable", "too-many-requests", "stopping", "unreachable"})


class BackendError(BotError):
    """The service refused, failed or could not be reached. The text is one line.

    Args:
        detail: what the service said.
        status: its HTTP status; 0 where there was no answer.
        kind: what it was, stable ("queue-full", "not-found", "unreachable", …).
        retry_after: seconds after which to try again, where the service says so.
    """

    def __init__(self, detail: str, *, status: int = 0, kind: str = "", retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.status, self.kind, self.retry_after = status, kind, retry_after

    @property
    def passing(self) -> bool:
        """Tell whether the same request may succeed in a moment."""
        return self.kind in _PASSING


class SetUpError(BotError):
    """The bot cannot start as it is configured. The text says what mends it."""

    exit_code = 4


class SurfaceError(BotError):
    """Discord did not take a message."""


class SurfaceBusyError(SurfaceError):
    """Discord will take the message later (429, 5xx, a lost connection).

    Args:
        text: what Discord said.
        retry_after: seconds to wait; None where it did not say.
    """

    def __init__(self, text: str, *, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class SurfaceGoneError(SurfaceError):
    """The place can take no message any more: its token has expired, or it was deleted."""
