"""What the model reads before and while an answer is given, and the order of the quotes that follows from it.

A few quotes are read before it is decided whether to answer at all, the others while the first statement shows.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.abilities import Ability
from bot.abstain import Signals, log_odds, probability, threshold, weighed, with_judgements
from bot.judge import judge, tells
from bot.pace import ANSWER_SECONDS, FIRST_CLAIM_SECONDS
from bot.several import asks_for_several

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.answer import Services
    from bot.llm import Cancellation
    from bot.pace import Clock
    from bot.values import Evidence, Question

JUDGED_AT_LEAST = 2
"""Quotes the language model reads before the first statement unless the first of them clearly answers."""
JUDGED_FIRST = 3
"""The most it reads before the first statement, time allowing."""
CONVINCING = 0.85
"""A quote that was given less is shown only after the others have been read too, in its place among them."""
JUDGED_WEIGHT = 0.75
"""Of the log odds of the model's Yes, against the search score in standard deviations."""
UNLIKELY, DOUBTFUL = 0.08, 0.4
"""A quote that the model gives less than the first is not shown; less than the second, only if the search puts it high."""
FAR_BEHIND = 2.0
"""In standard deviations below the best quote: what lies further behind rarely answers, unless the model says so."""
BEHIND_BEST = 3.25
"""In what search and model say together: a quote that lies further behind the best one is not shown, unless several people are
asked for. (On the seeds 2.75 loses a right quote and this none.)"""
FURTHEST_READ = 3.5
"""In standard deviations below the best quote: what lies further behind is not read."""
UNCLEAR = (0.08, 0.9)
"""Between these probabilities of an answer another quote is read before deciding."""
PATIENCE = 1.0
"""Seconds after which the first statement may come later where one more reading decides whether there is an answer."""
HURRY = 0.1
"""How far below the threshold a decision may stay when time presses: the quotes shown are exact either way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A quote and the probability that it answers the question; None where the model was not asked or could not say."""

    evidence: Evidence
    probability: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How far the quotes have been read.

    Attributes:
        read: those the model judged, best first.
        unread: the others, as the search puts them.
        answerable: the probability that the corpus holds an answer.
        sure: whether everything was read on which that may rest.
    """

    read: tuple[Judged, ...]
    unread: tuple[Evidence, ...]
    answerable: float
    sure: bool

    @property
    def refuses(self) -> bool:
        """Tell whether an honest refusal serves the asker better than an answer."""
        return self.answerable < threshold() - (0.0 if self.sure else HURRY)


class Reader:
    """Reads the quotes for one question, as far as time allows."""

    def __init__(self, question: Question, services: Services, clock: Clock, cancellation: Cancellation) -> None:
        self._question, self._services = question, services
        self._clock, self._cancellation = clock, cancellation

    def begin(self, evidence: Sequence[Evidence], signals: Signals) -> Reading:
        """Read the first quotes, until it is clear whether there is an answer.

        Raises:
            CancelledError: the answer was stopped.
        """
        read: list[Judged] = []
        for item in evidence[:JUDGED_FIRST]:
            if read and self._is_enough(signals, read):
                break
            read.append(self._judge(item))
        judged = self._with(signals, read)
        told = self._read_again(judged, read)
        return Reading(
            read=tuple(self._ordered(read)),
            unread=tuple(evidence[len(read) :]),
            answerable=probability(told),
            sure=len(read) == JUDGED_FIRST or told is not judged,
        )

    def best_first(self, reading: Reading) -> Iterator[Evidence]:
        """Yield the quotes to show: what convinced at once, then the best of the rest, read while the first one shows.

        Raises:
            CancelledError: the answer was stopped.
        """
        read = reading.read
        convincing = [judged for judged in read if _convinces(judged)] or list(read[:1])
        yield from (judged.evidence for judged in convincing)
        best = max(judged.evidence.score for judged in read)
        others = [judged for judged in read if judged not in convincing]
        others += [self._judge_in_time(item) for item in reading.unread if item.score >= best - FURTHEST_READ]
        likely = [judged for judged in self._ordered(others) if not _is_unlikely(judged, best)]
        if asks_for_several(self._question.alone, self._question.asked_in):
            yield from self._voices_in_turn([judged.evidence for judged in convincing], [judged.evidence for judged in likely])
            return
        known = [self._worth(judged) for judged in (*read, *likely) if judged.probability is not None]
        least = max(known, default=0.0) - BEHIND_BEST
        yield from (judged.evidence for judged in likely if judged.probability is None or self._worth(judged) >= least)

    def _is_enough(self, signals: Signals, read: Sequence[Judged]) -> bool:
        """Tell whether to stop reading: the decision is clear, or it is to answer and time presses. No refusal in haste."""
        found = probability(self._with(signals, read))
        if found >= UNCLEAR[1]:
            return True
        if len(read) < JUDGED_AT_LEAST:
            return False
        in_a_hurry = not self._clock.allows("judge", before=FIRST_CLAIM_SECONDS)
        return found <= UNCLEAR[0] or (in_a_hurry and found >= threshold() - HURRY)

    def _with(self, signals: Signals, read: Sequence[Judged]) -> Signals:
        return with_judgements(signals, _pairs(read), self._question, self._services.index)

    def _read_again(self, signals: Signals, read: Sequence[Judged]) -> Signals:
        """Have the best quote read by the stricter prompt where the decision is unclear; a haste may answer, not refuse.

        Only by a model whose odds need no translation: those of this reading were not measured for others.
        """
        found = probability(signals)
        if not UNCLEAR[0] < found < UNCLEAR[1]:
            return signals
        best = next((item for item, _ in weighed(_pairs(read), self._question, self._services.index)), None)
        in_a_hurry = not self._clock.allows("judge", before=FIRST_CLAIM_SECONDS + PATIENCE)
        if best is None or (in_a_hurry and found >= threshold() - HURRY):
            return signals
        model = self._services.model_for(Ability.JUDGE, self._question.worded(best.passage.language).language)
        if model is None or not self._services.abilities.odds.are_plain:
            return signals
        with self._services.pace.timed("judge"):
            told = tells(best, self._question, model, self._cancellation)
        return signals if told is None else replace(signals, told=told)

    def _ordered(self, read: Sequence[Judged]) -> list[Judged]:
        """Return quotes best first, by what the model and the search say of them."""
        return sorted(read, key=lambda judged: -self._worth(judged))

    def _worth(self, judged: Judged) -> float:
        return judged.evidence.score + JUDGED_WEIGHT * _log_odds(judged.probability)

    def _voices_in_turn(self, shown: Sequence[Evidence], others: Sequence[Evidence]) -> list[Evidence]:
        """Return `others` so that everybody is heard once before anybody is heard again; who was `shown` comes after."""
        heard = Counter(self._services.index.family(item.source.id) for item in shown)
        turns: list[tuple[int, Evidence]] = []
        for item in others:
            family = self._services.index.family(item.source.id)
            turns.append((heard[family], item))
            heard[family] += 1
        return [item for _, item in sorted(turns, key=lambda turn: turn[0])]

    def _judge_in_time(self, evidence: Evidence) -> Judged:
        if not self._services.pressed() and self._clock.allows("judge", before=ANSWER_SECONDS):
            return self._judge(evidence)
        return Judged(evidence=evidence, probability=None)

    def _judge(self, evidence: Evidence) -> Judged:
        services, wording = self._services, self._question.worded(evidence.passage.language)
        model = services.model_for(Ability.JUDGE, wording.language)
        if model is None:
            return Judged(evidence=evidence, probability=None)
        with services.pace.timed("judge"):
            found = judge(evidence, self._question, model, self._cancellation)
        return Judged(evidence=evidence, probability=services.abilities.odds.read(found))


def _pairs(read: Sequence[Judged]) -> list[tuple[Evidence, float | None]]:
    return [(item.evidence, item.probability) for item in read]


def _convinces(judged: Judged) -> bool:
    return judged.probability is None or judged.probability >= CONVINCING


def _is_unlikely(judged: Judged, best: float) -> bool:
    found = judged.probability
    if found is None:
        return judged.evidence.score < best - FAR_BEHIND
    return found < UNLIKELY or (found < DOUBTFUL and judged.evidence.score < best - FAR_BEHIND)


def _log_odds(found: float | None) -> float:
    return 0.0 if found is None else log_odds(found)
