"""The same text ingested from two places: its passages are looked into once, so that a copy does not take another's place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ingest.index.reader import Index
    from ingest.values import Passage, Span

MOSTLY = 0.5
"""Share of a passage that has to stand in chosen ones for it to say nothing new."""


def says_again(passage: Passage, chosen: Iterable[Passage], index: Index) -> bool:
    """Tell whether `passage` is, mostly, what passages of a copy in the same language say that are chosen already."""
    family = index.family(passage.source_id)
    others: dict[str, list[Span]] = {}
    for one in chosen:
        if _is_copy(one, passage) and index.family(one.source_id) == family:
            others.setdefault(one.source_id, []).append(one.span)
    if not others:
        return False
    found = [
        alignment.span
        for alignment in index.alignments(passage.source_id)
        if alignment.span.overlaps(passage.span)
        and any(alignment.other_span.overlaps(span) for span in others.get(alignment.other_id, ()))
    ]
    return _covered(passage.span, found) >= MOSTLY * len(passage.span)


def _is_copy(one: Passage, other: Passage) -> bool:
    return one.source_id != other.source_id and one.language == other.language


def _covered(whole: Span, parts: Iterable[Span]) -> int:
    """Return how many characters of `whole` the parts cover."""
    covered, at = 0, whole.start
    for part in sorted(parts, key=lambda span: span.start):
        start, end = max(at, part.start), min(whole.end, part.end)
        if end > start:
            covered, at = covered + end - start, end
    return covered
