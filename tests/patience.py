"""Waiting for what has to happen: generous, because a busy machine can be ten times slower, and free where all goes well."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Value = TypeVar("Value")
PATIENCE = 120.0
"""Seconds after which a test gives up."""
PAUSE = 0.01


def until(condition: Callable[[], Value], what: str | Callable[[], str] = "") -> Value:
    """Wait until something is truthy; return it.

    Raises:
        AssertionError: it did not happen.
    """
    ends = time.monotonic() + PATIENCE
    while not (value := condition()):
        assert time.monotonic() < ends, f"did not happen within {PATIENCE:.0f} s: {what() if callable(what) else what}"
        time.sleep(PAUSE)
    return value


async def until_on_loop(condition: Callable[[], Value], what: str = "") -> Value:
    """Wait as `until` does, and let the event loop work meanwhile."""
    ends = time.monotonic() + PATIENCE
    while not (value := condition()):
        assert time.monotonic() < ends, f"did not happen within {PATIENCE:.0f} s: {what or condition}"
        await asyncio.sleep(PAUSE)
    return value
