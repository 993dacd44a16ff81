"""An embedder that remembers what it embedded in an ingest that was interrupted: nothing is embedded twice.

Vectors are kept in the home under the fingerprint of the model and the checksum of the text, committed group by group. SQLite's
write-ahead log holds what was committed through a kill at any moment. The memory is dropped when the generation is published.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import sqlite3
import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from ingest.embed.protocol import Embedder, PassagesDone
    from ingest.home import Home
    from ingest.values import Matrix, Vector

_FOLDER, _FILE = "embedding-", "vectors.sqlite"
_NAME_LENGTH = 16
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS vectors (text BLOB PRIMARY KEY, vector BLOB NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID"
)


class ResumingEmbedder:
    """Embeds what it does not remember, and remembers what it embeds. Call `close` at the end, or `drop` once all is published.

    Args:
        embedder: what does the work.
        home: where the memory is kept; use it only while holding the home's lock.
    """

    def __init__(self, embedder: Embedder, home: Home) -> None:
        self._embedder = embedder
        self._folder = home.path / f"{_FOLDER}{embedder.fingerprint[:_NAME_LENGTH]}"
        self._connection: sqlite3.Connection | None = None
        self._broken = False
        self._embedded: set[bytes] = set()
        self.resumed = 0
        """Texts whose vectors an interrupted run had left."""
        self.recalled: set[str] = set()
        """Texts that were embedded before, in this run or in an interrupted one."""

    @property
    def id(self) -> str:
        """See `Embedder`."""
        return self._embedder.id

    @property
    def dimension(self) -> int:
        """See `Embedder`."""
        return self._embedder.dimension

    @property
    def fingerprint(self) -> str:
        """See `Embedder`."""
        return self._embedder.fingerprint

    @property
    def engine(self) -> str:
        """See `Embedder`."""
        return self._embedder.engine

    @property
    def prompts(self) -> Mapping[str, str]:
        """See `Embedder`."""
        return self._embedder.prompts

    def embed_passages(self, texts: Sequence[str], *, progress: PassagesDone | None = None) -> Matrix:
        """Return the vectors of texts to be found: shape (len(texts), dimension), float32, rows of length 1."""
        keys = [hashlib.sha256(text.encode()).digest() for text in texts]
        known = self._recall(keys)
        self.resumed += len(known.keys() - self._embedded)
        self.recalled.update(text for key, text in zip(keys, texts, strict=True) if key in known)
        fresh = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if fresh:
            vectors = self._embedder.embed_passages(list(fresh.values()), progress=progress)
            new = dict(zip(fresh, vectors, strict=True))
            self._embedded.update(new)
            self._remember(new)
            known |= new
        return np.stack([known[key] for key in keys]) if keys else np.zeros((0, self.dimension), np.float32)

    def embed_query(self, text: str) -> Vector:
        """Return the vector of a search."""
        return self._embedder.embed_query(text)

    def count_tokens(self, text: str) -> int:
        """Return how many tokens the model sees in a passage."""
        return self._embedder.count_tokens(text)

    def close(self) -> None:
        """Keep the memory for a later run."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def drop(self) -> None:
        """Forget everything: what was embedded is published. Unfinished work with another embedder stays."""
        self.close()
        drop_memories(self._folder.parent, self._embedder.fingerprint)

    def _recall(self, keys: Sequence[bytes]) -> dict[bytes, Vector]:
        """Return what is remembered; a vector whose bytes are not the ones that were written is not."""
        found: dict[bytes, Vector] = {}
        with self._memory() as connection:
            for key in keys:
                query = "SELECT vector, checksum FROM vectors WHERE text = ?"
                row = connection.execute(query, (key,)).fetchone() if connection else None
                if row and zlib.crc32(key + row[0]) == row[1] and len(row[0]) == self.dimension * 4:
                    found[key] = np.frombuffer(row[0], dtype="<f4").astype(np.float32)
        return found

    def _remember(self, vectors: Mapping[bytes, Vector]) -> None:
        blobs = {key: np.ascontiguousarray(vector, dtype="<f4").tobytes() for key, vector in vectors.items()}
        with self._memory() as connection:
            if connection:
                with connection:
                    connection.executemany(
                        "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)",
                        ((key, blob, zlib.crc32(key + blob)) for key, blob in blobs.items()),
                    )

    @contextlib.contextmanager
    def _memory(self) -> Iterator[sqlite3.Connection | None]:
        """Yield the open memory, or None where it cannot be had: embedding goes on without."""
        try:
            connection = self._open()
        except sqlite3.Error:
            self._give_up()
            connection = None
        try:
            yield connection
        except sqlite3.Error:
            self._give_up()

    def _give_up(self) -> None:
        self.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._broken = True

    def _open(self) -> sqlite3.Connection | None:
        if self._connection is None and not self._broken:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(self._folder / _FILE)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.execute(_SCHEMA)
        return self._connection


def drop_memories(home: Path, fingerprint: str = "") -> None:
    """Delete the vectors of unfinished work in a home: of one embedder, or of all."""
    for folder in home.glob(f"{_FOLDER}{fingerprint[:_NAME_LENGTH]}*"):
        shutil.rmtree(folder, ignore_errors=True)
