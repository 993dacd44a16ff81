"""Real questions of podcast hosts against the guests' answers: is the answer found, does the citation lead to its second?"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import yaml

from bot.evaluation.data import read_lines
from bot.evaluation.ranking import DEPTH, first_hit, measure
from bot.evaluation.suite import Case, Result, Row, Suite, Target
from bot.evidence import select
from bot.llm import Cancellation
from bot.people import mentioned_by
from bot.question import LONGEST_QUESTION, understand
from bot.retrieve import retrieve
from ingest.errors import NotReadyError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from bot.evaluation.bench import Bench
    from bot.retrieve import Candidate
    from ingest.index.reader import Index

TOP = 10
"""Passages among which a hit counts, and of which the citation's time is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question of a host, what was found, and what would have been right."""

    id: str
    text: str
    is_career: bool
    found: tuple[str, ...]
    """Ids of passages, best first."""
    relevant: frozenset[str]
    in_time: bool | None
    """Whether the citation of the first hit lies within the answer; None without a hit."""


def run(bench: Bench) -> Result:
    """Index the guests' words alone; then search for every host's question."""
    questions = bench.sample(read_lines(bench.data / "interviews" / "datatalks_qa.jsonl"), 0, seed="interviews")
    source = bench.data / "interviews" / "datatalks"
    folder = bench.folder("interviews-without-hosts")
    seconds = dict(guests_alone(source, folder))
    index = bench.index("interviews", folder)
    bench.say(f"searching for {len(questions)} questions")
    asked = [_ask(bench, question, index, seconds) for question in questions]
    groups = {
        "career": [one for one in asked if one.is_career],
        "other": [one for one in asked if not one.is_career],
        "all": asked,
    }
    rows = tuple(Row(name=name, count=len(group), figures=figures(group)) for name, group in groups.items() if group)
    return Result(rows=rows, worst=tuple(_worst(groups["career"])), notes=_NOTES)


_NOTES = (
    "The host's lines are taken out of the files before they are read: they are neither evidence nor search keys.",
    (
        "A hit is a retrieved passage that overlaps the seconds of the guest's answer in that episode; a line without a time"
        " of its own has that of the line before it."
    ),
    (
        "in_time: of the questions with a hit among the first ten, those where the citation made from the first hit starts"
        " within the answer."
    ),
)


def guests_alone(source: Path, target: Path) -> Iterator[tuple[str, dict[str, float]]]:
    """Write the transcripts in `source` to `target` without the host's lines.

    Yields:
        The name of each file and, by the first words of its lines, when they are said.

    Raises:
        NotReadyError: there are no transcripts.
    """
    files = {path.name: _split(path.read_text(encoding="utf-8")) for path in sorted(source.glob("*.md"))}
    if not files:
        raise NotReadyError(f"no transcripts in {source}: this suite needs them")
    speakers = Counter(who for facts, _ in files.values() for who in _speakers(facts))
    for name, (facts, rest) in files.items():
        _carry_times(facts["transcript"])
        host = max(_speakers(facts), key=lambda who: speakers[who])
        times = {_opening(line["line"]): float(line["sec"]) for line in facts["transcript"] if "sec" in line and "line" in line}
        facts["transcript"] = [line for line in facts["transcript"] if line.get("who") != host]
        # JSON is YAML, and many times faster to write and to read.
        (target / name).write_text(f"---\n{json.dumps(facts, ensure_ascii=False, default=str)}\n---{rest}", encoding="utf-8")
        yield name, times


def _split(text: str) -> tuple[dict[str, Any], str]:
    head, _, rest = text.removeprefix("---\n").partition("\n---")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(head, loader), rest  # noqa: S506 - the safe loader, in C where there is one


def _speakers(facts: Mapping[str, Any]) -> set[str]:
    return {line["who"] for line in facts["transcript"] if line.get("who")}


def _carry_times(lines: Sequence[dict[str, Any]]) -> None:
    last = None
    for line in lines:
        if "line" not in line:
            continue
        if "sec" in line:
            last = line["sec"]
        elif last is not None:
            line["sec"] = last
            line.pop("time", None)


def _opening(text: str) -> str:
    return " ".join(text.split())[:40]


def _ask(bench: Bench, question: Mapping[str, Any], index: Index, seconds: Mapping[str, Mapping[str, float]]) -> Asked:
    text = str(question["question"])[-LONGEST_QUESTION:]
    asked = understand(text, language=None, history=(), model=None, cancellation=Cancellation())
    found = retrieve(asked, index, bench.embedder, mentioned_by(asked, index))
    name = str(question["doc"]).rpartition("/")[2] + ".md"
    window = _window(question, seconds.get(name, {}))
    relevant = frozenset(_overlapping(index, name, window))
    hit = next((one for one in found.candidates[:TOP] if _name(one) in relevant), None)
    in_time = None
    if hit is not None:
        (quote,) = select(asked, replace(found, candidates=(hit,)), index, limit=1) or (None,)
        in_time = quote is not None and quote.second is not None and window[0] <= quote.second < window[1]
    return Asked(
        id=str(question["id"]),
        text=text,
        is_career=bool(question["career"]),
        found=tuple(_name(one) for one in found.candidates[:DEPTH]),
        relevant=relevant,
        in_time=in_time,
    )


def _name(candidate: Candidate) -> str:
    return str(candidate.stored.key)


def _window(question: Mapping[str, Any], times: Mapping[str, float]) -> tuple[float, float]:
    """Return from when to when the answer is given, in seconds; its start by its words where the data does not say."""
    start = question["answer_start_sec"]
    if start is None:
        start = times.get(_opening(question["answer"]), 0.0)
    end = question["answer_end_sec"]
    return float(start), max(float(end), float(start) + 1) if end is not None else float("inf")


def _overlapping(index: Index, name: str, window: tuple[float, float]) -> Iterator[str]:
    for source in index.sources():
        if (source.path or "").endswith(f"/{name}"):
            for stored in index.passages(index.keys(source.id)):
                said = [sentence.second for sentence in stored.passage.sentences if sentence.second is not None]
                if said and min(said) < window[1] and max(said) >= window[0]:
                    yield str(stored.key)


def figures(asked: Sequence[Asked]) -> dict[str, float]:
    """Return the measures of the rankings and the share of citations in time."""
    ranked = measure({one.id: one.found for one in asked}, {one.id: one.relevant for one in asked})
    timed = [one.in_time for one in asked if one.in_time is not None]
    return ranked | ({"in_time": sum(timed) / len(timed)} if timed else {})


def _worst(asked: Sequence[Asked]) -> Iterator[Case]:
    ranks = [(first_hit(one.found, one.relevant), one) for one in asked]
    for rank, one in sorted(ranks, key=lambda item: -(item[0] or DEPTH + 1)):
        if rank is None or rank > TOP:
            place = f"found at place {rank}" if rank else f"not among the first {DEPTH}"
            yield Case(case=" ".join(one.text.split()[:8]), wrong=place)


SUITE = Suite(
    name="interviews",
    claim="Hosts' questions find the guests' answers among 60 podcasts, and the citation starts within the answer.",
    run=run,
    targets=(
        Target(row="career", figure="R@10", at_least=0.68),
        Target(row="career", figure="MRR", at_least=0.42),
        Target(row="career", figure="in_time", at_least=0.9),
    ),
)
