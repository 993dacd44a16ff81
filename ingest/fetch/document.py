"""What a fetch brings home."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.values import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is stated about a document by whoever adds it, or by the site that it came from. Absent facts are None or empty."""

    title: str | None = None
    people: tuple[Person, ...] = ()
    published: date | None = None
    language: str | None = None
    licence: str | None = None
    translation_of: str | None = None
    """Source id or URL of the original."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One document with its bytes, ready to be kept."""

    url: str | None
    """Where it is to be found, without fragment and trackers; None for a file without one."""
    suffix: str
    body: bytes
    facts: Facts = field(default_factory=Facts)
    remarks: tuple[str, ...] = ()
    """What its card should say besides: which captions, which charset."""
    retrieved: datetime = field(default_factory=lambda: datetime.now(UTC))
