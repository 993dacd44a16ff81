"""Questions over the seed documents, answered as `ask --json` answers them, scored against gold evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.evaluation.data import read_lines
from bot.evaluation.scoring import Score, Scorer, complaint, figures
from bot.evaluation.suite import Case, Result, Row, Suite, Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from bot.evaluation.bench import Bench
    from ingest.index.reader import Index


def seeds_folder(bench: Bench) -> Path:
    """Return the folder of the seed documents, beside the evaluation texts."""
    return bench.data.parent / "seeds"


def seeds_index(bench: Bench) -> Index:
    """Index the seed documents."""
    return bench.index("seeds", seeds_folder(bench))


def scorer(bench: Bench, index: Index) -> Scorer:
    """Return a scorer with the raw seed files."""
    files = {path.name: path.read_text(encoding="utf-8") for path in sorted(seeds_folder(bench).iterdir()) if path.is_file()}
    return Scorer(files, index)


def run(bench: Bench) -> Result:
    """Ask every question and score it."""
    questions = bench.sample(read_lines(bench.data / "seed_questions.jsonl"), 0, seed="seeds")
    index = seeds_index(bench)
    services, judge = bench.services(index), scorer(bench, index)
    scores = [judge.score(question, bench.ask(question["question"], services)) for question in questions]
    return Result(rows=rows(scores), worst=worst(scores))


def rows(scores: Sequence[Score]) -> tuple[Row, ...]:
    """Return the figures of all, of each language and of each kind of question."""
    groups: dict[str, list[Score]] = {"all": list(scores)}
    for score in scores:
        groups.setdefault(score.language, []).append(score)
    for score in scores:
        groups.setdefault(f"kind: {score.kind}", []).append(score)
    return tuple(Row(name=name, count=len(group), figures=figures(group)) for name, group in groups.items())


def worst(scores: Iterable[Score]) -> tuple[Case, ...]:
    """Return what went wrong, worst first."""
    wrong = [(found, score) for score in scores if (found := complaint(score))]
    wrong.sort(key=lambda item: -item[0][0])
    return tuple(Case(case=f"{score.id}: {score.question}", wrong=text) for (_, text), score in wrong)


SUITE = Suite(
    name="seeds",
    claim="Questions over the five seed documents: are the quotes the right ones, are other questions refused?",
    run=run,
    targets=(
        Target(row="all", figure="evidence_hit", at_least=0.85),
        Target(row="all", figure="evidence_near", at_least=0.92),
        Target(row="all", figure="synthesis_all_sources", at_least=1.0),
        Target(row="all", figure="refusal_precision", at_least=0.88),
        Target(row="all", figure="refusal_recall", at_least=0.88),
        Target(row="all", figure="language", at_least=0.95),
        Target(row="all", figure="verbatim", at_least=1.0),
        Target(row="all", figure="interviewer_quotes", at_most=0.0),
        Target(row="all", figure="uncited_claims", at_most=0.0),
    ),
)
