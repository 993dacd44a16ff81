"""Find passages: dense and lexical candidates, fused by a convex combination of z-scores (DESIGN 6).

Dense scores are read as distances from what is usual: a multilingual encoder scores every passage of the question's own
language higher than the same words in another, so each language's scores are first centred on that language's mean over a
sample of the index. A passage in another language has no lexical signal; its dense score stands for both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.aliases import heard_forms
from bot.terms import content_terms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.people import Mentioned
    from bot.values import Question
    from ingest.embed import Embedder
    from ingest.index.reader import Index
    from ingest.index.rows import StoredPassage
    from ingest.values import Vector

DENSE_CANDIDATES = 60
LEXICAL_CANDIDATES = 40
SAMPLE = 128
"""Passages of each language whose mean score says what is usual for a question."""
DENSE_WEIGHT = 0.55
"""Share of the dense z-score in the fused one; measured by `bot eval` on the seeds and XQuAD."""
MOST_LEXICAL = 2.0
"""In standard deviations: one rare word ("CV") must not outweigh everything else a question says."""
MENTION_BONUS = 1.5
"""In standard deviations: a question that names somebody is answered by that person first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A passage with its scores for one question."""

    stored: StoredPassage
    dense: float
    """Cosine similarity less the mean of its language."""
    lexical: float
    """bm25; 0 where no term is shared."""
    score: float
    """Fused, in standard deviations over the candidates of this question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieval:
    """Candidates, best first, with what later stages need to know about the search."""

    candidates: tuple[Candidate, ...]
    vector: Vector
    usual: Mapping[str, float]
    """Mean cosine similarity of each language's passages to the question."""
    spread: float
    """Standard deviation of similarities over the sample: the unit in which a score is far from usual."""


def retrieve(question: Question, index: Index, embedder: Embedder, mentioned: Mentioned) -> Retrieval:
    """Return the candidates for `question`, best first; none for an empty index."""
    vector = embedder.embed_query(question.search_text)
    usual, spread = _usual(index, vector)
    dense = dict(index.dense(vector, DENSE_CANDIDATES))
    words = dict(index.lexical_terms(_query_terms(question), LEXICAL_CANDIDATES))
    keys = list(dict.fromkeys((*dense, *words, *_keys_of(mentioned, index, vector))))
    if not keys:
        return Retrieval(candidates=(), vector=vector, usual=usual, spread=spread)
    dense |= index.dense_scores(vector, [key for key in keys if key not in dense])
    passages = index.passages(keys)
    centred = np.array([dense[stored.key] - usual[stored.passage.language] for stored in passages])
    lexical = np.array([words.get(stored.key, 0.0) for stored in passages])
    fused = _fuse(centred, lexical, [stored.passage.language == question.asked_in for stored in passages])
    fused += MENTION_BONUS * np.array([stored.passage.source_id in mentioned.source_ids for stored in passages])
    candidates = [
        Candidate(stored=stored, dense=float(near), lexical=float(shared), score=float(score))
        for stored, near, shared, score in zip(passages, centred, lexical, fused, strict=True)
    ]
    return Retrieval(
        candidates=tuple(sorted(candidates, key=lambda candidate: -candidate.score)), vector=vector, usual=usual, spread=spread
    )


def _query_terms(question: Question) -> list[str]:
    terms = content_terms(question.search_text, question.asked_in)
    return [*terms, *heard_forms(question.search_text)]


def _keys_of(mentioned: Mentioned, index: Index, vector: Vector) -> list[int]:
    """Return the best passages of the sources a question is about, however little else they share with it."""
    keys = [key for source_id in mentioned.source_ids for key in index.keys(source_id)]
    scores = index.dense_scores(vector, keys)
    return sorted(scores, key=lambda key: -scores[key])[:DENSE_CANDIDATES]


def _usual(index: Index, vector: Vector) -> tuple[dict[str, float], float]:
    means: dict[str, float] = {}
    deviations: list[float] = []
    for language, sample in index.samples(SAMPLE).items():
        scores = sample @ vector
        means[language] = float(scores.mean())
        deviations.extend(scores - scores.mean())
    return means, max(float(np.std(deviations)), 1e-3) if deviations else 1.0


def _fuse(dense: np.ndarray, lexical: np.ndarray, same_language: Sequence[bool]) -> np.ndarray:
    z_dense, z_lexical = _z(dense), np.minimum(_z(lexical), MOST_LEXICAL)
    return np.where(same_language, DENSE_WEIGHT * z_dense + (1 - DENSE_WEIGHT) * z_lexical, z_dense)


def _z(scores: np.ndarray) -> np.ndarray:
    spread = scores.std()
    return (scores - scores.mean()) / spread if spread > 0 else np.zeros_like(scores)
