"""Prove that the served generation is whole: not by samples, by every passage."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest import lexical
from ingest.index.manifest import DATABASE, Manifest
from ingest.index.reader import Index, open_index

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.home import Home
    from ingest.index.rows import StoredPassage

_OWN_SCORE = 0.999


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One property of the index, how many things were looked at, and what is wrong."""

    name: str
    looked_at: int
    faults: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.faults:
            return f"ok      {self.name} ({self.looked_at})"
        return f"FAILED  {self.name}: {len(self.faults)} of {self.looked_at}, first: {self.faults[0]}"


def check(home: Home) -> Iterator[Check]:
    """Yield one result for each property that a whole index has.

    Raises:
        NoIndexError: nothing was ingested into this home yet.
        IndexDamagedError: the index cannot be opened at all.
    """
    with open_index(home) as index:
        files = index.manifest.files
        yield Check(name="checksums of all files", looked_at=len(files) + 1, faults=(index.warning,) if index.warning else ())
        yield _integrity(home, index.manifest)
        passages = index.passages(index.keys())
        yield _counts(index, passages)
        for name, fault in (
            ("every passage is found by its own vector", _by_vector),
            ("every passage is found by its own words", _by_words),
            ("every offset lies in its document", _by_offsets),
            ("every sentence has a vector", _by_sentences),
        ):
            faults = tuple(f"{one.passage.source_id} {one.passage.id}" for one in passages if not fault(index, one))
            yield Check(name=name, looked_at=len(passages), faults=faults)
        yield _doubles(passages)


def _integrity(home: Home, manifest: Manifest) -> Check:
    path = home.folder(manifest.generation) / DATABASE
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        found += [f"{table} {row}" for table, row, *_ in connection.execute("PRAGMA foreign_key_check")]
    finally:
        connection.close()
    return Check(name="integrity of the database", looked_at=1, faults=tuple(fault for fault in found if fault != "ok"))


def _counts(index: Index, passages: tuple[StoredPassage, ...]) -> Check:
    manifest = index.manifest
    faults = []
    if len(passages) != manifest.passages:
        faults.append(f"{len(passages)} passages stored, {manifest.passages} in the manifest")
    if len(index.sources()) != manifest.sources:
        faults.append(f"{len(index.sources())} sources stored, {manifest.sources} in the manifest")
    if index.vector_count != manifest.passages:
        faults.append(f"{index.vector_count} vectors, {manifest.passages} passages in the manifest")
    return Check(name="counts agree with the manifest", looked_at=3, faults=tuple(faults))


def _by_vector(index: Index, stored: StoredPassage) -> bool:
    """Tell whether a search for the passage's vector scores one, and finds this passage unless others have the same vector."""
    found = index.dense(stored.vector, 1)
    if not found or found[0][1] < _OWN_SCORE:
        return False
    best = found[0][0]
    return best == stored.key or index.dense_scores(stored.vector, [best]).get(best, 0.0) >= _OWN_SCORE


def _by_words(index: Index, stored: StoredPassage) -> bool:
    text = index.document(stored.passage.source_id).text
    return index.holds(stored.key, lexical.terms(stored.passage.span.of(text)))


def _by_offsets(index: Index, stored: StoredPassage) -> bool:
    passage = stored.passage
    within = passage.span.end <= len(index.document(passage.source_id).text)
    return within and all(passage.span.contains(sentence.span) for sentence in passage.sentences)


def _by_sentences(_: Index, stored: StoredPassage) -> bool:
    return len(stored.sentence_vectors) == len(stored.passage.sentences)


def _doubles(passages: tuple[StoredPassage, ...]) -> Check:
    seen: set[tuple[str, int, int]] = set()
    faults = []
    for one in passages:
        place = (one.passage.source_id, one.passage.span.start, one.passage.span.end)
        if place in seen:
            faults.append(f"{one.passage.source_id} [{place[1]}, {place[2]})")
        seen.add(place)
    return Check(name="no stretch of text is indexed twice", looked_at=len(passages), faults=tuple(faults))
