"""An embedder without a model, for tests and dry runs: texts that share words and letter groups lie near each other.

Feature hashing (Weinberger et al. 2009, arXiv:0902.2206). It knows nothing of meaning; never serve people with it.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, ClassVar
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ingest.embed.protocol import PassagesDone
    from ingest.values import Matrix, Vector

_WORD = re.compile(r"\w+")
_DIMENSION = 64
_GRAM = 3


class HashEmbedder:
    """Hashes words and groups of three letters into 64 signed sums. Deterministic across machines and Python versions."""

    id = "hash"
    dimension = _DIMENSION
    engine = "hash"
    prompts: ClassVar[Mapping[str, str]] = {"query": "", "passage": ""}
    fingerprint = hashlib.sha256(b"careerbot hash embedder 1").hexdigest()

    def embed_passages(self, texts: Sequence[str], *, progress: PassagesDone | None = None) -> Matrix:
        """Return the vectors of texts to be found: shape (len(texts), 64), float32, rows of length 1."""
        vectors = np.zeros((len(texts), _DIMENSION), np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self.embed_query(text)
            if progress:
                progress(row + 1)
        return vectors

    def embed_query(self, text: str) -> Vector:
        """Return the vector of a search: shape (64,), float32, of length 1. A text without words has one of its own."""
        vector = np.zeros(_DIMENSION, np.float32)
        for feature, weight in _features(text):
            code = crc32(feature.encode())
            vector[code % _DIMENSION] += weight if code >> 31 else -weight
        if not vector.any():
            vector[0] = 1.0
        vector /= np.linalg.norm(vector)
        return vector

    def count_tokens(self, text: str) -> int:
        """Return the number of words."""
        return len(_WORD.findall(text))


def _features(text: str) -> Iterator[tuple[str, float]]:
    for word in _WORD.findall(text.casefold()):
        yield word, 2.0
        for start in range(len(word) - _GRAM + 1):
            yield "#" + word[start : start + _GRAM], 0.5
