"""Decide whether the corpus can answer: a calibrated combination of signals that err on different questions.

A logistic model over search scores, lexical coverage, unknown names and the language model's own judgement of the best quotes.
Its weights, and the data they were fitted on, stand in `bot/data/abstention.toml`; `bench/calibrate_abstention.py` makes them.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from bot.resources import data_file
from bot.terms import content_terms
from ingest import lexical

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.people import Mentioned
    from bot.retrieve import Retrieval
    from bot.values import Evidence, Question
    from ingest.index.reader import Index


LOOKED_AT = 10
"""Candidates whose similarity is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What speaks for or against an answer in the corpus. All are 0 to about 1 but the standard deviations."""

    similarity: float | None
    """Cosine similarity of the best passage; None for an embedder that the weights were not fitted with."""
    covered: float
    """Share of the question's terms, weighted by rarity, in the best passages; 0.5 where languages differ."""
    unknown: float
    """Share of the question's terms, weighted by rarity, of which the corpus holds no trace; 0 where languages differ."""
    unknown_name: float
    """1 when the question names somebody or something (by a capital letter) that the corpus does not hold."""
    judged_best: float | None = None
    """The highest probability the language model gave a quote; None while it was not asked."""
    judged_second: float | None = None
    """The second highest."""


def read_signals(
    question: Question, retrieval: Retrieval, evidence: Sequence[Evidence], mentioned: Mentioned, index: Index
) -> Signals:
    """Return the signals that need no language model."""
    terms = content_terms(question.alone, question.asked_in)
    same = [item for item in evidence if item.passage.language == question.asked_in]
    total = max(1, index.manifest.passages)
    weights = {term: math.log1p(total / (1 + index.frequency(term))) for term in terms}
    return Signals(
        similarity=_similarity(retrieval) if index.manifest.embedder.id == _calibration()["embedder"] else None,
        covered=_covered(weights, same, index) if same else 0.5,
        unknown=_share(weights, {term for term in terms if not index.frequency(term)}) if same else 0.0,
        unknown_name=float(bool(mentioned.unknown)),
    )


def probability(signals: Signals) -> float:
    """Return the probability that the corpus holds an answer."""
    weights = _weights("judged" if signals.judged_best is not None else "unjudged")
    score = weights["bias"] + sum(weights[name] * value for name, value in features(signals).items())
    return 1.0 / (1.0 + math.exp(-score))


def threshold() -> float:
    """Return the probability below which an honest refusal serves the asker better than an answer."""
    return float(_calibration()["threshold"])


def features(signals: Signals) -> dict[str, float]:
    """Return the terms of the logistic model by name: the signals, with probabilities as log odds."""
    similarity = signals.similarity if signals.similarity is not None else float(_calibration()["usual_similarity"])
    terms = {
        "similarity": similarity,
        "covered": signals.covered,
        "unknown": signals.unknown,
        "unknown_name": signals.unknown_name,
    }
    if signals.judged_best is None:
        return terms
    second = signals.judged_second if signals.judged_second is not None else signals.judged_best
    return terms | {"judged_best": log_odds(signals.judged_best), "judged_second": log_odds(second)}


def _similarity(retrieval: Retrieval) -> float:
    nearest = (float(candidate.stored.vector @ retrieval.vector) for candidate in retrieval.candidates[:LOOKED_AT])
    return max(nearest, default=0.0)


def log_odds(probability_: float) -> float:
    """Return the logarithm of the odds, clipped to what a model can mean."""
    clipped = min(1 - 1e-4, max(1e-4, probability_))
    return math.log(clipped / (1 - clipped))


def _covered(weights: Mapping[str, float], evidence: Sequence[Evidence], index: Index) -> float:
    held: set[str] = set()
    for item in evidence[:4]:
        text = index.document(item.source.id).text
        held |= set(lexical.terms(item.passage.key(text)))
    return _share(weights, held)


def _share(weights: Mapping[str, float], held: set[str]) -> float:
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in held) / total if total else 0.0


def _weights(name: str) -> Mapping[str, float]:
    weights: Mapping[str, float] = _calibration()[name]
    return weights


@cache
def _calibration() -> Mapping[str, Any]:
    return tomllib.loads(data_file("abstention.toml").read_text(encoding="utf-8"))
