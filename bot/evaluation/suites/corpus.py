"""Questions over the starter corpus: is the digest cited that answers them, also across languages, and are others refused?"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.corpus.questions import read_questions
from bot.evaluation.scoring import share
from bot.evaluation.suite import Case, Result, Row, Suite, Target
from bot.llm import Cancellation
from bot.people import mentioned_by
from bot.question import understand
from bot.resources import corpus_dir
from bot.retrieve import retrieve
from bot.values import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from bot.answer import Services
    from bot.corpus.questions import Questions
    from bot.evaluation.bench import Bench
    from ingest.index.reader import Index

ASKS, ACROSS, OVER_TRANSLATIONS, UNKNOWN = "asks", "across languages", "English over translations", "does not know"
"""The rows: English questions; the same in another language; English questions where only translations are indexed; and
questions that no digest answers."""
DEPTH = 10
"""Passages among which a digest counts as found."""
_SHOWN = 100
"""Characters of an answer that are shown with a question that should have been refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A question and the digest that it is about."""

    row: str
    digest: str
    language: str
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a question was answered with. Digests are named by the ids of their originals."""

    asking: Asking
    answered: bool
    cited: tuple[str, ...]
    """Digests cited, in the order of the citations."""
    found: tuple[str, ...]
    """Digests of the first passages that the search gave."""
    text: str = ""
    """The first statement of the answer."""


def run(bench: Bench) -> Result:
    """Index the corpus, and its translations alone; ask everything."""
    folder = corpus_dir()
    cases = askings(read_questions(folder).values())
    full = bench.index("corpus", folder)
    originals = {source.id: source.translation_of for source in full.sources() if source.translation_of is not None}
    alone = bench.index("corpus-translations", translations_alone(folder, originals, bench.folder("corpus-translations")))
    over = [_over(one) for one in cases if one.row == ASKS and one.digest in originals.values()]
    groups = [([one for one in cases if one.row == row], full) for row in (ASKS, ACROSS, UNKNOWN)]
    outcomes = [
        outcome
        for group, index in (*groups, (over, alone))
        for outcome in _ask_all(bench, bench.sample(group, 0, seed=group[0].row), index, originals)
    ]
    return Result(rows=tuple(rows(outcomes)), worst=tuple(worst(outcomes)), notes=_NOTES)


_NOTES = (
    (
        "cited: the answer cites the digest or a translation of it; cited_first: with its first citation; found: the search "
        f"gives it among the first {DEPTH} passages."
    ),
    "English over translations: an index that holds the translations and none of the English digests.",
    "A question of the row “does not know” that is answered may be one that another digest does answer.",
    (
        "The weights of refusals were fitted with these questions among others; what to expect of new ones is the "
        "cross-validated figure for the corpus in bot/data/abstention.toml."
    ),
)


def askings(entries: Iterable[Questions]) -> list[Asking]:
    """Return every question of the list."""
    return [asking for entry in entries for asking in _of(entry)]


def _of(entry: Questions) -> Iterator[Asking]:
    for question in entry.asks:
        yield Asking(row=ASKS, digest=entry.digest, language="en", question=question)
    for language, questions in entry.asks_in.items():
        for question in questions:
            yield Asking(row=ACROSS, digest=entry.digest, language=language, question=question)
    yield Asking(row=UNKNOWN, digest=entry.digest, language="en", question=entry.does_not_know)


def _over(asking: Asking) -> Asking:
    return Asking(row=OVER_TRANSLATIONS, digest=asking.digest, language=asking.language, question=asking.question)


def translations_alone(folder: Path, originals: Mapping[str, str], target: Path) -> Path:
    """Copy the translations in `folder` to `target`, which is returned; `originals` names the digest of each."""
    for name in originals:
        shutil.copy(folder / f"{name}.md", target)
    return target


def _ask_all(bench: Bench, cases: Sequence[Asking], index: Index, originals: Mapping[str, str]) -> Iterator[Outcome]:
    services = bench.services(index)
    bench.say(f"asking {len(cases)} questions: {cases[0].row}")
    for asking in cases:
        answer = bench.ask(asking.question, services)
        cited = (citation.source.id for citation in answer.citations)
        yield Outcome(
            asking=asking,
            answered=answer.status is Status.ANSWERED,
            cited=tuple(originals.get(name, name) for name in cited),
            found=tuple(originals.get(name, name) for name in _found(asking, services)),
            text=answer.claims[0].text if answer.claims else "",
        )


def _found(asking: Asking, services: Services) -> Iterator[str]:
    index = services.index
    asked = understand(asking.question, language=None, history=(), model=None, cancellation=Cancellation())
    mentions = mentioned_by(asked, index)
    for candidate in retrieve(asked, index, services.embedder, mentions).candidates[:DEPTH]:
        yield candidate.stored.passage.source_id


def rows(outcomes: Sequence[Outcome]) -> Iterator[Row]:
    """Yield the figures of each row, and of the other languages one by one."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.asking.row, []).append(outcome)
        if outcome.asking.row == ACROSS:
            groups.setdefault(f"in {outcome.asking.language}", []).append(outcome)
    for name, group in groups.items():
        yield Row(name=name, count=len(group), figures=_figures(group))


def _figures(group: Sequence[Outcome]) -> dict[str, float]:
    if group[0].asking.row == UNKNOWN:
        found = {"refused": share(not one.answered for one in group)}
    else:
        found = {
            "cited": share(one.asking.digest in one.cited for one in group),
            "cited_first": share(one.asking.digest in one.cited[:1] for one in group),
            "answered": share(one.answered for one in group),
            "found": share(one.asking.digest in one.found for one in group),
        }
    return {name: value for name, value in found.items() if value is not None}


def worst(outcomes: Iterable[Outcome]) -> list[Case]:
    """Return what went wrong: digests that the search missed first, then answers that should be refusals."""
    wrong = [(found[0], one.asking, found[1]) for one in outcomes if (found := _complaint(one))]
    wrong.sort(key=lambda item: -item[0])
    return [Case(case=f"{asking.digest} ({asking.row}): {asking.question}", wrong=text) for _, asking, text in wrong]


def _complaint(one: Outcome) -> tuple[int, str] | None:
    digest, cited = one.asking.digest, ", ".join(dict.fromkeys(one.cited))
    if one.asking.row == UNKNOWN:
        return (2, f"answered from {cited}: {one.text[:_SHOWN]}") if one.answered else None
    if digest in one.cited:
        return None
    told = f"cites {cited}" if one.answered else "refused"
    return (
        (1, told)
        if digest in one.found
        else (3, f"{told}; the search gives {', '.join(dict.fromkeys(one.found)) or 'nothing'}")
    )


SUITE = Suite(
    name="corpus",
    claim="Questions over the starter corpus cite the digest that answers them, and what no digest answers is refused.",
    run=run,
    needs_data=False,
    targets=(
        Target(row=ASKS, figure="cited", at_least=0.9),
        Target(row=ACROSS, figure="cited", at_least=0.85),
        Target(row=OVER_TRANSLATIONS, figure="cited", at_least=0.85),
        Target(row=UNKNOWN, figure="refused", at_least=0.9),
    ),
)
