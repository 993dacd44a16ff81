"""Vectors on disk: float16 blobs in SQLite, and the FAISS index derived from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from ingest.values import Matrix, Vector


def normalised(rows: Matrix) -> Matrix:
    """Return `rows` (shape (n, dimension)) as float32 with each row of length one; rows of zeros stay."""
    matrix = np.asarray(rows, dtype=np.float32)
    lengths = np.linalg.norm(matrix, axis=-1, keepdims=True)
    return np.asarray(matrix / np.where(lengths == 0, 1, lengths), dtype=np.float32)


def encode(vectors: Vector | Matrix) -> bytes:
    """Return the values as little-endian float16, row after row."""
    return np.ascontiguousarray(vectors, dtype="<f2").tobytes()


def decode(blob: bytes, dimension: int) -> Matrix:
    """Return what `encode` stored, shape (rows, dimension), float32, each row scaled back to length one."""
    return normalised(np.frombuffer(blob, dtype="<f2").reshape(-1, dimension).astype(np.float32))


def write_faiss(path: Path, batches: Iterable[tuple[Sequence[int], Matrix]], dimension: int) -> int:
    """Write an exact inner-product index of (keys, one vector a row) to `path`; return how many it holds."""
    import faiss  # noqa: PLC0415 (heavy)

    index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
    for keys, vectors in batches:
        index.add_with_ids(vectors, np.asarray(keys, dtype=np.int64))
    with path.open("wb") as file:  # FAISS's own writer only prints that the last bytes did not fit on the disk
        writer: Any = faiss.PyCallbackIOWriter  # type: ignore[attr-defined]  # its stub does not know it
        faiss.write_index(index, writer(file.write))
    return int(index.ntotal)


def read_faiss(path: Path) -> Any:  # noqa: ANN401 (faiss has no types)
    """Load a FAISS index whose checksum was verified before: the parser itself is not safe against foreign files.

    One thread for FAISS: single queries gain nothing from more, and its OpenMP would fight the models for the cores.
    """
    import faiss  # noqa: PLC0415 (heavy)

    faiss.omp_set_num_threads(1)
    return faiss.read_index(str(path))
