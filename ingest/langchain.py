"""A LangChain vector store over SQLite (the truth) and FAISS (derived), for LangChain programs that bring their own documents.

No pickle, exact search, filters applied before ranking rather than after. The bot itself does not go through here.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
import uuid
from typing import TYPE_CHECKING, Any

import numpy as np
from langchain_core.documents import Document
from langchain_core.vectorstores import VectorStore
from langchain_core.vectorstores.utils import maximal_marginal_relevance

from ingest.index.rows import key_of
from ingest.index.vectors import decode, encode, normalised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from langchain_core.embeddings import Embeddings

    from ingest.values import Vector

    Filter = Mapping[str, Any] | Callable[[Document], bool]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    key       INTEGER PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE,
    content   TEXT NOT NULL,
    metadata  TEXT NOT NULL,
    dimension INTEGER NOT NULL,
    vector    BLOB NOT NULL
)
"""


class CareerVectorStore(VectorStore):
    """Documents in one SQLite file, or in memory; cosine similarity, exact."""

    def __init__(self, embedding: Embeddings, folder: Path | None = None) -> None:
        """Open the store.

        Args:
            embedding: turns texts and queries into vectors.
            folder: where `documents.sqlite` is kept; None keeps everything in memory.
        """
        self._embedding = embedding
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        path = folder / "documents.sqlite" if folder is not None else ":memory:"
        self._connection = sqlite3.connect(path, check_same_thread=False)
        self._lock = threading.RLock()
        self._faiss: Any = None
        with self._transaction() as connection:
            connection.execute(_SCHEMA)
            for key, dimension, blob in connection.execute("SELECT key, dimension, vector FROM documents"):
                self._index(key, decode(blob, dimension)[0])

    @property
    def embeddings(self) -> Embeddings:
        """What turns texts into vectors."""
        return self._embedding

    def add_texts(
        self,
        texts: Iterable[str],
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: Sequence[str | None] | None = None,
        **_: Any,  # noqa: ANN401 (the interface)
    ) -> list[str]:
        """Store texts, in place of what stood under the same ids; return the ids.

        Args:
            texts: what to embed and find.
            metadatas: one for each text, of values that JSON can hold.
            ids: one for each text; None, or a None among them, has one made.
        """
        contents = list(texts)
        names = [name or str(uuid.uuid4()) for name in (ids or [None] * len(contents))]
        facts = metadatas or [{} for _ in contents]
        if not contents:
            return []
        vectors = normalised(np.asarray(self._embedding.embed_documents(contents), dtype=np.float32))
        with self._transaction() as connection:
            for name, content, metadata, vector in zip(names, contents, facts, vectors, strict=True):
                key = key_of("", name)
                row = (key, name, content, json.dumps(metadata, ensure_ascii=False), len(vector), encode(vector))
                connection.execute("INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?, ?)", row)
                self._index(key, decode(encode(vector), len(vector))[0])
        return names

    def delete(self, ids: list[str] | None = None, **_: Any) -> bool:  # noqa: ANN401
        """Take documents out by id, or all of them where no ids are given; unknown ids do no harm."""
        with self._transaction() as connection:
            doomed = [name for (name,) in connection.execute("SELECT id FROM documents")] if ids is None else ids
            connection.executemany("DELETE FROM documents WHERE id = ?", [(name,) for name in doomed])
            if self._faiss is not None and doomed:
                self._faiss.remove_ids(np.asarray([key_of("", name) for name in doomed], dtype=np.int64))
        return True

    def get_by_ids(self, ids: Sequence[str], /) -> list[Document]:
        """Return the documents with these ids, in that order; unknown ids are left out."""
        with self._lock:
            found = [
                self._connection.execute("SELECT content, metadata FROM documents WHERE id = ?", (name,)).fetchone()
                for name in ids
            ]
        return [
            Document(id=name, page_content=row[0], metadata=json.loads(row[1]))
            for name, row in zip(ids, found, strict=True)
            if row is not None
        ]

    def similarity_search(self, query: str, k: int = 4, **kwargs: Any) -> list[Document]:  # noqa: ANN401
        """Return the `k` documents most like `query`; `filter` takes metadata to equal, or a predicate on documents."""
        return [document for document, _ in self.similarity_search_with_score(query, k, **kwargs)]

    def similarity_search_by_vector(self, embedding: list[float], k: int = 4, **kwargs: Any) -> list[Document]:  # noqa: ANN401
        """Return the `k` documents nearest to a vector."""
        return [document for document, _, _ in self._nearest(embedding, k, kwargs.get("filter"))]

    def similarity_search_with_score(self, query: str, k: int = 4, **kwargs: Any) -> list[tuple[Document, float]]:  # noqa: ANN401
        """Return the `k` documents most like `query`, with their cosine similarities."""
        nearest = self._nearest(self._embedding.embed_query(query), k, kwargs.get("filter"))
        return [(document, score) for document, score, _ in nearest]

    def max_marginal_relevance_search(
        self,
        query: str,
        k: int = 4,
        fetch_k: int = 20,
        lambda_mult: float = 0.5,
        **kwargs: Any,  # noqa: ANN401
    ) -> list[Document]:
        """Return `k` documents that are like `query` and unlike one another (Carbonell and Goldstein, 1998)."""
        wanted = self._embedding.embed_query(query)
        nearest = self._nearest(wanted, fetch_k, kwargs.get("filter"))
        vectors: list[Any] = [vector for _, _, vector in nearest]
        chosen = maximal_marginal_relevance(np.asarray(wanted), vectors, lambda_mult=lambda_mult, k=k) if vectors else []
        return [nearest[position][0] for position in chosen]

    @classmethod
    def from_texts(
        cls,
        texts: list[str],
        embedding: Embeddings,
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: list[str] | None = None,
        folder: Path | None = None,
        **_: Any,  # noqa: ANN401 (the interface)
    ) -> CareerVectorStore:
        """Return a store that holds `texts`."""
        store = cls(embedding, folder)
        store.add_texts(texts, metadatas, ids=ids)
        return store

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._connection.close()

    def _select_relevance_score_fn(self) -> Callable[[float], float]:
        return lambda cosine: min(1.0, max(0.0, (1.0 + cosine) / 2))

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._connection:
            yield self._connection

    def _index(self, key: int, vector: Vector) -> None:
        """Put a vector into FAISS, in place of the one under the same key: it would take both."""
        import faiss  # noqa: PLC0415 (heavy)

        keys = np.asarray([key], dtype=np.int64)
        if self._faiss is None:
            self._faiss = faiss.IndexIDMap2(faiss.IndexFlatIP(len(vector)))
        self._faiss.remove_ids(keys)
        self._faiss.add_with_ids(vector[None, :], keys)

    def _nearest(self, embedding: Sequence[float], k: int, wanted: Filter | None) -> list[tuple[Document, float, Vector]]:
        """Return up to `k` (document, cosine, vector), best first, among those that pass the filter."""
        import faiss  # noqa: PLC0415 (heavy)

        query = normalised(np.asarray([embedding], dtype=np.float32))
        with self._lock:
            if self._faiss is None or k < 1:
                return []
            parameters = None
            if wanted is not None:
                allowed = np.asarray(self._passing(wanted), dtype=np.int64)
                make: Any = faiss.SearchParameters  # its stub does not know the keyword
                parameters = make(sel=faiss.IDSelectorBatch(allowed))
            scores, keys = self._faiss.search(query, k, params=parameters)
            hits = [(int(key), float(score)) for key, score in zip(keys[0], scores[0], strict=True) if key != -1]
            return [(self._load(key), score, self._faiss.reconstruct(key)) for key, score in hits]

    def _load(self, key: int) -> Document:
        statement = "SELECT id, content, metadata FROM documents WHERE key = ?"
        name, content, metadata = self._connection.execute(statement, (key,)).fetchone()
        return Document(id=name, page_content=content, metadata=json.loads(metadata))

    def _passing(self, wanted: Filter) -> list[int]:
        rows = self._connection.execute("SELECT key, id, content, metadata FROM documents")
        found = ((key, Document(id=name, page_content=text, metadata=json.loads(facts))) for key, name, text, facts in rows)
        return [key for key, document in found if _passes(document, wanted)]


def _passes(document: Document, wanted: Filter) -> bool:
    if callable(wanted):
        return bool(wanted(document))
    return all(name in document.metadata and document.metadata[name] == value for name, value in wanted.items())
