"""A SentencePiece unigram vocabulary as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """A SentencePiece unigram vocabulary: pieces with log probabilities, the ids of the special ones, and the normaliser."""

    texts: Sequence[str]
    scores: Sequence[float]
    begin: int
    end: int
    padding: int
    unknown: int
    normalised: Mapping[str, str]
    """What single characters become before the text is cut into pieces; an empty string deletes."""
