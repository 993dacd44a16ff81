"""Documents with human translations: are they linked and aligned, and does an index with both languages answer no worse?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.cite import say_the_same
from bot.evaluation.data import read_lines
from bot.evaluation.suite import Case, Result, Row, Suite, Target
from bot.evaluation.suites.seeds import scorer, seeds_folder, seeds_index
from ingest.values import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.evaluation.bench import Bench
    from bot.evaluation.scoring import Score
    from bot.values import Answer
    from ingest.index.reader import Index

PAIRS = 20
"""Pairs of documents indexed by default, of 60."""
SHORTEST = 30
"""Characters (12 in Chinese) of a paragraph that should have a counterpart."""
SHORTEST_DENSE = 12
FEWEST_PARAGRAPHS = 4
ALIKE_LENGTHS = 0.6
"""Correlation of the logarithms of paragraphs' lengths. Seen: 0.79 and more, or, where paragraphs had moved, 0.18 and less."""
DESTROYED = 0.01
"""Share of replacement characters above which a file is left out."""
CODES = {"jp": "ja", "zh-traditional": "zh"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A translation, what it was linked to, and how its paragraphs were paired."""

    id: str
    language: str
    linked: bool
    wrong: bool
    """Linked to another document than its original."""
    pairs: int = 0
    right: int = 0
    paragraphs: int = 0
    paired: int = 0


def run(bench: Bench) -> Result:
    """Index pairs; then ask the seeds with and without the translation."""
    rows = bench.sample(read_lines(bench.data / "parallel" / "pairs.jsonl"), PAIRS, seed="translations")
    files = [bench.data / "parallel" / name for row in rows for code, name in row["files"].items() if code != "zh-traditional"]
    index = bench.index("parallel", *files)
    found = list(_linked(rows, index))
    answers, worse = _one_and_both(bench)
    kinds: dict[str, list[Linked]] = {"all": found}
    for item in found:
        kinds.setdefault(item.language, []).append(item)
    linking = [Row(name=name, count=len(group), figures=_figures(group)) for name, group in kinds.items()]
    lost = [Case(case=f"{item.id} ({item.language})", wrong="not linked to its original") for item in found if not item.linked]
    return Result(rows=(*linking, *answers), worst=(*worse, *lost), notes=_NOTES)


_NOTES = (
    "Left out: one Japanese file, most of whose characters are replacement characters.",
    (
        "Aligned right: where a text and its translation have equally many paragraphs, long ones in the same places, the n-th "
        "belongs to the n-th."
    ),
    (
        "One or both: the English questions over the seeds put to an index without the Chinese translation and to one "
        "with it, the Chinese questions to one without the English original and to one with it. Twice cited: answers that "
        "cite one idea in two languages as two."
    ),
)


def _linked(rows: Sequence[dict[str, dict[str, str]]], index: Index) -> Iterator[Linked]:
    by_name = {Path(source.path or "").name: source for source in index.sources()}
    for row in rows:
        original = by_name.get(row["files"]["en"])
        for code, name in row["files"].items():
            source = by_name.get(name)
            if code in {"en", "zh-traditional"} or source is None or original is None or _is_destroyed(index, source.id):
                continue
            linked = source.translation_of == original.id
            wrong = source.translation_of not in {None, original.id}
            counts = _alignment(index, original.id, source.id) if linked else (0, 0, 0, 0)
            pairs, right, paragraphs, paired = counts
            yield Linked(
                id=str(row["id"]),
                language=CODES.get(code, code),
                linked=linked,
                wrong=wrong,
                pairs=pairs,
                right=right,
                paragraphs=paragraphs,
                paired=paired,
            )


def _is_destroyed(index: Index, source_id: str) -> bool:
    """Tell whether a file lost its characters before it came here, which leaves nothing to link it by."""
    text = index.document(source_id).text
    return text.count("\ufffd") > DESTROYED * len(text)


def _alignment(index: Index, original: str, translation: str) -> tuple[int, int, int, int]:
    """Return pairs judged, pairs right, paragraphs of the original that should have a counterpart, and those that have."""
    mine, theirs = _paragraphs(index, original), _paragraphs(index, translation)
    pairs = [item for item in index.alignments(original) if item.other_id == translation]
    long = [span for span in mine if len(span) >= SHORTEST]
    paired = sum(any(pair.span.overlaps(span) for pair in pairs) for span in long)
    if not _go_together(mine, theirs):
        return 0, 0, len(long), paired
    right = sum(_at(mine, pair.span) == _at(theirs, pair.other_span) for pair in pairs)
    return len(pairs), right, len(long), paired


def _go_together(mine: Sequence[Span], theirs: Sequence[Span]) -> bool:
    """Tell whether the n-th paragraph of a text can be taken for its translation's: equally many, long where the other is.

    Where one text leaves out what the other adds elsewhere the numbers agree, and the lengths do not.
    """
    if len(mine) != len(theirs) or len(mine) < FEWEST_PARAGRAPHS:
        return False
    lengths = np.log([[len(span) for span in side] for side in (mine, theirs)])
    return float(np.corrcoef(lengths)[0, 1]) >= ALIKE_LENGTHS


def _paragraphs(index: Index, source_id: str) -> list[Span]:
    text = index.document(source_id).text
    found, start = [], 0
    for line in text.split("\n"):
        if line.strip():
            found.append(Span(start, start + len(line)))
        start += len(line) + 1
    return found


def _at(paragraphs: Sequence[Span], span: Span) -> int:
    return next((n for n, paragraph in enumerate(paragraphs) if paragraph.overlaps(span)), -1)


def _figures(found: Sequence[Linked]) -> dict[str, float]:
    total: Counter[str] = Counter()
    for item in found:
        total.update(pairs=item.pairs, right=item.right, paragraphs=item.paragraphs, paired=item.paired)
    figures = {
        "linked": sum(item.linked for item in found) / len(found),
        "wrongly_linked": sum(item.wrong for item in found) / len(found),
    }
    if total["pairs"]:
        figures["aligned_right"] = total["right"] / total["pairs"]
    if total["paragraphs"]:
        figures["paragraphs_paired"] = total["paired"] / total["paragraphs"]
    return figures


def _one_and_both(bench: Bench) -> tuple[list[Row], list[Case]]:
    """Ask the seed questions of each of the two languages with and without the other language's document."""
    questions = read_lines(bench.data / "seed_questions.jsonl")
    both = seeds_index(bench)
    everything = [path for path in sorted(seeds_folder(bench).iterdir()) if path.is_file()]
    languages = {Path(source.path or "").name: source for source in both.sources()}
    translated = {source.translation_of for source in both.sources() if source.translation_of}
    rows, worse = [], []
    for language in ("en", "zh"):
        own = [entry for entry in questions if entry["language"] == language]
        other = [
            path
            for path in everything
            if (source := languages.get(path.name))
            and source.language != language
            and (source.translation_of or source.id in translated)
        ]
        one = bench.index(f"seeds-{language}", *(path for path in everything if path not in other))
        alone, together = _ask(bench, own, one), _ask(bench, own, both)
        rows += [_row(f"{language}: one language", alone), _row(f"{language}: both languages", together)]
        pairs = zip(alone, together, strict=True)
        worse += [_worse(a.question) for (a, _), (b, _) in pairs if _is_worse(a, b)]
    return rows, worse


def _is_worse(one: Score, both: Score) -> bool:
    return (one.hit and not both.hit) or (both.answerable and one.answered and not both.answered)


def _worse(question: str) -> Case:
    return Case(case=question, wrong="answered worse with both languages in the index")


def _ask(bench: Bench, questions: Sequence[dict[str, str]], index: Index) -> list[tuple[Score, Answer]]:
    services, judge = bench.services(index), scorer(bench, index)
    answers = [bench.ask(entry["question"], services) for entry in questions]
    return [(judge.score(entry, found), found) for entry, found in zip(questions, answers, strict=True)]


def _row(name: str, asked: Sequence[tuple[Score, Answer]]) -> Row:
    wanted = [score for score, _ in asked if score.answerable]
    twice = sum(_cites_twice(found) for _, found in asked)
    return Row(
        name=name,
        count=len(asked),
        figures={
            "evidence_hit": sum(score.hit for score in wanted) / max(1, len(wanted)),
            "evidence_near": sum(score.near for score in wanted) / max(1, len(wanted)),
            "twice_cited": float(twice),
        },
    )


def _cites_twice(found: Answer) -> bool:
    cited = found.citations
    return any(say_the_same(one, other) for n, one in enumerate(cited) for other in cited[n + 1 :])


SUITE = Suite(
    name="translations",
    claim="Translations: linked to their originals, aligned, and no reason to answer worse.",
    run=run,
    targets=(
        Target(row="all", figure="linked", at_least=0.95),
        Target(row="all", figure="wrongly_linked", at_most=0.0),
        Target(row="all", figure="aligned_right", at_least=0.95),
        Target(row="en: both languages", figure="twice_cited", at_most=0.0),
        Target(row="zh: both languages", figure="twice_cited", at_most=0.0),
    ),
)
