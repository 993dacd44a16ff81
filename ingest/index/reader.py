"""Open the served generation and query it from any number of threads."""

from __future__ import annotations

import contextlib
import queue
import sqlite3
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ingest import lexical
from ingest.errors import IndexDamagedError, IndexMismatchError, NoIndexError
from ingest.home import Home
from ingest.index import rows
from ingest.index.kept import Kept
from ingest.index.lease import Lease
from ingest.index.manifest import DATABASE, NAME, VECTORS, Manifest
from ingest.index.stack import Stack
from ingest.index.vectors import read_faiss
from ingest.kinship.digests import collapsed
from ingest.kinship.families import heads
from ingest.kinship.through import through_others
from ingest.values import Alignment, Document, Role, Segment, Source, Vector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from ingest.index.rows import StoredPassage

LEXICAL_WEIGHTS = (1.0, 1.0, 1.0, 1.0, 1.5, 1.5)
"""bm25 weights of text words, text bigrams, question words, question bigrams, context words, context bigrams."""
_CONNECTIONS = 4
_MOST_TERMS = 96
_PASSAGES_KEPT = 1024
"""About 25 MB, most of it vectors of sentences."""
_ATTEMPTS = 3


class Index:
    """One generation, read only. It stays whole and usable after newer ones have been published, until `close`."""

    def __init__(self, folder: Path, manifest: Manifest, lease: Lease, warning: str | None = None) -> None:
        self.manifest = manifest
        self.home = folder.parent.parent
        """The folder of the home, where files of the user's own may stand."""
        self._lease = lease
        self.warning = warning
        """What whoever runs the bot should know: the previous generation is served because the newest is damaged."""
        self._faiss: Any = read_faiss(folder / VECTORS)
        # A fixed set of connections opened at once: a thread that came later could not open a generation deleted since.
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        self._all = [_connect(folder / DATABASE) for _ in range(_CONNECTIONS)]
        for connection in self._all:
            self._idle.put(connection)
        self._sources = {source.id: source for source in rows.read_sources(self._all[0])}
        self._collapsed = collapsed(self._sources.values(), lambda source_id: bool(rows.read_keys(self._all[0], source_id)))
        self._people = tuple(dict.fromkeys(_voices(one for one in self._sources.values() if one.id not in self._collapsed)))
        self._passages = Kept(self._read_passages, most=_PASSAGES_KEPT)
        self._heads = heads(self._sources.values())
        self._heads |= {digest: self._heads[original] for digest, original in self._collapsed.items()}
        self._families = len(set(self._heads.values()))
        self._documents = lru_cache(maxsize=64)(self._read_document)
        self._alignments = lru_cache(maxsize=256)(self._read_alignments)
        self._frequencies = lru_cache(maxsize=4096)(self._count_passages_with)
        self._samples = lru_cache(maxsize=4)(self._read_samples)
        self._languages = lru_cache(maxsize=1)(self._read_languages)
        self._silent = lru_cache(maxsize=1)(self._read_silent)

    def dense(self, vector: Vector, k: int) -> list[tuple[int, float]]:
        """Return up to `k` (key, cosine similarity) of the passages nearest to `vector`, best first."""
        if k < 1 or not self._faiss.ntotal:
            return []
        scores, keys = self._faiss.search(np.ascontiguousarray(vector, dtype=np.float32)[None, :], k)
        return [(int(key), float(score)) for key, score in zip(keys[0], scores[0], strict=True) if key != -1]

    def dense_scores(self, vector: Vector, keys: Sequence[int]) -> dict[int, float]:
        """Return the cosine similarity between `vector` and each of the passages under `keys`; unknown keys are left out."""
        with self._connection() as connection:
            found = rows.read_vectors(connection, self.manifest.embedder.dimension, keys)
            return {key: float(stored @ vector) for key, stored in found}

    def lexical(self, text: str, k: int, weights: Sequence[float] = LEXICAL_WEIGHTS) -> list[tuple[int, float]]:
        """Return up to `k` (key, score) of the passages that share terms with `text`, best first.

        The score is FTS5's bm25 with its sign turned: positive, higher is better, not comparable between questions.
        """
        return self.lexical_terms(lexical.terms(text), k, weights)

    def lexical_terms(
        self, terms: Iterable[str], k: int, weights: Sequence[float] = LEXICAL_WEIGHTS
    ) -> list[tuple[int, float]]:
        """As `lexical`, for terms or phrases chosen by the caller; a phrase counts where its words stand side by side."""
        distinct = [phrase for phrase in dict.fromkeys(map(lexical.phrase, terms)) if phrase][:_MOST_TERMS]
        if not distinct or k < 1:
            return []
        marks = ",".join("?" * len(weights))
        with self._connection() as connection:
            found = connection.execute(
                f"SELECT rowid, -bm25(lexicon, {marks}) AS score FROM lexicon WHERE lexicon MATCH ?"  # noqa: S608
                " ORDER BY score DESC, rowid LIMIT ?",
                (*weights, " OR ".join(distinct), k),
            )
            return [(int(key), float(score)) for key, score in found]

    def frequency(self, term: str) -> int:
        """Return how many passages hold `term` (a word or a phrase) in their text, question or context."""
        return self._frequencies(term)

    def lexical_coverage(self, terms: Iterable[str]) -> float:
        """Return the share of the distinct `terms` that occur anywhere in the index; 0.0 for none given."""
        distinct = set(terms)
        return sum(self.frequency(term) > 0 for term in distinct) / len(distinct) if distinct else 0.0

    def passage(self, key: int) -> StoredPassage:
        """Return the passage under `key`.

        Raises:
            KeyError: the index holds no such passage.
        """
        return self.passages((key,))[0]

    def passages(self, keys: Sequence[int]) -> tuple[StoredPassage, ...]:
        """Return the passages under `keys`, in that order.

        Raises:
            KeyError: the index does not hold one of them.
        """
        found = self._passages.get(keys)
        return tuple(found[key] for key in keys)

    def languages(self) -> Mapping[int, str]:
        """Return the language of every passage, by key."""
        return self._languages()

    @property
    def vector_count(self) -> int:
        """How many vectors the FAISS index holds."""
        return int(self._faiss.ntotal)

    def notes(self) -> dict[str, tuple[int, tuple[str, ...]]]:
        """Return for each source id how many characters of furniture were cut and what was noted while parsing it."""
        with self._connection() as connection:
            return rows.read_notes(connection)

    def holds(self, key: int, terms: Iterable[str]) -> bool:
        """Tell whether the lexical index finds the passage under `key` by each of `terms`."""
        distinct = [phrase for phrase in dict.fromkeys(map(lexical.phrase, terms)) if phrase]
        with self._connection() as connection:
            query = "SELECT count(*) FROM lexicon WHERE rowid = ? AND lexicon MATCH ?"
            return all(connection.execute(query, (key, phrase)).fetchone()[0] for phrase in distinct)

    def keys(self, source_id: str | None = None) -> tuple[int, ...]:
        """Return the keys of all passages, or of one source's, in reading order."""
        with self._connection() as connection:
            return rows.read_keys(connection, source_id)

    def starts(self, source_id: str) -> tuple[tuple[int, int], ...]:
        """Return where each passage of a source starts, in characters, and its key, in reading order."""
        with self._connection() as connection:
            return rows.read_starts(connection, source_id)

    def source(self, source_id: str) -> Source:
        """Return a source by its id.

        Raises:
            KeyError: the index holds no such source.
        """
        return self._sources[source_id]

    def sources(self) -> tuple[Source, ...]:
        """Return all sources, in the order of their ids."""
        return tuple(self._sources.values())

    def people(self) -> tuple[str, ...]:
        """Return the names of everybody whose words or experience the corpus holds (interviewees and authors), each once.

        A digest of an interview that is here too adds nobody.
        """
        return self._people

    def document(self, source_id: str) -> Document:
        """Return the canonical text of a source.

        Raises:
            KeyError: the index holds no such source.
        """
        return self._documents(source_id)

    def segments(self, source_id: str) -> tuple[Segment, ...]:
        """Return the segments of a source in reading order."""
        with self._connection() as connection:
            return rows.read_segments(connection, source_id)

    def alignments(self, source_id: str) -> tuple[Alignment, ...]:
        """Return what in this source says the same as what in its translations, original and copies, seen from this source.

        Two translations of one original are aligned through it.
        """
        return self._alignments(source_id)

    def family(self, source_id: str) -> str:
        """Return the id that a source shares with its original, translations, copies and digests: that of the original.

        Raises:
            KeyError: the index holds no such source.
        """
        return self._heads[source_id]

    @property
    def families(self) -> int:
        """How many sources there are, translations, copies and digests counted with their originals."""
        return self._families

    @property
    def collapsed(self) -> Mapping[str, str]:
        """Ids of the digests, and of their translations, of interviews that are here too; each with the id of the original."""
        return self._collapsed

    def silent(self) -> frozenset[int]:
        """Return the keys of passages that nothing is answered from: those of digests whose originals speak for themselves."""
        return self._silent()

    def samples(self, most: int) -> Mapping[str, Stack]:
        """Return the vectors of up to `most` passages of each language: the same ones every time, as good as random.

        Keys come from content hashes, so the lowest keys are a fair sample.
        """
        return self._samples(most)

    def _read_alignments(self, source_id: str) -> tuple[Alignment, ...]:
        with self._connection() as connection:
            return through_others(source_id, lambda other: rows.read_alignments(connection, other))

    def _read_languages(self) -> dict[int, str]:
        with self._connection() as connection:
            return rows.read_languages(connection)

    def _read_silent(self) -> frozenset[int]:
        return frozenset(key for source_id in self._collapsed for key in self.keys(source_id))

    def _read_samples(self, most: int) -> dict[str, Stack]:
        keys: dict[str, list[int]] = {}
        with self._connection() as connection:
            for language in self.manifest.languages:
                query = "SELECT key FROM passages WHERE language = ? ORDER BY key LIMIT ?"
                keys[language] = [int(key) for (key,) in connection.execute(query, (language, most))]
        return {language: Stack.of(tuple(self._read_passages(found).values())) for language, found in keys.items() if found}

    def _read_passages(self, keys: Sequence[int]) -> dict[int, StoredPassage]:
        with self._connection() as connection:
            found = rows.read_passages(connection, keys, self.manifest.embedder.dimension)
            second = self.manifest.second
            beside = rows.read_second_vectors(connection, second.dimension, keys) if second else {}
        return {key: replace(stored, second_vector=beside.get(key)) for key, stored in found.items()}

    def close(self) -> None:
        """Release the files. Queries still running in other threads fail."""
        for connection in self._all:
            connection.close()
        self._lease.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read_document(self, source_id: str) -> Document:
        with self._connection() as connection:
            document = rows.read_document(connection, source_id)
        if document is None:
            raise KeyError(source_id)
        return document

    def _count_passages_with(self, term: str) -> int:
        phrase = lexical.phrase(term)
        if not phrase:
            return 0
        with self._connection() as connection:
            query = "SELECT count(*) FROM lexicon WHERE lexicon MATCH ?"
            return int(connection.execute(query, (phrase,)).fetchone()[0])

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = self._idle.get()
        try:
            yield connection
        finally:
            self._idle.put(connection)


def open_index(home: Path | Home, *, fingerprint: str | None = None) -> Index:
    """Open the served generation after checking every file's checksum; the previous one, with a warning, if it is damaged.

    Args:
        home: the folder that `ingest sync` wrote to.
        fingerprint: of the embedder that questions will be embedded with; None where none will.

    Raises:
        NoIndexError: nothing was ingested into this home yet.
        IndexDamagedError: a file is damaged and no whole generation stands behind it.
        IndexMismatchError: the index was made by another embedder, or in another format.
    """
    place = home if isinstance(home, Home) else Home(home)
    for _ in range(_ATTEMPTS):
        current = place.current()
        if current is None:
            break
        try:
            return _open_generation(place.folder(current), fingerprint)
        except IndexDamagedError as damage:
            if place.current() == current:
                return _open_previous(place, current, fingerprint, damage)
            # A writer published and tidied up between our two looks: what CURRENT names now is whole.
    raise NoIndexError(f"no index in {place.path}; run: ingest sync PATH")


def _open_previous(home: Home, current: str, fingerprint: str | None, damage: IndexDamagedError) -> Index:
    damage = IndexDamagedError(home.pointer_fault() or damage)
    previous = home.behind(current)
    if previous is None:
        raise IndexDamagedError(f"{damage}; no whole generation stands behind it, mend with: ingest sync --rebuild PATH")
    with contextlib.suppress(IndexDamagedError):
        warning = f"{damage}; serving generation {previous}"
        return _open_generation(home.folder(previous), fingerprint, warning)
    raise damage


def _open_generation(folder: Path, fingerprint: str | None, warning: str | None = None) -> Index:
    try:
        lease = Lease(folder)  # before anything is read: what is held is not deleted
    except OSError as error:
        raise IndexDamagedError(f"{folder / NAME} is damaged: {error.strerror}") from error
    try:
        return _open_held(folder, fingerprint, lease, warning)
    except BaseException:
        lease.release()
        raise


def _open_held(folder: Path, fingerprint: str | None, lease: Lease, warning: str | None) -> Index:
    manifest = Manifest.read(folder)
    made_by = manifest.embedder
    if fingerprint is not None and fingerprint != made_by.fingerprint:
        raise IndexMismatchError(
            f"the index was made by embedder {made_by.id} ({made_by.fingerprint[:12]}), the settings name one with fingerprint"
            f" {fingerprint[:12]}; choose that embedder or run: ingest reembed"
        )
    manifest.verify(folder)
    try:
        return Index(folder, manifest, lease, warning)
    except (OSError, RuntimeError, sqlite3.Error) as error:
        raise IndexDamagedError(f"{folder} cannot be opened: {error}") from error


def _voices(sources: Iterable[Source]) -> Iterator[str]:
    """Yield the names of those whose words or experience the sources hold."""
    for source in sources:
        yield from (person.name for person in source.people if person.role in {Role.INTERVIEWEE, Role.AUTHOR})


def _connect(path: Path) -> sqlite3.Connection:
    """Open a finished database: it never changes again, so SQLite needs neither locks nor a journal."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
