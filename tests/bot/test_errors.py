"""One place maps errors to exit codes."""

from __future__ import annotations

import pytest

from bot.errors import BotError, CancelledError, ModelBusyError, ModelError, QuestionError, exit_code
from ingest.errors import HomeBusyError, ModelMissingError, NoIndexError


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BotError("x"), 1),
        (QuestionError("x"), 2),
        (ModelError("x"), 4),
        (ModelBusyError("x"), 1),
        (CancelledError("x"), 130),
        (KeyboardInterrupt(), 130),
        (NoIndexError("x"), 4),
        (ModelMissingError("x"), 4),
        (HomeBusyError("x"), 1),
        (RuntimeError("x"), 1),
    ],
)
def test_exit_codes(error: BaseException, code: int) -> None:
    """Every kind of error has the exit code that the design promises."""
    assert exit_code(error) == code
