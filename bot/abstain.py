"""Decide whether the corpus can answer: a calibrated combination of signals that err on different questions.

A logistic model over search scores, lexical coverage, unknown names, whether the quotes hold the sort of thing that is asked
for (an amount, a date), and the language model's own judgement of the best quotes.
Its weights, and the data they were fitted on, stand in `bot/data/abstention.toml`; `bench/calibrate_abstention.py` makes them.
"""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from bot.acronyms import is_acronym
from bot.asked_for import asks_who, is_absent, is_unnamed
from bot.people import name_phrases
from bot.resources import data_file
from bot.terms import content_terms
from ingest import lexical

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.people import Mentioned
    from bot.retrieve import Retrieval
    from bot.values import Evidence, Question, Wording
    from ingest.index.reader import Index


LOOKED_AT = 10
"""Candidates whose similarity is looked at."""
_EXAMPLE = re.compile(r"\b(?:like|such as|e\.g\.|for (?:example|instance)|instead of|(?:rather|other) than)\s+$", re.IGNORECASE)
"""What comes before a name that only stands for its kind ("a framework like Django")."""
QUOTES = 3
"""Quotes whose words are looked at: those the language model may read."""
BESIDE = 0.018
"""The most that a quote counts for which is beside the question: see `weighed`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What speaks for or against an answer in the corpus. All are 0 to about 1 but the standard deviations."""

    similarity: float | None
    """Cosine similarity of the best passage; None for an embedder that the weights were not fitted with."""
    standout: float | None
    """How far the best passage lies above what is usual for the question, in standard deviations; None as `similarity`."""
    quoted: float
    """Share of what was asked last, weighted by rarity and names of known people aside, that one quote holds; 0.5 where
    languages differ."""
    unknown: float
    """Share of the question's terms, weighted by rarity, of which the corpus holds no trace; 0 where languages differ."""
    unknown_name: float
    """1 when the question names somebody or something (by a capital letter) that the corpus does not hold."""
    absent: float = 0.0
    """1 when an amount, a sum of money or a date is asked for and none of the best quotes holds one."""
    unnamed: float = 0.0
    """Share of the names in the question (people, places, firms, things) that no single one of the best quotes is about."""
    unspoken: float = 0.0
    """1 when something is to be named ("which certificate …") that is spoken of nowhere around the best quotes."""
    foreign: float = 0.0
    """1 when no quote is in the language of the question."""
    passages: int = 1
    """How many passages the corpus has: in a larger one more things sound familiar."""
    judged_best: float | None = None
    """The highest probability the language model gave a quote, at most `BESIDE` where the quote is beside the question; None
    while it was not asked."""
    judged_second: float | None = None
    """The second highest."""
    judged_least: float | None = None
    """The lowest."""
    judged_place: int = 0
    """How many quotes the search puts before the one that the model finds best."""
    told: float | None = None
    """The probability that the best of them tells what is asked, by the stricter reading; None while that was not done."""


def read_signals(
    question: Question, retrieval: Retrieval, evidence: Sequence[Evidence], mentioned: Mentioned, index: Index
) -> Signals:
    """Return the signals that need no language model."""
    same = [item for item in evidence if question.speaks(item.passage.language)]
    wordings = dict.fromkeys(question.worded(item.passage.language) for item in same)
    weighed = {wording: _weights_of_terms(wording, index) for wording in wordings}
    fitted = index.manifest.embedder.id == _calibration()["embedder"]
    return Signals(
        similarity=_similarity(retrieval) if fitted else None,
        standout=_standout(retrieval) if fitted else None,
        quoted=max((_quoted(question, wording, weighed[wording], same, mentioned) for wording in wordings), default=0.5),
        unknown=min((_unknown(weighed[wording], index) for wording in wordings), default=0.0),
        unknown_name=float(bool(mentioned.unknown)),
        absent=float(is_absent(question.alone, [item.quote for item in evidence[:QUOTES]])),
        unnamed=_unnamed(question, evidence, index),
        unspoken=float(_is_unspoken(question, evidence, index)),
        foreign=float(not same),
        passages=max(1, index.manifest.passages),
    )


def _weights_of_terms(wording: Wording, index: Index) -> dict[str, float]:
    total = max(1, index.manifest.passages)
    terms = content_terms(wording.alone, wording.language)
    return {term: math.log1p(total / (1 + index.frequency(term))) for term in terms}


def _unknown(weights: Mapping[str, float], index: Index) -> float:
    return _share(weights, {term for term in weights if not index.frequency(term)})


def probability(signals: Signals) -> float:
    """Return the probability that the corpus holds an answer."""
    judged = "unjudged" if signals.judged_best is None else "judged" if signals.told is None else "told"
    fitted = signals.similarity is not None and signals.standout is not None
    weights = _weights(judged if fitted else f"{judged}_elsewhere")
    score = weights["bias"] + sum(weights[name] * value for name, value in features(signals).items())
    return 1.0 / (1.0 + math.exp(-score))


def threshold() -> float:
    """Return the probability below which an honest refusal serves the asker better than an answer."""
    return float(_calibration()["threshold"])


def features(signals: Signals) -> dict[str, float]:
    """Return the terms of the logistic model by name: the signals that are known, with probabilities as log odds."""
    terms = {
        "unknown": signals.unknown,
        "unknown_name": signals.unknown_name,
        "quoted": signals.quoted,
        "absent": signals.absent,
        "unnamed": signals.unnamed,
        "unspoken": signals.unspoken,
        "foreign": signals.foreign,
        "size": _size(signals.passages),
    }
    if signals.similarity is not None and signals.standout is not None:
        terms |= {"similarity": signals.similarity, "standout": signals.standout}
    if signals.judged_best is None:
        return terms
    second = signals.judged_second if signals.judged_second is not None else signals.judged_best
    least = signals.judged_least if signals.judged_least is not None else second
    terms |= {
        "judged_best": log_odds(signals.judged_best),
        "judged_second": log_odds(second),
        "judged_least": log_odds(least),
        "judged_place": signals.judged_place,
    }
    return terms if signals.told is None else terms | {"told": log_odds(signals.told)}


def _size(passages: int) -> float:
    """Return the logarithm of a corpus's size, within the sizes that the weights were fitted with."""
    smallest, largest = _calibration()["sizes"]
    return math.log(min(largest, max(smallest, passages)))


def _similarity(retrieval: Retrieval) -> float:
    nearest = (
        candidate.dense + retrieval.usual[candidate.stored.passage.language] for candidate in retrieval.candidates[:LOOKED_AT]
    )
    return max(nearest, default=0.0)


def _standout(retrieval: Retrieval) -> float:
    return max((candidate.dense for candidate in retrieval.candidates[:LOOKED_AT]), default=0.0) / retrieval.spread


def log_odds(probability_: float) -> float:
    """Return the logarithm of the odds, clipped to what a model can mean."""
    clipped = min(1 - 1e-4, max(1e-4, probability_))
    return math.log(clipped / (1 - clipped))


def _quoted(
    question: Question, wording: Wording, weights: Mapping[str, float], evidence: Sequence[Evidence], mentioned: Mentioned
) -> float:
    """Return what the best quote holds of the words asked last: what a follow-up takes over from before proves nothing."""
    names = {word for name in mentioned.people for word in lexical.words(name)}
    last = question.text if wording.language == question.asked_in else wording.alone
    asked = {term: weights[term] for term in content_terms(last, wording.language) if term in weights}
    new = {term: weight for term, weight in asked.items() if term not in names}
    return max((_share(new, set(lexical.terms(item.quote))) for item in evidence[:LOOKED_AT]), default=0.0) if new else 0.5


def with_judgements(
    signals: Signals, judged: Sequence[tuple[Evidence, float | None]], question: Question, index: Index
) -> Signals:
    """Return `signals` with what the language model said of the quotes it read, in the order of the search."""
    known = weighed(judged, question, index)
    if not known:
        return signals
    counted, place = [found for _, found in known], [item for item, _ in judged].index(known[0][0])
    return replace(signals, judged_best=counted[0], judged_second=counted[:2][-1], judged_least=counted[-1], judged_place=place)


def weighed(judged: Sequence[tuple[Evidence, float | None]], question: Question, index: Index) -> list[tuple[Evidence, float]]:
    """Return the quotes of which the model could say something, best first, with what that counts for.

    However well it reads, a quote is beside the question where its source does not speak of everybody and everything that the
    question names ("what is asked in an interview at Acme?"), where it names no amount, sum or date and one is asked for, or
    where it introduces somebody to a reader who did not ask who that is.
    """
    names, asks = _names(question), asks_who(question.alone)

    def is_beside(item: Evidence) -> bool:
        introduces = not asks and asks_who(item.passage.question)
        return introduces or is_absent(question.alone, [item.quote]) or _lacks(item, names, _naming(question).language, index)

    counted = [(item, min(found, BESIDE) if is_beside(item) else found) for item, found in judged if found is not None]
    return sorted(counted, key=lambda one: -one[1])


def _lacks(item: Evidence, names: Sequence[set[str]], language: str, index: Index) -> bool:
    """Tell whether the quote's source and its original do not hold all of `names`.

    False where that proves nothing: both are in other languages, or the source is captions, which mishear names.
    """
    ids = {item.source.id, index.family(item.source.id)}
    if language not in {index.source(id_).language for id_ in ids} or not item.passage.marked_speakers:
        return False
    near = _words_about(item, index) if names else set[str]()
    far = [name for name in names if not name <= near]  # a whole source takes long to look through, and is seldom needed
    return bool(far) and _holds(far, near.union(*(lexical.indexed_words(index.document(id_).text) for id_ in ids))) < len(far)


def _unnamed(question: Question, evidence: Sequence[Evidence], index: Index) -> float:
    """Return what share of the names is missing from the passage, heading and source of the quote that holds most of them."""
    names = _names(question)
    held = [_holds(names, _words_about(item, index)) for item in evidence[:QUOTES]] if names else []
    return min((1 - count / len(names) for count in held), default=0.0)


def _names(question: Question) -> list[set[str]]:
    """Return the words of each name in the question that an answer has to be about: no acronym of the field, no example.

    In German every noun has a capital: only an English wording tells its names.
    """
    wording = _naming(question)
    if wording.language == "de":
        return []
    text = wording.alone
    names = (name for name in name_phrases(text) if not is_acronym(name) and not _EXAMPLE.search(text[: text.find(name)]))
    return [set(lexical.indexed_words(name)) for name in names]


def _naming(question: Question) -> Wording:
    """Return the wording that names are taken from."""
    return question.worded("en") if question.pivot else question.worded(question.asked_in)


def _holds(names: Sequence[set[str]], words: set[str]) -> int:
    return sum(name <= words for name in names)


def _words_about(evidence: Evidence, index: Index) -> set[str]:
    return set(lexical.indexed_words(_about(evidence, index)))


def _is_unspoken(question: Question, evidence: Sequence[Evidence], index: Index) -> bool:
    english = [_about(item, index) for item in evidence[:QUOTES] if item.passage.language == "en"]
    return bool(english) and is_unnamed(question.worded("en"), english)


def _about(evidence: Evidence, index: Index) -> str:
    """Return the words of a quote's passage and of everything that says what the passage is about."""
    source, passage = evidence.source, evidence.passage
    people = [name for person in source.people for name in (person.name, *person.aliases, person.position or "")]
    return " ".join((passage.span.of(index.document(source.id).text), passage.question, passage.section, source.title, *people))


def _share(weights: Mapping[str, float], held: set[str]) -> float:
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in held) / total if total else 0.0


def _weights(name: str) -> Mapping[str, float]:
    weights: Mapping[str, float] = _calibration()[name]
    return weights


@cache
def _calibration() -> Mapping[str, Any]:
    return tomllib.loads(data_file("abstention.toml").read_text(encoding="utf-8"))
