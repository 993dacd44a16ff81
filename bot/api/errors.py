"""What can go wrong in the service besides what can go wrong while answering; `problems` maps all of it to HTTP.

BotError
└── ServiceError
    ├── BusyError            the queue is full; says when to come back           503
    │   └── TooManyError     this caller asks too often                          429
    ├── ModelLostError       the model process is starting or has died           503
    ├── DeadlineError        the answer took longer than a request may           504
    ├── StoppedError         the service is shutting down                        503
    ├── UnknownKeyError      no key, or one that is not valid                    401
    ├── ForbiddenError       the key does not have the scope                     403
    ├── UnknownThingError    no such source, passage, answer or job              404
    └── BadRequestError      well-formed, but cannot be done                     422
"""

from __future__ import annotations

from bot.errors import BotError


class ServiceError(BotError):
    """Root of the service's own errors. The text is shown to the caller."""


class BusyError(ServiceError):
    """Too many are waiting already.

    Args:
        text: what the caller reads.
        retry_after: whole seconds after which asking again makes sense.
    """

    def __init__(self, text: str, *, retry_after: int) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class TooManyError(BusyError):
    """One caller asks more often than the service allows."""


class ModelLostError(ServiceError):
    """The model process cannot be reached. Not a `ModelError`: after those an answer goes on with quotes."""


class DeadlineError(ServiceError):
    """The answer took too long."""


class StoppedError(ServiceError):
    """The service is shutting down."""


class UnknownKeyError(ServiceError):
    """The caller has no valid key and needs one."""


class ForbiddenError(ServiceError):
    """The caller's key does not reach this far."""


class UnknownThingError(ServiceError):
    """What is asked for does not exist."""


class BadRequestError(ServiceError):
    """The request is well-formed and cannot be done."""
