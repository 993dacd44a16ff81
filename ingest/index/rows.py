"""Rows of the SQLite index as values. Everything here takes a connection and reads; `store` writes."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from ingest.index.vectors import decode
from ingest.values import Alignment, Document, Kind, Matrix, Passage, Person, Role, Segment, Sentence, Source, Span, Vector

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

_MOST_VARIABLES = 500
_HALF = 2
"""Bytes of a number of half precision."""
_BATCH = 4096
_PASSAGE_COLUMNS = (
    "key, id, source_id, start, end, language, role, speaker, question, header, section, second, marked_speakers,"
    " vector, sentence_vectors"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPassage:
    """A passage with the vectors the index holds for it."""

    key: int
    passage: Passage
    vector: Vector
    """Of the passage's key text, shape (dimension,)."""
    sentence_vectors: Matrix
    """One row for each of `passage.sentences`, shape (sentences, dimension)."""
    second_vector: Vector | None = None
    """Of the same key text by the second encoder; None where the index has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """What is known about one file that was read, or that could not be."""

    path: str
    root: str
    relative: str
    sha256: str
    source_id: str | None
    status: str = "ingested"
    reason: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProfile:
    """What a document is compared by before it is looked at more closely."""

    sentences: int
    """How many of its sentences may be cited."""
    vector: Vector
    """The mean of its passages' vectors, of length one."""
    sketch: NDArray[np.uint32]
    """The smallest hashes of its runs of words, rising."""


def key_of(source_id: str, passage_id: str) -> int:
    """Return the positive 63-bit key under which FAISS and FTS5 know a passage."""
    digest = hashlib.sha256(f"{source_id}\0{passage_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def source_to_json(source: Source) -> str:
    """Return all facts of a source as one line of JSON."""
    facts = asdict(source)
    facts["published"] = source.published.isoformat() if source.published else None
    return json.dumps(facts, ensure_ascii=False)


def source_from_json(text: str) -> Source:
    """Return the source that `source_to_json` wrote."""
    facts = json.loads(text)
    people = tuple(
        Person(**{**person, "role": Role(person["role"]), "aliases": tuple(person["aliases"])}) for person in facts["people"]
    )
    published = date.fromisoformat(facts["published"]) if facts["published"] else None
    values = {"kind": Kind(facts["kind"]), "people": people, "published": published, "topics": tuple(facts["topics"])}
    return Source(**{**facts, **values})


def read_sources(connection: sqlite3.Connection) -> tuple[Source, ...]:
    """Return all sources, in the order of their ids."""
    return tuple(source_from_json(facts) for (facts,) in connection.execute("SELECT facts FROM sources ORDER BY id"))


def read_both_sources(connection: sqlite3.Connection) -> tuple[dict[str, Source], list[Source]]:
    """Return all sources as they are, by id, and as their files alone state them, before translations were linked."""
    linked: dict[str, Source] = {}
    stated: list[Source] = []
    for source_id, facts, said in connection.execute("SELECT id, facts, stated FROM sources ORDER BY id"):
        linked[source_id] = source_from_json(facts)
        stated.append(linked[source_id] if said == facts else source_from_json(said))
    return linked, stated


def read_headings(connection: sqlite3.Connection) -> dict[str, tuple[str, ...]]:
    """Return the texts of the headings of each source that has any, by source id."""
    found: dict[str, tuple[str, ...]] = {}
    query = (
        "SELECT source_id, substr(text, start + 1, end - start) FROM segments JOIN documents USING (source_id)"
        " WHERE is_heading ORDER BY source_id, ordinal"
    )
    for source_id, heading in connection.execute(query):
        found[source_id] = (*found.get(source_id, ()), heading)
    return found


def read_notes(connection: sqlite3.Connection) -> dict[str, tuple[int, tuple[str, ...]]]:
    """Return for each source id how many characters were dropped and the notes made while parsing it."""
    rows = connection.execute("SELECT id, dropped, notes FROM sources")
    return {source_id: (dropped, tuple(json.loads(notes))) for source_id, dropped, notes in rows}


def read_document(connection: sqlite3.Connection, source_id: str) -> Document | None:
    """Return the canonical text of a source, or None where the index has no such source."""
    row = connection.execute("SELECT text FROM documents WHERE source_id = ?", (source_id,)).fetchone()
    return Document(source_id=source_id, text=row[0]) if row else None


def read_segments(connection: sqlite3.Connection, source_id: str) -> tuple[Segment, ...]:
    """Return the segments of a source in reading order."""
    rows = connection.execute(
        "SELECT start, end, role, speaker, is_question, is_heading, second FROM segments WHERE source_id = ? ORDER BY ordinal",
        (source_id,),
    )
    return tuple(
        Segment(
            span=Span(start, end),
            role=Role(role),
            speaker=speaker,
            is_question=bool(is_question),
            is_heading=bool(is_heading),
            second=second,
        )
        for start, end, role, speaker, is_question, is_heading, second in rows
    )


def read_alignments(connection: sqlite3.Connection, source_id: str) -> tuple[Alignment, ...]:
    """Return the alignments of a source with its translations or its original, always seen from this source's side."""
    rows = connection.execute(
        "SELECT source_id, start, end, other_id, other_start, other_end FROM alignments WHERE source_id = :id"
        " UNION SELECT other_id, other_start, other_end, source_id, start, end FROM alignments WHERE other_id = :id"
        " ORDER BY 2, 4, 5",
        {"id": source_id},
    )
    return tuple(
        Alignment(source_id=here, span=Span(start, end), other_id=there, other_span=Span(other_start, other_end))
        for here, start, end, there, other_start, other_end in rows
    )


def read_profiles(connection: sqlite3.Connection, dimension: int) -> dict[str, StoredProfile]:
    """Return the profiles of all sources that have one, in the order of their ids."""
    held = connection.execute("SELECT source_id, sentences, vector, sketch FROM profiles ORDER BY source_id").fetchall()
    vectors = decode(b"".join(vector for _, _, vector, _ in held), dimension)
    return {
        source_id: StoredProfile(sentences=sentences, vector=vector, sketch=np.frombuffer(sketch, dtype="<u4"))
        for (source_id, sentences, _, sketch), vector in zip(held, vectors, strict=True)
    }


def read_comparisons(connection: sqlite3.Connection) -> dict[tuple[str, str], float]:
    """Return what came of each comparison of two sources, the lower id first."""
    found = connection.execute("SELECT source_id, other_id, score FROM comparisons ORDER BY source_id, other_id")
    return {(one, other): score for one, other, score in found}


def read_keys(connection: sqlite3.Connection, source_id: str | None = None) -> tuple[int, ...]:
    """Return the keys of all passages, or of one source's, in reading order."""
    if source_id is None:
        rows = connection.execute("SELECT key FROM passages ORDER BY source_id, start")
    else:
        rows = connection.execute("SELECT key FROM passages WHERE source_id = ? ORDER BY start", (source_id,))
    return tuple(key for (key,) in rows)


def read_starts(connection: sqlite3.Connection, source_id: str) -> tuple[tuple[int, int], ...]:
    """Return where each passage of a source starts and its key, in reading order."""
    query = "SELECT start, key FROM passages WHERE source_id = ? ORDER BY start"
    return tuple(connection.execute(query, (source_id,)))


def read_passages(connection: sqlite3.Connection, keys: Sequence[int], dimension: int) -> dict[int, StoredPassage]:
    """Return the passages under `keys`; keys the index does not hold are left out."""
    found: dict[int, StoredPassage] = {}
    for batch in _batches(keys):
        marks = ",".join("?" * len(batch))
        sentences = _read_sentences(connection, batch)
        rows = connection.execute(f"SELECT {_PASSAGE_COLUMNS} FROM passages WHERE key IN ({marks})", batch).fetchall()  # noqa: S608
        # Vectors are decoded together: one by one they cost more than all the rest of a search.
        vectors = decode(b"".join(row[-2] for row in rows), dimension)
        matrices = decode(b"".join(row[-1] for row in rows), dimension)
        start = 0
        for row, vector in zip(rows, vectors, strict=True):
            stop = start + len(row[-1]) // (_HALF * dimension)
            # Copies: a passage that is kept must not keep all that was read with it.
            found[row[0]] = _stored_passage(row, sentences.get(row[0], ()), vector.copy(), matrices[start:stop].copy())
            start = stop
    return found


def read_second_vectors(connection: sqlite3.Connection, dimension: int, keys: Sequence[int]) -> dict[int, Vector]:
    """Return the second encoder's vectors of the passages under `keys` that have one."""
    found: dict[int, Vector] = {}
    for batch in _batches(keys):
        marks = ",".join("?" * len(batch))
        rows = connection.execute(f"SELECT passage, vector FROM second_vectors WHERE passage IN ({marks})", batch)  # noqa: S608
        held = rows.fetchall()
        vectors = decode(b"".join(blob for _, blob in held), dimension)
        found |= {key: vector.copy() for (key, _), vector in zip(held, vectors, strict=True)}
    return found


def read_languages(connection: sqlite3.Connection) -> dict[int, str]:
    """Return the language of every passage, by key."""
    return dict(connection.execute("SELECT key, language FROM passages"))


def read_vectors(connection: sqlite3.Connection, dimension: int, keys: Sequence[int]) -> Iterator[tuple[int, Vector]]:
    """Yield the key and vector of the passages under `keys`; keys the index does not hold are left out."""
    for batch in _batches(keys):
        marks = ",".join("?" * len(batch))
        rows = connection.execute(f"SELECT key, vector FROM passages WHERE key IN ({marks})", batch).fetchall()  # noqa: S608
        yield from zip((key for key, _ in rows), decode(b"".join(blob for _, blob in rows), dimension), strict=True)


def read_all_vectors(connection: sqlite3.Connection, dimension: int) -> Iterator[tuple[list[int], Matrix]]:
    """Yield the keys and vectors of all passages, some thousands at a time, in the order of keys."""
    found = connection.execute("SELECT key, vector FROM passages ORDER BY key")
    while batch := found.fetchmany(_BATCH):
        yield [key for key, _ in batch], decode(b"".join(blob for _, blob in batch), dimension)


def read_ledger(connection: sqlite3.Connection) -> dict[str, LedgerEntry]:
    """Return what is known about every file, by absolute path."""
    rows = connection.execute(
        "SELECT path, root, relative, sha256, source_id, status, reason, version FROM ledger ORDER BY path"
    )
    names = ("path", "root", "relative", "sha256", "source_id", "status", "reason", "version")
    return {row[0]: LedgerEntry(**dict(zip(names, row, strict=True))) for row in rows}


def _read_sentences(connection: sqlite3.Connection, keys: Sequence[int]) -> dict[int, tuple[Sentence, ...]]:
    marks = ",".join("?" * len(keys))
    found: defaultdict[int, list[Sentence]] = defaultdict(list)
    rows = connection.execute(
        f"SELECT passage, start, end, second FROM sentences WHERE passage IN ({marks}) ORDER BY passage, ordinal",  # noqa: S608
        keys,
    )
    for key, start, end, second in rows:
        found[key].append(Sentence(span=Span(start, end), second=second))
    return {key: tuple(sentences) for key, sentences in found.items()}


def _stored_passage(row: Sequence[Any], sentences: tuple[Sentence, ...], vector: Vector, matrix: Matrix) -> StoredPassage:
    values = dict(zip(_PASSAGE_COLUMNS.replace(" ", "").split(","), row, strict=True))
    passage = Passage(
        id=values["id"],
        source_id=values["source_id"],
        span=Span(values["start"], values["end"]),
        language=values["language"],
        sentences=sentences,
        role=Role(values["role"]),
        speaker=values["speaker"],
        question=values["question"],
        header=values["header"],
        section=values["section"],
        second=values["second"],
        marked_speakers=bool(values["marked_speakers"]),
    )
    return StoredPassage(
        key=values["key"],
        passage=passage,
        vector=vector,
        sentence_vectors=matrix,
    )


def _batches(keys: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), _MOST_VARIABLES):
        yield list(keys[start : start + _MOST_VARIABLES])
