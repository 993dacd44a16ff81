"""What can go wrong while answering, and what to do about it.

BotError                    printed as one line; exit code of the command in `exit_code`
├── QuestionError           the asker's words are off (empty, too long)          2
├── ModelError              the language model cannot be used                    4
│   └── ModelBusyError      too many are waiting; ask again in a moment          1
└── CancelledError          somebody stopped the answer                          130

A refusal ("not in the corpus") is an answer, not an error. Errors of ingestion (`ingest.errors`) pass through unchanged.
"""

from __future__ import annotations

from ingest.errors import IngestError, ModelMissingError, NotReadyError

__all__ = ["BotError", "CancelledError", "ModelBusyError", "ModelError", "QuestionError", "exit_code"]


class BotError(Exception):
    """Root of the package's errors. Its text is one line that says what happened and what mends it."""

    exit_code = 1


class QuestionError(BotError):
    """The question cannot be asked as given."""

    exit_code = 2


class ModelError(BotError):
    """The configured language model cannot be loaded or reached."""

    exit_code = 4


class ModelBusyError(ModelError):
    """The one generation that runs at a time has too many waiting behind it."""

    exit_code = 1


class CancelledError(BotError):
    """The answer was stopped on request, between two tokens."""

    exit_code = 130


def exit_code(error: BaseException) -> int:
    """Return the exit code of a command that ends with `error` (DESIGN 8): the one place that maps errors to codes."""
    if isinstance(error, KeyboardInterrupt):
        return CancelledError.exit_code
    if isinstance(error, (BotError, IngestError, ModelMissingError, NotReadyError)):
        return error.exit_code
    return 1
