"""Write what changed into a new generation: embed what is new, link and align translations, publish."""

from __future__ import annotations

import time
from collections import ChainMap
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ingest.embed.paired import second_of
from ingest.embed.resuming import ResumingEmbedder
from ingest.index import rows
from ingest.index.generation import Base, draft
from ingest.index.manifest import EmbedderFacts, Manifest
from ingest.index.second import bring_in_step
from ingest.kinship.linker import Linker, stored_source, vectors_by_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from ingest.changes import Changes
    from ingest.embed.protocol import Embedder
    from ingest.home import Home
    from ingest.index.store import Store
    from ingest.progress import Reporter
    from ingest.stages import Stages
    from ingest.values import Ingested, Matrix, Passage, Source, Vector

_GROUP = 32
"""Passages whose texts are embedded in one call: enough to fill batches, few enough to show progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What went in for one source."""

    source: Source
    passages: int
    seconds: float
    notes: tuple[str, ...] = ()


class Writer:
    """One sync's writing, with what it counts on the way."""

    def __init__(self, embedder: Embedder, stages: Stages, report: Reporter, stored_dimension: int) -> None:
        self.rows: list[Row] = []
        self.embedded = 0
        """Passages that had to be embedded."""
        self.resumed = 0
        """Texts that an interrupted run had embedded."""
        self._embedder = embedder
        self._second = second_of(embedder)
        self._recalled: Collection[str] = ()
        self._stages = stages
        self._report = report
        self._stored_dimension = stored_dimension

    def publish(self, home: Home, base: Base | None, changes: Changes, *, rebuild: bool) -> Manifest:
        """Write the changes into a new generation and make it the served one.

        What was embedded is remembered until then: see `ResumingEmbedder`.
        """
        self._embedder = resuming = ResumingEmbedder(self._embedder, home)
        self._recalled = resuming.recalled
        try:
            with draft(home, base) as work:
                self._write(work.store, changes, rebuild=rebuild)
                work.second = bring_in_step(work.store, self._second, work.second, resuming.dimension, self._report)
                manifest = work.publish(facts_of(resuming), self._stages.version)
        finally:
            self.resumed = resuming.resumed
            resuming.close()
        resuming.drop()
        return manifest

    def _write(self, store: Store, changes: Changes, *, rebuild: bool) -> None:
        known: dict[str, Vector] = {} if rebuild else self._vectors_of(store, changes.removed)
        for source_id in changes.removed:
            store.remove(source_id)
        for source_id, path in changes.moved.items():
            store.move(source_id, path)
        self._put_all(store, changes.parsed, known, rebuild=rebuild)
        for path in changes.gone:
            store.forget(path)
        for entry in changes.entries:
            store.record(entry)
        linker = Linker(store, self._stages, self._embedder.embed_passages, self._embedder.dimension, self._report)
        linker.run({ingested.source.id for ingested in changes.parsed}, rebuild=rebuild)

    def _put_all(self, store: Store, parsed: Sequence[Ingested], known: dict[str, Vector], *, rebuild: bool) -> None:
        ids = {ingested.source.id for ingested in parsed}
        others = [source for source in rows.read_sources(store.connection) if source.id not in ids] if rebuild else []
        count = sum(len(rows.read_keys(store.connection, source.id)) for source in others)
        self._report.begin("embedding", count + sum(len(ingested.passages) for ingested in parsed))
        for ingested in parsed:
            started = time.perf_counter()
            own: dict[str, Vector] = {} if rebuild else self._vectors_of(store, (ingested.source.id,))
            vectors, matrices = self._embed(ingested.passages, ingested.document.text, ChainMap(own, known))
            passages = store.put(ingested, vectors, matrices)
            seconds = time.perf_counter() - started
            self.rows.append(Row(source=ingested.source, passages=passages, seconds=seconds, notes=ingested.notes))
        for source in others:
            self._embed_again(store, source.id)

    def _embed_again(self, store: Store, source_id: str) -> None:
        """Give a source whose file was not read in this run the vectors of the present embedder."""
        text, stored = stored_source(store, source_id, self._stored_dimension)
        vectors, matrices = self._embed([one.passage for one in stored], text, ChainMap())
        for one, vector, matrix in zip(stored, vectors, matrices, strict=True):
            store.replace_vectors(one.key, vector, matrix)

    def _embed(self, passages: Sequence[Passage], text: str, known: ChainMap[str, Vector]) -> tuple[Matrix, list[Matrix]]:
        """Return one vector for each passage, and for each passage one for each of its sentences."""
        dimension = self._embedder.dimension
        vectors = np.zeros((len(passages), dimension), dtype=np.float32)
        matrices: list[Matrix] = []
        for start in range(0, len(passages), _GROUP):
            group = passages[start : start + _GROUP]
            keys = [passage.key(text) for passage in group]
            said = [[sentence.span.of(text) for sentence in passage.sentences] for passage in group]
            wanted = dict.fromkeys([*keys, *(sentence for sentences in said for sentence in sentences)])
            fresh = [one for one in wanted if one not in known]
            new = dict(zip(fresh, self._embedder.embed_passages(fresh), strict=True)) if fresh else {}
            found = known.new_child(new)
            for offset, key in enumerate(keys):
                vectors[start + offset] = found[key]
            matrices += [np.asarray([found[one] for one in sentences]).reshape(-1, dimension) for sentences in said]
            self.embedded += sum(key in new and key not in self._recalled for key in keys)
            self._report.advance(len(group))
        return vectors, matrices

    def _vectors_of(self, store: Store, source_ids: Iterable[str]) -> dict[str, Vector]:
        """Return the vectors that the index holds for the texts of some sources, by text."""
        known: dict[str, Vector] = {}
        for source_id in source_ids:
            known |= vectors_by_text(*stored_source(store, source_id, self._embedder.dimension))
        return known


def facts_of(embedder: Embedder) -> EmbedderFacts:
    """Return what the manifest records about an embedder."""
    return EmbedderFacts(
        id=embedder.id,
        fingerprint=embedder.fingerprint,
        engine=embedder.engine,
        dimension=embedder.dimension,
        prompts=dict(embedder.prompts),
    )
