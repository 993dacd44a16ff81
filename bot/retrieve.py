"""Find passages: signals of meaning and of words, each in standard deviations above what is usual, added up (DESIGN 6).

Four signals speak for a passage: the likeness of the whole, the likeness of its best sentence (an answer is often one among
others), the likeness by the second encoder, and the words it shares. A passage of a source that holds other good ones gains a
little: a question is seldom about a moment in a talk about something else. Likenesses are read as distances from what is
usual: a multilingual encoder scores every passage of the question's own language higher than the same words in another, so each
language's scores are first centred on that language's mean over a sample of the index. A passage in another language has
no lexical signal; meaning stands for both. Where the question was put into English (`bot.translate`), passages that are not in
the asker's language are held against that wording. Weights were chosen with all interview questions and seeds in view, so
figures on those are no test on unseen questions.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.aliases import heard_forms
from bot.terms import content_terms
from ingest.embed.paired import second_of
from ingest.index.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.people import Mentioned
    from bot.values import Question
    from ingest.embed import Embedder
    from ingest.index.reader import Index
    from ingest.index.rows import StoredPassage
    from ingest.values import Vector

DENSE_CANDIDATES = 80
LEXICAL_CANDIDATES = 50
NEAREST_READ = 600
"""Nearest passages from which the candidates are taken once each language is measured by its own usual likeness, and digests
of what is here are left out."""
LEXICAL_READ = 400
"""Passages whose lexical score is read: candidates by meaning get theirs too."""
SAMPLE = 128
"""Passages of each language whose scores say what is usual for a question."""
DENSE, SENTENCE, SECOND, LEXICAL = 0.65, 0.4, 0.3, 0.5
"""Weights of the signals in the question's own language."""
DENSE_ACROSS, SENTENCE_ACROSS, SECOND_ACROSS = 0.9, 0.5, 0.7
"""The same for a passage in another language: the second encoder is the better one there."""
MOST_LEXICAL = 7.0
"""In standard deviations over the index: one rare word ("CV") must not outweigh everything else a question says."""
DOCUMENT, DOCUMENT_BEST = 0.4, 3
"""Weight of what the best passages of the same source score on average, and how many they are."""
MANY_SOURCES = 40
"""Sources from which that weight is full; among a handful, which source it is says little, and other people get a hearing."""
SPREAD = 0.75
"""Standard deviation of the final scores over the candidates; the thresholds of later stages are in this unit."""
MENTION_BONUS = 1.5
"""In that unit: a question that names somebody is answered by that person first."""
_LEAST_SPREAD = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A passage with its scores for one question."""

    stored: StoredPassage
    dense: float
    """Cosine similarity less the mean of its language."""
    lexical: float
    """bm25; 0 where no term is shared."""
    score: float
    """All signals together; the spread over the candidates of a question is always about the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieval:
    """Candidates, best first, with what later stages need to know about the search."""

    candidates: tuple[Candidate, ...]
    vectors: Mapping[str, Vector]
    """The question as it is held against passages of each language of the index."""
    usual: Mapping[str, float]
    """Mean cosine similarity of each language's passages to the question."""
    spread: float
    """Standard deviation of similarities over the sample: the unit in which a score is far from usual."""


@dataclass(frozen=True, slots=True)
class _Usual:
    """What is usual for one signal: the mean in each language, and how far scores lie from it."""

    means: Mapping[str, float]
    spread: float

    @classmethod
    def over(cls, samples: Mapping[str, Stack], score: Callable[[Stack], Vector]) -> _Usual:
        """Measure `score` over samples of the index, by language."""
        scores = {language: score(sample) for language, sample in samples.items()}
        means = {language: float(found.mean()) for language, found in scores.items()}
        deviations = [found - means[language] for language, found in scores.items()]
        spread = float(np.std(np.concatenate(deviations))) if deviations else 1.0
        return cls(means, max(spread, _LEAST_SPREAD))

    def standardised(self, stack: Stack, scores: Vector) -> Vector:
        """Return `scores` in standard deviations from what is usual in each passage's language."""
        means = np.array([self.means[language] for language in stack.languages])
        return np.asarray((scores - means) / self.spread, np.float32)


def retrieve(question: Question, index: Index, embedder: Embedder, mentioned: Mentioned) -> Retrieval:
    """Return the candidates for `question`, best first; none for an empty index.

    A digest of an interview that is in the index itself is none: the person's own words stand for it.
    """
    vectors = _by_language(question, index, embedder)
    samples = index.samples(SAMPLE)
    usual = _Usual.over(samples, lambda sample: sample.whole(vectors))
    silent = index.silent()
    words = {key: each for key, each in index.lexical_terms(_query_terms(question, index), LEXICAL_READ) if key not in silent}
    keys = dict.fromkeys((*_nearest(index, vectors, usual), *list(words)[:LEXICAL_CANDIDATES]))
    keys |= dict.fromkeys(_keys_of(mentioned, index, vectors))
    if not keys:
        return Retrieval(candidates=(), vectors=vectors, usual=usual.means, spread=usual.spread)
    beside = second_of(embedder)
    others = _by_language(question, index, beside) if beside is not None and _has_vectors_of(beside, index) else None
    passages = index.passages(list(keys))
    stack = Stack.of(passages)
    same = np.array([question.speaks(language) for language in stack.languages])
    meaning = _meaning(stack, same, samples, vectors, others)
    shared = np.array([words.get(stored.key, 0.0) for stored in passages], np.float32)
    fused = meaning + np.where(same, LEXICAL * _lexical(shared, words, index), 0.0)
    among_many = min(1.0, len(index.sources()) / MANY_SOURCES)
    score = SPREAD * _z(fused + DOCUMENT * among_many * _by_source(passages, fused))
    score += MENTION_BONUS * np.array([stored.passage.source_id in mentioned.source_ids for stored in passages])
    candidates = [
        Candidate(
            stored=stored,
            dense=float(likeness) - usual.means[stored.passage.language],
            lexical=float(common),
            score=float(each),
        )
        for stored, likeness, common, each in zip(passages, stack.whole(vectors), shared, score, strict=True)
    ]
    best_first = tuple(sorted(candidates, key=lambda candidate: -candidate.score))
    return Retrieval(candidates=best_first, vectors=vectors, usual=usual.means, spread=usual.spread)


def _by_language(question: Question, index: Index, embedder: Embedder) -> dict[str, Vector]:
    """Return the vector to hold against passages of each language: that of the question's wording for it."""
    wordings = {language: question.worded(language).search_text for language in index.manifest.languages}
    embedded = {text: embedder.embed_query(text) for text in dict.fromkeys(wordings.values())}
    return {language: embedded[text] for language, text in wordings.items()}


def _query_terms(question: Question, index: Index) -> list[str]:
    """Return the terms of every wording that some language of the index is searched with, and how captions mishear names."""
    wordings = dict.fromkeys(question.worded(language) for language in index.manifest.languages)
    terms = [term for wording in wordings for term in content_terms(wording.search_text, wording.language)]
    heard = [form for wording in wordings for form in heard_forms(wording.search_text, index.home)]
    return [*terms, *heard]


def _nearest(index: Index, vectors: Mapping[str, Vector], usual: _Usual) -> list[int]:
    """Return the passages that are nearest for their language, best first."""
    if not vectors:
        return []
    silent, languages = index.silent(), index.languages()
    most = NEAREST_READ if silent or len(usual.means) > 1 else DENSE_CANDIDATES
    found: dict[int, float] = {}
    for vector in {id(vector): vector for vector in vectors.values()}.values():
        for key, score in index.dense(vector, most):
            if key not in silent and vectors[languages[key]] is vector:
                found[key] = score - usual.means[languages[key]]
    return sorted(found, key=lambda key: -found[key])[:DENSE_CANDIDATES]


def _keys_of(mentioned: Mentioned, index: Index, vectors: Mapping[str, Vector]) -> list[int]:
    """Return the best passages of the sources a question is about, however little else they share with it."""
    scores: dict[int, float] = {}
    for source_id in mentioned.source_ids - index.collapsed.keys():
        scores |= index.dense_scores(vectors[index.source(source_id).language], index.keys(source_id))
    return sorted(scores, key=lambda key: -scores[key])[:DENSE_CANDIDATES]


def _has_vectors_of(encoder: Embedder, index: Index) -> bool:
    return index.manifest.second is not None and index.manifest.second.fingerprint == encoder.fingerprint


def _meaning(
    stack: Stack,
    same: np.ndarray,
    samples: Mapping[str, Stack],
    vectors: Mapping[str, Vector],
    others: Mapping[str, Vector] | None,
) -> Vector:
    """Return what the likenesses say together, weighted by whether languages are the same.

    Args:
        stack: the candidates' vectors.
        same: whether each is in a language that the question is worded in.
        samples: passages that say what is usual.
        vectors: the question's, for passages of each language.
        others: the same by the second encoder, if there is one.
    """

    def signal(score: Callable[[Stack], Vector], weight: float, across: float) -> Vector:
        standardised = _Usual.over(samples, score).standardised(stack, score(stack))
        return np.asarray(np.where(same, weight, across) * standardised, np.float32)

    found = signal(lambda some: some.whole(vectors), DENSE, DENSE_ACROSS)
    found += signal(lambda some: some.best_sentence(vectors), SENTENCE, SENTENCE_ACROSS)
    if others is not None:
        found += signal(lambda some: some.second(others), SECOND, SECOND_ACROSS)
    return found


def _lexical(shared: Vector, words: Mapping[int, float], index: Index) -> Vector:
    """Return lexical scores in standard deviations over the whole index, where most passages share no word."""
    if not words:
        return np.zeros_like(shared)
    scores, count = np.array(list(words.values())), max(index.manifest.passages, len(words))
    mean = scores.sum() / count
    spread = max(float(np.sqrt(max((scores**2).sum() / count - mean**2, 0.0))), _LEAST_SPREAD)
    return np.asarray(np.minimum((shared - mean) / spread, MOST_LEXICAL), np.float32)


def _by_source(passages: Sequence[StoredPassage], scores: Vector) -> Vector:
    """Return for each passage the mean of the best scores of its source, filled up with zeros where it has fewer."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for stored, score in zip(passages, scores, strict=True):
        found[stored.passage.source_id].append(float(score))
    best = {source_id: sum(sorted(of, reverse=True)[:DOCUMENT_BEST]) / DOCUMENT_BEST for source_id, of in found.items()}
    return np.array([best[stored.passage.source_id] for stored in passages], np.float32)


def _z(scores: np.ndarray) -> np.ndarray:
    spread = scores.std()
    return (scores - scores.mean()) / spread if spread > 0 else np.zeros_like(scores)
