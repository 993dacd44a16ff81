"""How two documents are compared and aligned: translations by their sentences' vectors, copies by their words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest import translations
from ingest.kinship import bitext, copies

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ingest.kinship.profile import Profile
    from ingest.values import Alignment, Ingested, Span

VERSION = "1"
"""Raise it whenever comparing gives other results: all documents are then compared again."""


def compare(one: Profile, other: Profile) -> float:
    """Return which share two documents have in common: of their words in one language, of their sentences in two."""
    if one.language == other.language:
        return copies.compare(one.text, other.text).of_longer
    return bitext.in_common(one.vectors, other.vectors)


def are_alike(share: float, *, one_language: bool) -> bool:
    """Tell whether documents that have this share in common are one text."""
    return share >= (copies.COPIED if one_language else bitext.LINKED)


def align(original: Ingested, other: Ingested, embed: translations.Embed) -> Iterable[Alignment]:
    """Return which sentences of a text stand for which of its translation or copy, in order."""
    if original.source.language != other.source.language:
        return translations.align(original, other, embed)
    shared = copies.compare(original.document.text, other.document.text)
    here, there = ((one.source.id, _sentences(one)) for one in (original, other))
    return copies.align_copies(here, there, shared)


def _sentences(ingested: Ingested) -> list[Span]:
    return [sentence.span for passage in ingested.passages for sentence in passage.sentences]
