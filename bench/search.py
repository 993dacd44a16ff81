"""Time the search of an answer without the language model, stage by stage, one question after the other in one process.

    python bench/search.py HOME [--embedder hash] [--questions FILE] [--rounds 3]

Prints one JSON object: for each stage the median and the 95th percentile in milliseconds, for questions seen the first time and
for the same ones asked again. To compare two versions of the code, run it with each on PYTHONPATH in turn, several times.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from bot.abstain import read_signals
from bot.answer import CANDIDATES, Asked, Services, answer
from bot.evidence import select
from bot.llm import Cancellation
from bot.people import mentioned_by
from bot.question import understand
from bot.retrieve import retrieve
from bot.settings import BotSettings
from bot.wiring import build
from ingest.embed.paired import second_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

QUESTIONS = (
    "How do I get into computer vision?",
    "Do I need a PhD?",
    "What should a beginner learn first?",
    "How do I prepare for an interview?",
    "Which hardware do I need?",
    "What does a day at work look like?",
    "Is a bootcamp worth the money?",
    "How do I ask for a higher salary?",
    "怎么进入机器学习这一行？",
    "¿Vale la pena hacer un doctorado?",
    "Wie finde ich einen Mentor?",
    "Comment changer de métier à quarante ans ?",
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--embedder")
    parser.add_argument("--questions", type=Path, help="a text file with one question a line")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    given: Path | None = options.questions
    questions = given.read_text(encoding="utf-8").splitlines() if given else QUESTIONS
    services = build(BotSettings(home=options.home, embedder=options.embedder, llm="none"))
    list(answer(Asked(text="Is everything loaded?"), services))
    found = {"first_time": _measure(questions, services), "again": _measure(list(questions) * options.rounds, services)}
    print(json.dumps({"passages": services.index.manifest.passages, "questions": len(questions), **found}, indent=1))


def _measure(questions: Sequence[str], services: Services) -> dict[str, Mapping[str, float]]:
    times: defaultdict[str, list[float]] = defaultdict(list)
    for question in questions:
        began = time.perf_counter()
        for stage in _stages(question, services):
            times[stage].append((time.perf_counter() - began) * 1000)
            began = time.perf_counter()
        list(answer(Asked(text=question), services))
        times["whole_answer"].append((time.perf_counter() - began) * 1000)
    return {stage: _summary(sorted(took)) for stage, took in times.items()}


def _stages(text: str, services: Services) -> Iterator[str]:
    """Do the work of `bot.answer` up to its first event with quotes, and yield the name of each stage when it is done."""
    index = services.index
    question = understand(text, language=None, history=(), model=None, cancellation=Cancellation())
    yield "understand"
    mentioned = mentioned_by(question, index)
    yield "mentioned_by"
    services.embedder.embed_query(question.search_text)
    yield "embed (again in retrieve)"
    if second := second_of(services.embedder):
        second.embed_query(question.search_text)
    yield "embed by the second encoder (again in retrieve)"
    retrieval = retrieve(question, index, services.embedder, mentioned)
    yield "retrieve"
    evidence = select(question, retrieval, index, limit=CANDIDATES, named=mentioned.source_ids)
    yield "select"
    read_signals(question, retrieval, evidence, mentioned, index)
    yield "read_signals"


def _summary(times: Sequence[float]) -> Mapping[str, float]:
    return {"p50": round(statistics.median(times), 2), "p95": round(times[max(0, round(0.95 * len(times)) - 1)], 2)}


if __name__ == "__main__":
    main()
