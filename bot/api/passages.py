"""A quote inside its passage, and the same place in linked translations: what a reader of a citation wants to see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.api.errors import BadRequestError, UnknownThingError
from ingest.values import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.index.reader import Index
    from ingest.values import Source

CONTEXT = 700
"""Characters shown at most on each side of a quote."""
_ID_LENGTH = 16


def source_payload(source: Source) -> dict[str, Any]:
    """Return what callers may know of a source; not where its file lies."""
    return {
        "id": source.id,
        "kind": source.kind.value,
        "title": source.title,
        "language": source.language,
        "people": [{"name": person.name, "role": person.role.value, "position": person.position} for person in source.people],
        "url": source.url,
        "published": source.published.isoformat() if source.published else None,
        "licence": source.licence,
        "translation_of": source.translation_of,
        "copy_of": source.copy_of,
        "machine_translated": source.machine_translated,
        "topics": list(source.topics),
    }


def passage_payload(passage_id: str, index: Index, start: int | None, end: int | None) -> dict[str, Any]:
    """Return the passage with the quote `[start, end)` marked out; without offsets the whole passage is the quote.

    Raises:
        UnknownThingError: the index holds no such passage.
        BadRequestError: the offsets are not a stretch of this source, near this passage.
    """
    try:
        passage = index.passage(_key(passage_id)).passage
    except KeyError as error:
        raise UnknownThingError(f"the index holds no passage {passage_id}") from error
    source, text = index.source(passage.source_id), index.document(passage.source_id).text
    quote = _quote(passage.span, len(text), start, end)
    return {
        "passage_id": passage_id,
        "source": source_payload(source),
        **_in_context(text, quote),
        "speaker": passage.speaker,
        "language": source.language,
        "translations": list(_renditions(source, quote, index)),
    }


def _key(passage_id: str) -> int:
    digits = "0123456789abcdef"
    if len(passage_id) != _ID_LENGTH or any(character not in digits for character in passage_id) or passage_id[0] > "7":
        raise KeyError(passage_id)
    return int(passage_id, 16)


def _quote(passage: Span, length: int, start: int | None, end: int | None) -> Span:
    if start is None and end is None:
        return passage
    first, last = passage.start if start is None else start, passage.end if end is None else end
    if not 0 <= first < last <= length:
        raise BadRequestError("quote_start and quote_end are not a stretch of this source")
    quote = Span(first, last)
    if not quote.overlaps(passage):
        raise BadRequestError("the quote does not lie in this passage")
    return quote


def _in_context(text: str, quote: Span) -> dict[str, str]:
    """Return the quote and what stands around it, cut at the edges of paragraphs, or at least of words."""
    start, end = max(0, quote.start - CONTEXT), min(len(text), quote.end + CONTEXT)
    if start:
        start = _after(text, start, quote.start)
    if end < len(text):
        end = _before(text, quote.end, end)
    return {"before": text[start : quote.start], "quote": quote.of(text), "after": text[quote.end : end]}


def _after(text: str, start: int, limit: int) -> int:
    for mark in ("\n", " "):
        found = text.find(mark, start, limit)
        if found >= 0:
            return found + 1
    return start


def _before(text: str, limit: int, end: int) -> int:
    for mark in ("\n", " "):
        found = text.rfind(mark, limit, end)
        if found >= 0:
            return found
    return end


def _renditions(source: Source, quote: Span, index: Index) -> Iterator[dict[str, Any]]:
    spans: dict[str, list[Span]] = {}
    for alignment in index.alignments(source.id):
        if alignment.span.overlaps(quote):
            spans.setdefault(alignment.other_id, []).append(alignment.other_span)
    for other_id, found in spans.items():
        other = index.source(other_id)
        span = Span(min(item.start for item in found), max(item.end for item in found))
        yield {
            "source_id": other.id,
            "language": other.language,
            "machine_translated": other.machine_translated,
            **_in_context(index.document(other.id).text, span),
        }
