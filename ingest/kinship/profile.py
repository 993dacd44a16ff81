"""A document as it is compared with others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.values import Matrix, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The text of a document and those of its sentences that may be cited, in reading order."""

    source_id: str
    language: str
    text: str
    sentences: Sequence[Span]
    vectors: Matrix
    """One row for each of them, shape (sentences, dimension)."""
