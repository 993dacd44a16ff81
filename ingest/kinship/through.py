"""What two texts of a family say alike where they are aligned with a third only: two translations of one original."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ingest.values import Alignment, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


def through_others(source_id: str, direct: Callable[[str], Sequence[Alignment]]) -> tuple[Alignment, ...]:
    """Return the alignments of a source with all texts that it is aligned with directly or through others.

    Args:
        source_id: seen from which.
        direct: returns the alignments of a source that the index holds, seen from it.
    """
    own = tuple(direct(source_id))
    reached = _by_other(own)
    waiting = list(reached)
    for other in waiting:
        onward = _by_other(direct(other))
        for further, alignments in onward.items():
            if further != source_id and further not in reached:
                reached[further] = tuple(_joined(reached[other], alignments))
                waiting.append(further)
    found = (alignment for alignments in reached.values() for alignment in alignments)
    return tuple(sorted(found, key=lambda one: (one.span.start, one.other_id, one.other_span.start)))


def _by_other(alignments: Sequence[Alignment]) -> dict[str, Sequence[Alignment]]:
    found: dict[str, list[Alignment]] = defaultdict(list)
    for alignment in alignments:
        found[alignment.other_id].append(alignment)
    return dict(found)


def _joined(first: Sequence[Alignment], second: Sequence[Alignment]) -> Iterator[Alignment]:
    """Yield what `first` and `second` (in the order of the text between) say alike at both ends."""
    onward = sorted(second, key=lambda one: one.span.start)
    start = 0
    for one in sorted(first, key=lambda one: one.other_span.start):
        while start < len(onward) and onward[start].span.end <= one.other_span.start:
            start += 1
        for other in onward[start:]:
            if other.span.start >= one.other_span.end:
                break
            if _mostly(one.other_span, other.span):
                yield Alignment(source_id=one.source_id, span=one.span, other_id=other.other_id, other_span=other.other_span)


def _mostly(one: Span, other: Span) -> bool:
    """Tell whether two stretches share at least half of the shorter."""
    shared = min(one.end, other.end) - max(one.start, other.start)
    return 2 * shared >= min(len(one), len(other)) > 0
