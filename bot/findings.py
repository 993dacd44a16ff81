"""What `bot doctor` and `bot discord check` found: one thing a line, and what mends it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a finding should be read."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. What is wrong carries in `text` what mends it."""

    level: Level
    subject: str
    text: str
    section: str | None = None
    """Of docs/operations.md, where that helps."""
