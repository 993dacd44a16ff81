"""Conversations: does the last question find its evidence although it leaves out what was said before?"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.evaluation.suite import Case, Result, Row, Suite, Target
from bot.evaluation.suites.seeds import seeds_folder
from bot.resources import data_file
from bot.values import Answer, Status, Turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.answer import Services
    from bot.evaluation.bench import Bench

INTERVIEWS = 40
"""Interviews beside the ones asked about, so that the right person has to be found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A conversation and what came of its last turn, with and without those before."""

    turns: tuple[str, ...]
    texts: str
    language: str
    hit: bool
    right_source: bool
    answered: bool
    hit_alone: bool
    """Whether the last question finds its evidence without the conversation."""


def run(bench: Bench) -> Result:
    """Ask every conversation."""
    conversations = tomllib.loads(data_file("followups.toml").read_text(encoding="utf-8"))["conversation"]
    chosen = bench.sample(conversations, 0, seed="followups")
    names = {item[0] for entry in chosen for item in entry["gold"] if entry["texts"] == "interviews"}
    paths = {"seeds": [seeds_folder(bench)], "interviews": _interviews(bench, names)}
    services = {name: bench.services(bench.index(f"followups-{name}", *found)) for name, found in paths.items()}
    asked = [_ask(bench, entry, services[entry["texts"]]) for entry in chosen]
    groups = {"all": asked}
    for item in asked:
        groups.setdefault(f"texts: {item.texts}", []).append(item)
        groups.setdefault(f"turns: {len(item.turns)}", []).append(item)
    for item in asked:
        groups.setdefault(item.language, []).append(item)
    rows = [Row(name=name, count=len(group), figures=_figures(group)) for name, group in groups.items()]
    worst = [Case(case=" → ".join(item.turns), wrong=_wrong(item)) for item in asked if not item.hit]
    return Result(rows=tuple(rows), worst=tuple(worst), notes=_NOTES)


_NOTES = (
    (
        "Hit: a cited quote comes from the right document and holds one of the words that a right answer needs. Hit "
        "alone: the same with the last question put without those before."
    ),
)


def _interviews(bench: Bench, names: set[str]) -> list[Path]:
    folder = bench.data / "interviews" / "usesthis"
    everything = sorted(folder.iterdir())
    wanted = [path for path in everything if any(path.name.startswith(name) for name in names)]
    return [*wanted, *(path for path in everything if path not in wanted)][: len(wanted) + INTERVIEWS]


def _ask(bench: Bench, entry: dict[str, Any], services: Services) -> Asked:
    *before, last = entry["turns"]
    history: tuple[Turn, ...] = ()
    for question in before:
        told = bench.ask(question, services, history=history)
        history = (*history, Turn(question=question, answer=told))
    found = bench.ask(last, services, history=history)
    alone = bench.ask(last, services)
    return Asked(
        turns=tuple(entry["turns"]),
        texts=entry["texts"],
        language=entry["language"],
        hit=_hits(found, entry["gold"]),
        right_source=_hits(found, [[name, ""] for name, *_ in entry["gold"]]),
        answered=found.status is Status.ANSWERED,
        hit_alone=_hits(alone, entry["gold"]),
    )


def _hits(found: Answer, gold: Sequence[Sequence[str]]) -> bool:
    return any(
        Path(citation.source.path or "").name.startswith(name) and word.lower() in citation.quote.lower()
        for citation in found.citations
        for name, *words in gold
        for word in words
    )


def _figures(asked: Sequence[Asked]) -> dict[str, float]:
    found = {
        "hit": [item.hit for item in asked],
        "right_source": [item.right_source for item in asked],
        "answered": [item.answered for item in asked],
        "hit_alone": [item.hit_alone for item in asked],
    }
    return {name: sum(values) / len(values) for name, values in found.items()}


def _wrong(item: Asked) -> str:
    if not item.answered:
        return "refused though the texts say it"
    return "the quotes miss the answer" if item.right_source else "quotes of somebody else"


SUITE = Suite(
    name="followups",
    claim="Conversations of two and three turns: the last question leans on the ones before, or is about something new.",
    run=run,
    targets=(Target(row="all", figure="hit", at_least=0.8),),
)
