"""The vectors of many passages, one under the other: one product with a question scores them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ingest.index.rows import StoredPassage
    from ingest.values import Matrix, Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Vectors of passages, in the order in which the passages were given."""

    languages: tuple[str, ...]
    """ISO 639-1 codes of the passages."""
    vectors: Matrix
    """Shape (passages, dimension)."""
    sentence_vectors: Matrix
    """Those of each passage's sentences, passage after passage: shape (sentences, dimension)."""
    sentences: NDArray[np.int64]
    """How many sentences each passage has."""
    second_vectors: Matrix
    """By the second encoder, zeros for a passage without: shape (passages, its dimension), which is 0 where none has one."""

    @classmethod
    def of(cls, passages: Sequence[StoredPassage]) -> Stack:
        """Return the vectors of at least one passage."""
        second = next((one.second_vector for one in passages if one.second_vector is not None), np.zeros(0, np.float32))
        none = np.zeros_like(second)
        return cls(
            languages=tuple(one.passage.language for one in passages),
            vectors=np.stack([one.vector for one in passages]),
            sentence_vectors=np.concatenate([one.sentence_vectors for one in passages]),
            sentences=np.array([len(one.sentence_vectors) for one in passages]),
            second_vectors=np.stack([none if one.second_vector is None else one.second_vector for one in passages]),
        )

    def whole(self, questions: Mapping[str, Vector]) -> Vector:
        """Return the likeness of each passage to the question, given as a vector for each language of passages."""
        return _likeness(self.vectors, self.languages, questions)

    def best_sentence(self, questions: Mapping[str, Vector]) -> Vector:
        """Return the likeness of each passage's likest sentence to the question; -1 for a passage without sentences."""
        languages = [language for language, many in zip(self.languages, self.sentences, strict=True) for _ in range(many)]
        likeness = _likeness(self.sentence_vectors, languages, questions)
        best = np.full(len(self.sentences), -1.0, np.float32)
        filled = self.sentences > 0
        if filled.any():
            starts = np.cumsum(self.sentences) - self.sentences
            best[filled] = np.maximum(np.maximum.reduceat(likeness, starts[filled]), -1.0)
        return best

    def second(self, questions: Mapping[str, Vector]) -> Vector:
        """Return the likeness of each passage by the second encoder; 0 for a passage that it has not seen."""
        if not self.second_vectors.shape[1]:
            return np.zeros(len(self.sentences), np.float32)
        return _likeness(self.second_vectors, self.languages, questions)


def _likeness(rows: Matrix, languages: Sequence[str], questions: Mapping[str, Vector]) -> Vector:
    """Return the product of each row with the vector for its language; several languages mostly share one."""
    distinct = {id(questions[language]): questions[language] for language in set(languages)}
    if len(distinct) == 1:
        return np.asarray(rows @ next(iter(distinct.values())), np.float32)
    found = np.zeros(len(rows), np.float32)
    of_rows = np.array([id(questions[language]) for language in languages], np.int64)
    for identity, vector in distinct.items():
        mine = of_rows == identity
        found[mine] = rows[mine] @ vector
    return found
