"""Turn evidence into citations: which rendition of the idea to show, whose words, and the exact characters."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from bot.values import Citation, Evidence, Rendition
from ingest.values import Role, Source, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.index.reader import Index

SUMMARY = "summary"
"""The role of a digest's sentences: ours, about the person, not the person's words."""


def cite(evidence: Evidence, n: int, language: str, index: Index) -> Citation:
    """Return citation number `n` for `evidence`, in the asker's `language` where a linked translation holds the idea.

    The original stands in `also_in` then, and so do copies: one idea is cited once.
    """
    found = Rendition(source=evidence.source, span=evidence.span, quote=evidence.quote)
    renditions = (found, *_counterparts(evidence, index))
    shown = _prefer(renditions, language)
    return Citation(
        n=n,
        source=shown.source,
        span=shown.span,
        quote=shown.quote,
        speaker=evidence.passage.speaker,
        role=_role(evidence),
        second=evidence.second if shown is found else None,
        also_in=tuple(rendition for rendition in renditions if rendition is not shown),
    )


def say_the_same(one: Citation, other: Citation) -> bool:
    """Tell whether two citations show, or have as a counterpart, the same stretch of a text: one idea is cited once."""
    return any(
        mine.source.id == theirs.source.id and mine.span.overlaps(theirs.span)
        for mine in _renditions(one)
        for theirs in _renditions(other)
    )


def _renditions(citation: Citation) -> tuple[Rendition, ...]:
    return (Rendition(source=citation.source, span=citation.span, quote=citation.quote), *citation.also_in)


def _prefer(renditions: Sequence[Rendition], language: str) -> Rendition:
    """The asker's language first, then an original before a translation or a copy, then what was found."""

    def rank(item: tuple[int, Rendition]) -> tuple[bool, bool, int]:
        place, rendition = item
        source = rendition.source
        return source.language != language, (source.translation_of or source.copy_of) is not None, place

    return min(enumerate(renditions), key=rank)[1]


def _counterparts(evidence: Evidence, index: Index) -> list[Rendition]:
    spans: dict[str, list[Span]] = defaultdict(list)
    for alignment in index.alignments(evidence.source.id):
        if alignment.span.overlaps(evidence.span):
            spans[alignment.other_id].append(alignment.other_span)
    return [rendition for other, found in spans.items() if (rendition := _rendition(index.source(other), found, index))]


def _rendition(source: Source, spans: Sequence[Span], index: Index) -> Rendition | None:
    """Return the stretch that covers `spans`, unless they lie in different paragraphs: a quote never crosses one."""
    span = Span(min(span.start for span in spans), max(span.end for span in spans))
    quote = span.of(index.document(source.id).text)
    return Rendition(source=source, span=span, quote=quote) if quote and "\n" not in quote else None


def _role(evidence: Evidence) -> str:
    if evidence.source.digest_of or evidence.source.kind.value == "digest":
        return SUMMARY
    return evidence.passage.role.value if evidence.passage.marked_speakers else Role.UNKNOWN.value
