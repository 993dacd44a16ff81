"""Link the documents of an index that are one text, and align each with its original."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ingest.index import rows
from ingest.index.rows import StoredProfile
from ingest.kinship.alike import VERSION, are_alike
from ingest.kinship.candidates import Pair, candidates
from ingest.kinship.copies import sketch
from ingest.kinship.families import relatives
from ingest.kinship.profile import Profile
from ingest.translations import complete
from ingest.values import Document, Ingested, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ingest.index.store import Store
    from ingest.progress import Reporter
    from ingest.stages import Stages
    from ingest.values import Matrix, Vector

_HELD = 128
"""Documents kept in memory while they are compared."""


class Linker:
    """One sync's linking.

    Args:
        store: the index being written.
        stages: what links by metadata, compares and aligns.
        embed: turns texts into vectors, shape (texts, dimension).
        dimension: of the vectors that the index holds.
        report: told how far it is.
    """

    def __init__(
        self,
        store: Store,
        stages: Stages,
        embed: Callable[[Sequence[str]], Matrix],
        dimension: int,
        report: Reporter,
    ) -> None:
        self._store, self._stages, self._embed = store, stages, embed
        self._dimension, self._report = dimension, report
        self._profile = lru_cache(maxsize=_HELD)(self._read_profile)

    def run(self, changed: set[str], *, rebuild: bool) -> None:
        """Link all sources, and align the pairs of which either side, or the link, is new.

        Args:
            changed: ids of the sources that are new or different.
            rebuild: the vectors are new too: compare and align everything again.
        """
        before, stated = rows.read_both_sources(self._store.connection)
        linked = {source.id: source for source in self._linked(stated, rebuild=rebuild)}
        for source in linked.values():
            known = before[source.id]
            if source != known:
                self._store.update(source)
            if _above(source) != (former := _above(known)):
                changed.add(source.id)
                if former is not None:
                    self._store.drop_alignments(former, source.id)
        for source in linked.values():
            original = linked.get(_above(source) or "")
            if original is not None and (rebuild or {source.id, original.id} & changed):
                self._align(original, source)

    def _linked(self, stated: Sequence[Source], *, rebuild: bool) -> Iterable[Source]:
        """Return the sources linked by metadata, and then by what they say."""
        by_metadata = self._stages.link(stated, rows.read_headings(self._store.connection))
        if self._stages.compare is None:
            return by_metadata
        links = {source.id: source.translation_of for source in by_metadata if source.translation_of}
        pairs = self._alike(stated, links, rebuild=rebuild)
        translations, copies = relatives(stated, links, pairs)
        completed = complete(by_metadata, links | translations)
        return [replace(source, copy_of=copies[source.id]) if source.id in copies else source for source in completed]

    def _alike(self, stated: Sequence[Source], links: Mapping[str, str], *, rebuild: bool) -> list[Pair]:
        """Return the pairs of documents that are one text, having compared those that were not compared before."""
        if rebuild or self._store.get_meta("kinship") != VERSION:
            self._store.drop_comparisons()
            self._store.set_meta("kinship", VERSION)
        languages = {source.id: source.language for source in stated}
        wanted = candidates(stated, self._profiles(stated), links)
        known = rows.read_comparisons(self._store.connection)
        fresh = [pair for pair in wanted if pair not in known]
        if fresh:
            self._report.begin("comparing", len(fresh))
        for one, other in fresh:
            known[one, other] = self._compare(one, other)
            self._report.advance()
        return [
            (one, other)
            for one, other in wanted
            if are_alike(known[one, other], one_language=languages[one] == languages[other])
        ]

    def _compare(self, one: str, other: str) -> float:
        assert self._stages.compare is not None  # noqa: S101 (asked before)
        share = self._stages.compare(self._profile(one), self._profile(other))
        self._store.put_comparison(one, other, share)
        return share

    def _profiles(self, stated: Sequence[Source]) -> dict[str, StoredProfile]:
        """Return what each source is compared by at first, made for those that have none yet."""
        known = rows.read_profiles(self._store.connection, self._dimension)
        for source in stated:
            if source.id not in known and (made := self._first_look(source.id)) is not None:
                known[source.id] = made
                self._store.put_profile(source.id, made)
        return known

    def _first_look(self, source_id: str) -> StoredProfile | None:
        text, passages = stored_source(self._store, source_id, self._dimension)
        if not passages:
            return None
        mean = np.mean([one.vector for one in passages], axis=0)
        return StoredProfile(
            sentences=sum(len(one.passage.sentences) for one in passages),
            vector=np.asarray(mean / (np.linalg.norm(mean) or 1.0), dtype=np.float32),
            sketch=sketch(text),
        )

    def _read_profile(self, source_id: str) -> Profile:
        text, passages = stored_source(self._store, source_id, self._dimension)
        return Profile(
            source_id=source_id,
            language=passages[0].passage.language,
            text=text,
            sentences=[sentence.span for one in passages for sentence in one.passage.sentences],
            vectors=np.concatenate([one.sentence_vectors for one in passages]),
        )

    def _align(self, original: Source, other: Source) -> None:
        known: dict[str, Vector] = {}
        sides = [self._ingested(source, known) for source in (original, other)]

        def embed(texts: Sequence[str]) -> Matrix:
            fresh = [text for text in dict.fromkeys(texts) if text not in known]
            if fresh:
                known.update(zip(fresh, self._embed(fresh), strict=True))
            return np.stack([known[text] for text in texts])

        self._store.replace_alignments(original.id, other.id, self._stages.align(sides[0], sides[1], embed))

    def _ingested(self, source: Source, known: dict[str, Vector]) -> Ingested:
        """Return a stored source as it was parsed; the vectors of its texts go into `known`."""
        text, stored = stored_source(self._store, source.id, self._dimension)
        known |= vectors_by_text(text, stored)
        return Ingested(
            source=source,
            document=Document(source_id=source.id, text=text),
            segments=rows.read_segments(self._store.connection, source.id),
            passages=tuple(one.passage for one in stored),
        )


def _above(source: Source) -> str | None:
    return source.translation_of or source.copy_of


def stored_source(store: Store, source_id: str, dimension: int) -> tuple[str, tuple[rows.StoredPassage, ...]]:
    """Return the text of a source and its passages in reading order; nothing of either where it is not there."""
    document = rows.read_document(store.connection, source_id)
    keys = rows.read_keys(store.connection, source_id)
    found = rows.read_passages(store.connection, keys, dimension)
    return document.text if document else "", tuple(found[key] for key in keys)


def vectors_by_text(text: str, passages: Iterable[rows.StoredPassage]) -> dict[str, Vector]:
    """Return the vectors that the index holds for passages of the document `text` and for their sentences, by their texts."""
    known: dict[str, Vector] = {}
    for stored in passages:
        known[stored.passage.key(text)] = stored.vector
        spans = (sentence.span for sentence in stored.passage.sentences)
        known.update(zip((span.of(text) for span in spans), stored.sentence_vectors, strict=True))
    return known
