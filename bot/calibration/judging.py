"""Can the model tell quotes that answer a question from quotes that do not?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import fmean
from typing import TYPE_CHECKING

from bot.abilities import Ability
from bot.abstain import log_odds
from bot.calibration.record import Measured, Spread
from bot.judge import ask
from bot.llm import Cancellation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.calibration.cases import JudgeCase
    from bot.llm import LanguageModel

AREA, AREA_OVERALL = 0.75, 0.8
"""Under the curve of answers against misses: in one language, and in all together. Below it search alone does better."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Log odds of "Yes" for quotes that answer and for quotes that do not."""

    answers: list[float] = field(default_factory=list)
    misses: list[float] = field(default_factory=list)

    @property
    def area(self) -> float:
        """Share of the pairs in which the answer has the higher odds; ties count half."""
        pairs = [(a > m) + 0.5 * (a == m) for a in self.answers for m in self.misses]
        return fmean(pairs) if pairs else 0.0


def judge_all(cases: Sequence[JudgeCase], model: LanguageModel) -> Mapping[str, Judged]:
    """Return the model's log odds by language; stops at the first quote about which the model tells nothing."""
    found: defaultdict[str, Judged] = defaultdict(Judged)
    for case in cases:
        judged = found[case.language]
        for quotes, odds in ((case.answers, judged.answers), (case.misses, judged.misses)):
            for quote in quotes:
                said = ask(case.question, case.voice, quote, model, Cancellation())
                if said is None:
                    return {language: Judged() for language in dict.fromkeys(each.language for each in cases)}
                odds.append(log_odds(said))
    return found


def decide(found: Mapping[str, Judged]) -> list[Measured]:
    """Return where judging is on."""
    overall = together(found.values()).area
    return [
        Measured(
            ability=Ability.JUDGE,
            language=language,
            on=overall >= AREA_OVERALL and judged.area >= AREA,
            figures={"cases": len(judged.answers) + len(judged.misses), "area": judged.area},
        )
        for language, judged in found.items()
    ]


def spread(found: Mapping[str, Judged]) -> Spread | None:
    """Return how far apart the two kinds lie; None where nothing was told."""
    every = together(found.values())
    return Spread(answers=fmean(every.answers), misses=fmean(every.misses)) if every.answers else None


def together(found: Iterable[Judged]) -> Judged:
    """Return the judgements of several languages as one."""
    every = Judged()
    for judged in found:
        every.answers.extend(judged.answers)
        every.misses.extend(judged.misses)
    return every
