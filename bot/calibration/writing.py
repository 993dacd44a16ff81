"""What the model writes, through the code that answers people: restatements, rewritten follow-ups, translations, prose.

Each passes the product's own checks or does not; of what passes, the marks of its case say whether it is true.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from statistics import fmean
from typing import TYPE_CHECKING, TypeVar

from bot.abilities import Ability
from bot.calibration.cases import CondenseCase, RestateCase, TranslateCase, as_question
from bot.calibration.record import Measured
from bot.claims import restate
from bot.condense import rewrite
from bot.llm import Cancellation
from bot.prose import tell
from bot.translate import PIVOT, with_pivot

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.calibration.cases import Cases, ProseCase
    from bot.llm import LanguageModel

Case = TypeVar("Case", RestateCase, CondenseCase, TranslateCase)
ENOUGH = 0.5
"""Share of what is written that passes: below it trying costs more time than it gives. A language that cannot reach it any
more is asked nothing more."""
ENOUGH_OVERALL = 0.5
"""The same over all languages, where nothing but luck guards the single one."""
NEARLY_ALL = 0.9
"""Share of prose that passes: below it the reader waits for sentences that are thrown away, where restating one quote after
the other shows the first at once."""


@dataclass(slots=True)
class _Tally:
    """Of one language."""

    cases: int = 0
    passed: int = 0
    false: int = 0

    def add(self, *, passed: bool, true: bool) -> None:
        self.cases += 1
        self.passed += passed
        self.false += passed and not true

    def measured(self, ability: Ability, language: str) -> Measured:
        share = self.passed / self.cases
        on = share >= ENOUGH and not self.false
        figures = {"cases": self.cases, "passed": share, "false": self.false}
        return Measured(ability=ability, language=language, on=on, figures=figures)


def restating(cases: Cases, model: LanguageModel) -> list[Measured]:
    """One false restatement that passes the verifier is one too many."""

    def restated(case: RestateCase) -> tuple[bool, bool]:
        text = restate(case.citation, case.language, model, Cancellation())
        return text is not None, text is not None and case.kept.allows(text)

    return _measure(Ability.RESTATE, cases.restate, restated)


def condensing(cases: Cases, model: LanguageModel) -> list[Measured]:
    """A rewriting that passes and lacks what it refers to searches for the wrong thing, and counts as failed."""

    def condensed(case: CondenseCase) -> tuple[bool, bool]:
        text = rewrite(case.question, (case.previous,), model, Cancellation())
        return text is not None and case.kept.allows(text), True

    return _measure(Ability.CONDENSE, cases.condense, condensed)


def translating(cases: Cases, model: LanguageModel) -> list[Measured]:
    """A translation that lacks a name or the thing asked about counts as failed. Off everywhere where most are."""

    def translated(case: TranslateCase) -> tuple[bool, bool]:
        asked = as_question(case.question, case.language)
        pivot = with_pivot(asked, {PIVOT}, model, Cancellation()).pivot
        return pivot is not None and case.kept.allows(pivot.alone), True

    measured = _measure(Ability.TRANSLATE_QUESTION, cases.translate, translated)
    overall = fmean(item.figures["passed"] for item in measured)
    return measured if overall >= ENOUGH_OVERALL else [replace(item, on=False) for item in measured]


def prose(cases: Cases, model: LanguageModel) -> list[Measured]:
    """Beyond English prose is only looked at where English passes."""
    measured: list[Measured] = []
    by_language: defaultdict[str, list[ProseCase]] = defaultdict(list)
    for case in cases.prose:
        by_language[case.language].append(case)
    for language, own in by_language.items():
        if measured and not measured[0].on:
            break
        measured.append(_prose(language, own, model))
    return measured


def _prose(language: str, cases: Sequence[ProseCase], model: LanguageModel) -> Measured:
    asked = written = told = quotes = false = 0
    for case in cases:
        asked += 1
        sentences = tell(case.question, case.citations, language, model, Cancellation())
        accepted = [item.text for item in sentences if item.text]
        written += len(sentences)
        told += len(accepted)
        quotes += len(case.citations)
        false += sum(not case.kept.allows(text) for text in accepted)
        if told < NEARLY_ALL * quotes:
            break
    figures = {"cases": asked, "passed": told / max(1, written), "told": told / quotes, "false": false}
    on = min(figures["passed"], figures["told"]) >= NEARLY_ALL and not false
    return Measured(ability=Ability.PROSE, language=language, on=on, figures=figures)


def _measure(ability: Ability, cases: Sequence[Case], attempt: Callable[[Case], tuple[bool, bool]]) -> list[Measured]:
    tallies: defaultdict[str, _Tally] = defaultdict(_Tally)
    planned = Counter(case.language for case in cases)
    for case in cases:
        tally = tallies[case.language]
        if tally.passed + planned[case.language] - tally.cases >= ENOUGH * planned[case.language]:
            passed, true = attempt(case)
            tally.add(passed=passed, true=true)
    return [tally.measured(ability, language) for language, tally in tallies.items()]
