"""Which sources are translations of which, and which of their stretches say the same.

Alignment follows Gale and Church, "A Program for Aligning Sentences in Bilingual Corpora" (1993): the best monotone path of
1-1, 1-2 and 2-1 beads with a penalty for unlikely lengths. What two stretches have in common is measured by the similarity
of their multilingual embeddings instead of lengths alone, as in Bleualign (Sennrich and Volk, 2010) and Vecalign (Thompson and
Koehn, 2019). Paragraphs first, then sentences within paired paragraphs.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlsplit

import numpy as np

from ingest.registry import normalise_title, normalise_url
from ingest.sentences import split, word_count
from ingest.values import Alignment, Ingested, Matrix, Role, Segment, Source, Span

Embed = Callable[[Sequence[str]], Matrix]
"""Turns texts of any language into rows of one vector space, shape (texts, dimension), L2-normalised."""

THRESHOLD = 0.2
"""How many standard deviations above chance two stretches have to be alike to be worth pairing."""
LENGTH_WEIGHT = 0.8
SKIP_PARAGRAPH, SKIP_SENTENCE = 0.0, -2.5
MERGE = -0.3
"""What a 1-2 or 2-1 bead costs, for being rarer than 1-1."""
UNLIKE_ROLES = -3.0
_FEWEST_TO_COMPARE = 3
"""Stretches a side needs for chance likeness to be measured on the texts themselves."""
_SHORTEST_SLUG = 12
_DATE_IN_PATH = re.compile(r"/(?P<year>(?:19|20)\d{2})/(?P<month>\d{1,2})(?:/(?P<day>\d{1,2}))?(?=/)")
_ASKING, _HEADING, _TELLING = range(3)


def link(sources: Iterable[Source], headings: Mapping[str, Collection[str]] | None = None) -> dict[str, str]:
    """Return the source id of the original for each translation among `sources`.

    A translation names its original by id, or by a URL that is another source's, or whose last part spells another source's
    title or one of its headings. A digest is no original of an interview: its URL is that of the interview it sums up.

    Args:
        sources: all that is in the index.
        headings: the headings of each source, by source id, for originals whose title is not the one their URL spells.
    """
    everything = tuple(sources)
    named = _Named(everything, headings or {})
    return {
        source.id: original
        for source in everything
        if (original := named.original(source)) is not None and original != source.id
    }


class _Named:
    """Sources by what translations name them by: each is looked up, so that many cost no more than their number."""

    def __init__(self, sources: Sequence[Source], headings: Mapping[str, Collection[str]]) -> None:
        self._ids = {source.id for source in sources}
        self._by_url: dict[str, list[Source]] = defaultdict(list)
        self._by_slug: dict[str, list[Source]] = defaultdict(list)
        if not any(source.original_url for source in sources):
            return
        for source in sources:
            if source.original_url is None:
                if source.url:
                    self._by_url[normalise_url(source.url)].append(source)
                for slug in _slugs(source, headings.get(source.id, ())):
                    self._by_slug[slug].append(source)

    def original(self, source: Source) -> str | None:
        """Return the id of the original that `source` names, None where it names none that is here."""
        if source.translation_of is not None:
            return source.translation_of if source.translation_of in self._ids else None
        if source.original_url is None:
            return None
        slug = _last_part(source.original_url)
        spelt = self._by_slug.get(slug, ()) if len(slug) >= _SHORTEST_SLUG else ()
        found = (*self._by_url.get(normalise_url(source.original_url), ()), *spelt)
        return next((other.id for other in found if _may_translate(source, other)), None)


def _may_translate(source: Source, other: Source) -> bool:
    return other.language != source.language and (other.digest_of is None) == (source.digest_of is None)


def _last_part(url: str) -> str:
    path = urlsplit(url).path.rstrip("/").rpartition("/")[2]
    return normalise_title(path.removesuffix(".html").removesuffix(".htm"))


def _slugs(source: Source, headings: Collection[str]) -> set[str]:
    return {normalise_title(re.sub(r"['’]", "", title)) for title in (source.title, *headings)}


def complete(sources: Iterable[Source], links: Mapping[str, str]) -> tuple[Source, ...]:
    """Return `sources` with `translation_of` set, and originals with the URL and date that their translation knows of them."""
    everything = tuple(sources)
    urls = {links[source.id]: source.original_url for source in everything if source.id in links and source.original_url}
    return tuple(_completed(source, links.get(source.id), urls.get(source.id)) for source in everything)


def _completed(source: Source, original: str | None, url: str | None) -> Source:
    return replace(
        source,
        translation_of=original,
        url=source.url or url,
        published=source.published or (_date_in(url) if url else None),
    )


def _date_in(url: str) -> date | None:
    found = _DATE_IN_PATH.search(urlsplit(url).path + "/")
    if found is None or found["day"] is None:
        return None
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None


def counterpart(alignments: Iterable[Alignment], span: Span) -> Span | None:
    """Return what stands for `span` on the other side of `alignments` (all of one pair of documents), or None.

    Alignments that only touch the edge of `span` (by less than half of themselves and of the span) do not count.
    """
    touched = [alignment.other_span for alignment in alignments if _counts(alignment.span, span)]
    if not touched:
        return None
    return Span(min(other.start for other in touched), max(other.end for other in touched))


def _counts(aligned: Span, span: Span) -> bool:
    shared = min(aligned.end, span.end) - max(aligned.start, span.start)
    return shared > 0 and 2 * shared >= min(len(aligned), len(span))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """The stretches of one document, in order, with their vectors."""

    spans: Sequence[Span]
    words: Sequence[int]
    vectors: Matrix
    sorts: Sequence[int]

    def part(self, start: int, end: int) -> _Side:
        """Return the stretches from `start` to before `end`."""
        return _Side(
            spans=self.spans[start:end],
            words=self.words[start:end],
            vectors=self.vectors[start:end],
            sorts=self.sorts[start:end],
        )


@dataclass(frozen=True, slots=True)
class _Bead:
    """Stretches `[start, end)` here that stand for `[other_start, other_end)` there."""

    start: int
    end: int
    other_start: int
    other_end: int


def align(original: Ingested, translation: Ingested, embed: Embed) -> tuple[Alignment, ...]:
    """Return which sentences of `original` stand for which of `translation`, in order.

    A sentence may stand for two. What only one of the documents says is left out.
    """
    here, there = _paragraphs(original, embed), _paragraphs(translation, embed)
    if not here.spans or not there.spans:
        return ()
    here_lines, there_lines = _sentences(original, here, embed), _sentences(translation, there, embed)
    spread = _spread(here_lines, there_lines)
    found: list[Alignment] = []
    for bead in _beads(here, there, skip=SKIP_PARAGRAPH):
        mine = _within(here_lines, Span(here.spans[bead.start].start, here.spans[bead.end - 1].end))
        theirs = _within(there_lines, Span(there.spans[bead.other_start].start, there.spans[bead.other_end - 1].end))
        found.extend(
            Alignment(
                source_id=original.source.id,
                span=Span(mine.spans[pair.start].start, mine.spans[pair.end - 1].end),
                other_id=translation.source.id,
                other_span=Span(theirs.spans[pair.other_start].start, theirs.spans[pair.other_end - 1].end),
            )
            for pair in _beads(mine, theirs, skip=SKIP_SENTENCE, spread=spread)
        )
    return tuple(found)


def _side(text: str, spans: Sequence[Span], sorts: Sequence[int], embed: Embed) -> _Side:
    pieces = [span.of(text) for span in spans]
    vectors = embed(pieces) if pieces else np.zeros((0, 0), dtype=np.float32)
    return _Side(spans=spans, words=[max(1, word_count(piece)) for piece in pieces], vectors=vectors, sorts=sorts)


def _paragraphs(ingested: Ingested, embed: Embed) -> _Side:
    segments = ingested.segments
    return _side(
        ingested.document.text, [segment.span for segment in segments], [_sort(segment) for segment in segments], embed
    )


def _sort(segment: Segment) -> int:
    if segment.is_heading:
        return _HEADING
    return _ASKING if segment.role is Role.INTERVIEWER else _TELLING


def _sentences(ingested: Ingested, paragraphs: _Side, embed: Embed) -> _Side:
    text = ingested.document.text
    lines = [
        (Span(paragraph.start + line.start, paragraph.start + line.end), sort)
        for paragraph, sort in zip(paragraphs.spans, paragraphs.sorts, strict=True)
        for line in split(paragraph.of(text))
    ]
    return _side(text, [span for span, _ in lines], [sort for _, sort in lines], embed)


def _within(lines: _Side, span: Span) -> _Side:
    inside = [position for position, line in enumerate(lines.spans) if span.contains(line)]
    return lines.part(inside[0], inside[-1] + 1)


@dataclass(frozen=True, slots=True)
class _Spread:
    """How alike stretches of two documents are by chance."""

    mean: float
    deviation: float
    ratio: float
    """Words there for one word here."""


def _spread(here: _Side, there: _Side) -> _Spread:
    likeness = here.vectors @ there.vectors.T
    if min(likeness.shape) < _FEWEST_TO_COMPARE:
        return _Spread(0.0, 0.5, 1.0)
    ratio = sum(there.words) / max(1, sum(here.words))
    return _Spread(float(likeness.mean()), float(likeness.std()) or 1.0, ratio)


def _beads(here: _Side, there: _Side, *, skip: float, spread: _Spread | None = None) -> Iterator[_Bead]:
    """Yield the beads of the best monotone path through both sides, stretches that stay alone left out."""
    worth = _Worth(here, there, spread or _spread(here, there))
    rows, columns = len(here.spans), len(there.spans)
    best = [[-math.inf] * (columns + 1) for _ in range(rows + 1)]
    back = [[(0, 0)] * (columns + 1) for _ in range(rows + 1)]
    best[0][0] = 0.0
    for row in range(rows + 1):
        for column in range(columns + 1):
            for down, right in _STEPS:
                if row < down or column < right:
                    continue
                gain = skip if not (down and right) else worth(_Bead(row - down, row, column - right, column))
                value = best[row - down][column - right] + gain
                if value > best[row][column]:
                    best[row][column], back[row][column] = value, (down, right)
    yield from _path(back, rows, columns)


_STEPS = ((1, 1), (1, 0), (0, 1), (1, 2), (2, 1))


def _path(back: Sequence[Sequence[tuple[int, int]]], row: int, column: int) -> list[_Bead]:
    beads: list[_Bead] = []
    while row or column:
        down, right = back[row][column]
        if down and right:
            beads.append(_Bead(row - down, row, column - right, column))
        row, column = row - down, column - right
    return beads[::-1]


class _Worth:
    """What pairing the stretches of a bead is worth, in standard deviations above chance."""

    def __init__(self, here: _Side, there: _Side, spread: _Spread) -> None:
        self.here, self.there, self.spread = here, there, spread
        self.likeness = here.vectors @ there.vectors.T

    def __call__(self, bead: _Bead) -> float:
        return self._alikeness(bead) - THRESHOLD - self._length_penalty(bead) + self._other_costs(bead)

    def _alikeness(self, bead: _Bead) -> float:
        """Return the likeness of the bead's sides; vectors of a merged pair are summed, weighted by words."""
        mine, theirs = slice(bead.start, bead.end), slice(bead.other_start, bead.other_end)
        block = self.likeness[mine, theirs]
        if block.size == 1:
            cosine = float(block[0, 0])
        else:
            left = _merged(self.here.vectors[mine], self.here.words[mine])
            right = _merged(self.there.vectors[theirs], self.there.words[theirs])
            cosine = float(left @ right)
        return (cosine - self.spread.mean) / self.spread.deviation

    def _length_penalty(self, bead: _Bead) -> float:
        mine = sum(self.here.words[bead.start : bead.end]) * self.spread.ratio
        theirs = sum(self.there.words[bead.other_start : bead.other_end])
        shortest = 3
        return LENGTH_WEIGHT * math.log((mine + shortest) / (theirs + shortest)) ** 2

    def _other_costs(self, bead: _Bead) -> float:
        merged = (bead.end - bead.start) + (bead.other_end - bead.other_start) - 2
        sorts = {*self.here.sorts[bead.start : bead.end], *self.there.sorts[bead.other_start : bead.other_end]}
        return merged * MERGE + (len(sorts) - 1) * UNLIKE_ROLES


def _merged(vectors: Matrix, words: Sequence[int]) -> Matrix:
    summed = (vectors * np.asarray(words, dtype=np.float32)[:, None]).sum(axis=0)
    norm = float(np.linalg.norm(summed)) or 1.0
    return np.asarray(summed / norm, dtype=np.float32)
