"""Writing the SQLite side of a generation that is being built, out of readers' sight.

A new generation starts as a copy of the previous one's database, is changed in one transaction and closed as a single file.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from importlib.resources import files
from typing import TYPE_CHECKING

from ingest import lexical
from ingest.index import rows
from ingest.index.rows import LedgerEntry, key_of
from ingest.index.vectors import encode, normalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from ingest.index.rows import StoredProfile
    from ingest.values import Alignment, Ingested, Matrix, Passage, Segment, Source, Vector

_WASTE_WORTH_VACUUM = 0.25
_LATER = frozenset(
    {("table", "second_vectors"), ("table", "profiles"), ("table", "comparisons"), ("index", "comparisons_by_other")}
)
"""What the first version of the index did not declare."""
_PUT_TERMS = (
    "INSERT INTO lexicon (rowid, text_words, text_grams, question_words, question_grams, context_words, context_grams)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)


class Store:
    """A writable index database. Use `open_store`, then the methods, then `close`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def put(self, ingested: Ingested, vectors: Matrix, sentence_vectors: Sequence[Matrix]) -> int:
        """Store a parsed source in place of whatever stood under its id; return how many passages went in.

        Args:
            ingested: the source and its parts.
            vectors: one row for each passage, shape (passages, dimension).
            sentence_vectors: for each passage a matrix with one row for each of its sentences.
        """
        source = ingested.source
        self.remove(source.id)
        self.connection.execute(
            "INSERT INTO sources VALUES (?, ?, ?, ?, ?, ?)",
            (
                source.id,
                rows.source_to_json(source),
                rows.source_to_json(source),
                source.language,
                ingested.dropped_characters,
                json.dumps(ingested.notes, ensure_ascii=False),
            ),
        )
        self.connection.execute("INSERT INTO documents VALUES (?, ?)", (source.id, ingested.document.text))
        self._put_segments(source.id, ingested.segments)
        stored: set[str] = set()
        for passage, vector, matrix in zip(ingested.passages, normalised(vectors), sentence_vectors, strict=True):
            if passage.id not in stored:  # the same words twice in one text are one passage
                stored.add(passage.id)
                self._put_passage(passage, ingested.document.text, encode(vector), encode(normalised(matrix)))
        return len(stored)

    def remove(self, source_id: str) -> bool:
        """Take out a source and everything that hangs on it; tell whether it was there."""
        self.connection.execute(
            "DELETE FROM lexicon WHERE rowid IN (SELECT key FROM passages WHERE source_id = ?)", (source_id,)
        )
        return self.connection.execute("DELETE FROM sources WHERE id = ?", (source_id,)).rowcount > 0

    def update(self, source: Source) -> None:
        """Replace the facts of a source whose text stays as it is."""
        self.connection.execute(
            "UPDATE sources SET facts = ?, language = ? WHERE id = ?", (rows.source_to_json(source), source.language, source.id)
        )

    def move(self, source_id: str, path: str) -> None:
        """Let a source name another file as the one it was read from."""
        for column in ("facts", "stated"):
            self.connection.execute(
                f"UPDATE sources SET {column} = json_set({column}, '$.path', ?) WHERE id = ?",  # noqa: S608 (two names)
                (path, source_id),
            )

    def replace_vectors(self, key: int, vector: Vector, sentence_vectors: Matrix) -> None:
        """Give a passage the vectors of another embedder."""
        self.connection.execute(
            "UPDATE passages SET vector = ?, sentence_vectors = ? WHERE key = ?",
            (encode(normalised(vector)), encode(normalised(sentence_vectors)), key),
        )

    def put_second(self, vectors: Iterable[tuple[int, Vector]]) -> None:
        """Give passages, by key, the vectors of the second encoder."""
        self.connection.executemany(
            "INSERT OR REPLACE INTO second_vectors VALUES (?, ?)",
            ((key, encode(normalised(vector))) for key, vector in vectors),
        )

    def replace_alignments(self, source_id: str, other_id: str, alignments: Iterable[Alignment]) -> None:
        """Make `alignments` the only ones between two sources."""
        pair = {"one": source_id, "other": other_id}
        self.connection.execute(
            "DELETE FROM alignments WHERE (source_id = :one AND other_id = :other) OR (source_id = :other AND other_id = :one)",
            pair,
        )
        self.connection.executemany(
            "INSERT INTO alignments VALUES (?, ?, ?, ?, ?, ?)",
            (
                (pair.source_id, pair.span.start, pair.span.end, pair.other_id, pair.other_span.start, pair.other_span.end)
                for pair in alignments
            ),
        )

    def drop_alignments(self, source_id: str, other_id: str) -> None:
        """Forget what two sources have in common."""
        self.replace_alignments(source_id, other_id, ())

    def put_profile(self, source_id: str, profile: StoredProfile) -> None:
        """Keep what a source is compared by."""
        self.connection.execute(
            "INSERT OR REPLACE INTO profiles VALUES (?, ?, ?, ?)",
            (source_id, profile.sentences, encode(normalised(profile.vector)), profile.sketch.tobytes()),
        )

    def put_comparison(self, source_id: str, other_id: str, score: float) -> None:
        """Keep what came of comparing two sources, the lower id first."""
        self.connection.execute("INSERT OR REPLACE INTO comparisons VALUES (?, ?, ?)", (source_id, other_id, score))

    def drop_comparisons(self) -> None:
        """Forget all comparisons and what was compared."""
        self.connection.execute("DELETE FROM comparisons")
        self.connection.execute("DELETE FROM profiles")

    def record(self, entry: LedgerEntry) -> None:
        """Remember what became of a file."""
        self.connection.execute(
            "INSERT OR REPLACE INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                entry.path,
                entry.root,
                entry.relative,
                entry.sha256,
                entry.source_id,
                entry.status,
                entry.reason,
                entry.version,
            ),
        )

    def forget(self, path: str) -> None:
        """Drop a file from the ledger."""
        self.connection.execute("DELETE FROM ledger WHERE path = ?", (path,))

    def get_meta(self, name: str) -> str | None:
        """Return a fact about the whole index, None where it is not kept."""
        row = self.connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, name: str, value: str) -> None:
        """Keep a fact about the whole index."""
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def close(self, *, scrub: bool = False) -> None:
        """Commit and leave one self-contained file, without a write-ahead log beside it.

        Args:
            scrub: leave no byte of what was taken out: FTS5 only marks terms as deleted, SQLite keeps free pages as they were.
        """
        if scrub:
            self.connection.execute("INSERT INTO lexicon (lexicon) VALUES ('rebuild')")
        self.connection.commit()
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        pages, free = (self.connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count"))
        if scrub or free > pages * _WASTE_WORTH_VACUUM:
            self.connection.execute("VACUUM")
        self.connection.execute("PRAGMA journal_mode=DELETE")
        self.connection.close()

    def _put_segments(self, source_id: str, segments: Sequence[Segment]) -> None:
        self.connection.executemany(
            "INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    source_id,
                    ordinal,
                    segment.span.start,
                    segment.span.end,
                    segment.role,
                    segment.speaker,
                    segment.is_question,
                    segment.is_heading,
                    segment.second,
                )
                for ordinal, segment in enumerate(segments)
            ),
        )

    def _put_passage(self, passage: Passage, text: str, vector: bytes, sentence_vectors: bytes) -> None:
        key = key_of(passage.source_id, passage.id)
        self.connection.execute(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                key,
                passage.id,
                passage.source_id,
                passage.span.start,
                passage.span.end,
                passage.language,
                passage.role,
                passage.speaker,
                passage.question,
                passage.header,
                passage.section,
                passage.second,
                passage.marked_speakers,
                vector,
                sentence_vectors,
            ),
        )
        self.connection.executemany(
            "INSERT INTO sentences VALUES (?, ?, ?, ?, ?)",
            (
                (key, ordinal, sentence.span.start, sentence.span.end, sentence.second)
                for ordinal, sentence in enumerate(passage.sentences)
            ),
        )
        parts = (passage.span.of(text), passage.question, f"{passage.header} {passage.section}")
        columns = [" ".join(make(part)) for part in parts for make in (lexical.indexed_words, lexical.bigrams)]
        self.connection.execute(_PUT_TERMS, (key, *columns))


def open_store(path: Path, previous: Path | None = None) -> Store:
    """Create a database at `path`: empty, or a copy of the one at `previous`. A transaction is open on return."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA page_size=4096")
    if previous is not None:
        origin = sqlite3.connect(f"{previous.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        origin.backup(connection)
        origin.close()
        _add_later_tables(connection)
    else:
        connection.executescript(_schema_script())
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("BEGIN IMMEDIATE")
    return Store(connection)


def _add_later_tables(connection: sqlite3.Connection) -> None:
    """Declare what a database that an earlier version made does not have."""
    known = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
    for kind, name, sql in sorted(schema(), reverse=True):  # tables before their indexes
        if name not in known and (kind, name) in _LATER:
            connection.execute(sql)


def is_ours(found: Sequence[tuple[str, str, str]]) -> bool:
    """Tell whether a database declares exactly what this version, or an earlier one, declares."""
    declared = schema()
    missing = [entry for entry in declared if entry not in found]
    return all(entry in declared for entry in found) and all(entry[:2] in _LATER for entry in missing)


def schema() -> list[tuple[str, str, str]]:
    """Return (type, name, SQL) of everything that an index database declares, sorted."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(_schema_script())
        return sorted(connection.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql NOT NULL"))


def _schema_script() -> str:
    return files("ingest.index").joinpath("schema.sql").read_text(encoding="utf-8")
