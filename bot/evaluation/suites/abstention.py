"""Questions that the texts answer and questions that they do not: which are refused?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.answer import Asked, answer
from bot.errors import QuestionError
from bot.evaluation.data import read_lines
from bot.evaluation.refusals import Asking, Askings, mtrag, reddit, rgb, seeds
from bot.evaluation.scoring import share
from bot.evaluation.suite import Case, Result, Row, Suite, Target
from bot.evaluation.suites.seeds import seeds_index
from bot.events import ClaimReady, Done, Failed, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.answer import Services
    from bot.evaluation.bench import Bench


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A question and whether it was refused."""

    asking: Asking
    refused: bool


def run(bench: Bench) -> Result:
    """Ask everything and count."""
    index = seeds_index(bench)
    sets = [
        seeds(index, read_lines(bench.data / "seed_questions.jsonl")),
        mtrag(bench),
        rgb(bench, "en"),
        rgb(bench, "zh"),
        reddit(bench, index),
    ]
    decisions = [decision for askings in sets for decision in _decide(bench, askings)]
    groups: dict[str, list[Decision]] = {}
    for decision in decisions:
        groups.setdefault(decision.asking.group, []).append(decision)
    whole = [decision for decision in groups.get("MTRAG-UN", ()) if not decision.asking.partly]
    groups["MTRAG-UN, wholly or not at all answerable"] = whole
    for decision in decisions:
        if decision.asking.answerable is not None:
            groups.setdefault(decision.asking.language, []).append(decision)
    rows = tuple(Row(name=name, count=len(group), figures=_figures(group)) for name, group in groups.items())
    return Result(rows=rows, worst=tuple(_worst(decisions)), notes=_NOTES)


_NOTES = (
    (
        "MTRAG-UN: the contexts of all cases in one index, the turns before shape the search. Partly answerable turns count as "
        "answerable in the first row and are left out of the second, underspecified ones are left out of both."
    ),
    (
        "RGB: the noise of all questions in one index, the texts that answer only of every other question; the noise is about "
        "the same event or person, and only the asked fact should be missing. Of the first 24 such questions in English 9 are "
        "answered there all the same, by other words or the texts of another question: its recall says little."
    ),
    "Reddit: real career questions put to the five seed documents; nobody knows which of them these answer.",
)


def _decide(bench: Bench, askings: Askings) -> Iterator[Decision]:
    bench.say(f"asking {askings.name}")
    services = bench.services(askings.index)
    for asking in askings.cases:
        try:
            yield Decision(asking=asking, refused=is_refused(asking, services))
        except QuestionError:
            continue


def is_refused(asking: Asking, services: Services) -> bool:
    """Tell whether a question is refused; the answer is not waited for beyond its first statement."""
    for event in answer(Asked(text=asking.question, history=asking.history), services):
        match event:
            case Refused():
                return True
            case ClaimReady() | Done():
                return False
            case Failed(error=error):
                raise error
            case _:
                pass
    raise AssertionError("an answer ended without an end")


def _figures(decisions: Sequence[Decision]) -> dict[str, float]:
    known = [decision for decision in decisions if decision.asking.answerable is not None]
    refused = [decision for decision in known if decision.refused]
    found = {
        "refused": share(decision.refused for decision in decisions),
        "refusal_precision": share(not decision.asking.answerable for decision in refused),
        "refusal_recall": share(decision.refused for decision in known if not decision.asking.answerable),
        "answered_when_answerable": share(not decision.refused for decision in known if decision.asking.answerable),
        "unanswerable": share(not decision.asking.answerable for decision in known),
    }
    return {name: value for name, value in found.items() if value is not None}


def _worst(decisions: Sequence[Decision]) -> Iterator[Case]:
    """Yield wrong decisions, those of each group in turn."""
    wrong = [decision for decision in decisions if decision.asking.answerable is decision.refused]
    groups = dict.fromkeys(decision.asking.group for decision in wrong)
    queues = [[decision for decision in wrong if decision.asking.group == group] for group in groups]
    for n in range(max(map(len, queues), default=0)):
        for queue in queues:
            if n < len(queue):
                asking = queue[n].asking
                told = "refused though the texts say it" if asking.answerable else "answered though the texts do not say"
                yield Case(case=f"{asking.group}: {asking.question[:100]}", wrong=told)


SUITE = Suite(
    name="abstention",
    claim="Refusals: how many of those refused had no answer (precision), how many without an answer are refused (recall)?",
    run=run,
    targets=(
        Target(row="seeds", figure="refusal_precision", at_least=0.88),
        Target(row="seeds", figure="refusal_recall", at_least=0.88),
        Target(row="MTRAG-UN", figure="refusal_precision", at_least=0.50),
        Target(row="MTRAG-UN", figure="refusal_recall", at_least=0.50),
    ),
)
