"""XQuAD as retrieval: every paragraph one passage, questions in its own language and in others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.evaluation.data import read_lines
from bot.evaluation.ranking import DEPTH, first_hit, measure
from bot.evaluation.suite import Case, Result, Row, Suite, Target
from bot.people import Mentioned
from bot.retrieve import retrieve
from bot.values import Question
from ingest.errors import NotReadyError
from ingest.home import Home
from ingest.index.reader import open_index
from ingest.progress import Silent
from ingest.sentences import split
from ingest.stages import Stages
from ingest.sync import sync
from ingest.values import Document, Ingested, Kind, Passage, Role, Sentence, Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from bot.evaluation.bench import Bench
    from ingest.index.reader import Index

LANGUAGES = ("en", "zh", "es", "de", "ru", "ar")
ACROSS = (("zh", "en"), ("ar", "en"), ("es", "en"), ("en", "zh"), ("de", "en"), ("ru", "en"))
"""Languages of question and text."""
PER_LANGUAGE = 0
"""Questions of each language by default; 0 for all 1,190."""


def run(bench: Bench) -> Result:
    """Index the paragraphs of one language at a time and search them with questions of several."""
    folder = bench.data / "xquad"
    relevant = _judgements(folder / "qrels.tsv")
    rows: list[Row] = []
    cases: list[tuple[int, Case]] = []
    for texts in LANGUAGES:
        asked_in = [texts, *(question for question, other in ACROSS if other == texts)]
        with _index(bench, texts) as index:
            for language in asked_in:
                bench.say(f"searching {texts} with questions in {language}")
                name = texts if language == texts else f"{language}→{texts}"
                questions = bench.sample(read_lines(folder / f"queries.{language}.jsonl"), PER_LANGUAGE, seed="xquad")
                found = {one["id"]: _search(bench, index, one["text"], language) for one in questions}
                right = {question: (relevant[question],) for question in found}
                rows.append(Row(name=name, count=len(found), figures=measure(found, right)))
                cases.extend(_missed(name, found, right))
    cases.sort(key=lambda item: -item[0])
    return Result(rows=tuple(rows), worst=tuple(case for _, case in cases), notes=_NOTES)


_NOTES = (
    "Each of the 240 paragraphs is one passage without question, header or section; x→y: questions in x over texts in y.",
)


def _judgements(path: Path) -> dict[str, str]:
    if not path.is_file():
        raise NotReadyError(f"{path} is missing: this suite needs it")
    rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
    return {row[0]: row[2] for row in rows}


def _index(bench: Bench, language: str) -> Index:
    """Return an index of the paragraphs of one language, written by the product's own sync."""
    folder = bench.folder(f"xquad-{language}")
    for row in read_lines(bench.data / "xquad" / f"corpus.{language}.jsonl"):
        (folder / f"{row['id']}.txt").write_text(row["text"], encoding="utf-8")
    stages = Stages(
        parse=lambda path, _: paragraph(path, language),
        accepts=lambda path: path.suffix == ".txt",
        version="xquad 1",
        link=lambda sources, _: tuple(sources),
        align=lambda *_: (),
    )
    home = Home.resolve(bench.folder(f"home-xquad-{language}"))
    bench.say(f"indexing XQuAD in {language}")
    sync([folder], home=home, embedder=bench.embedder, stages=stages, report=Silent(), rebuild=True)
    return open_index(home, fingerprint=bench.embedder.fingerprint)


def paragraph(path: Path, language: str) -> Ingested:
    """Return the paragraph in the file at `path` as a source of a single passage."""
    text = path.read_text(encoding="utf-8")
    source = Source(id=path.stem, kind=Kind.ARTICLE, title="", language=language, path=str(path))
    passage = Passage(
        id=path.stem,
        source_id=path.stem,
        span=Span(0, len(text)),
        language=language,
        sentences=tuple(Sentence(span=span) for span in split(text)),
        role=Role.AUTHOR,
    )
    return Ingested(source=source, document=Document(source_id=source.id, text=text), segments=(), passages=(passage,))


def _search(bench: Bench, index: Index, text: str, language: str) -> list[str]:
    question = Question(text=text, language=language, asked_in=language, search_text=text, alone=text)
    found = retrieve(question, index, bench.embedder, Mentioned())
    return [candidate.stored.passage.source_id for candidate in found.candidates[:DEPTH]]


def _missed(name: str, found: Mapping[str, Sequence[str]], relevant: Mapping[str, Sequence[str]]) -> Iterator[tuple[int, Case]]:
    for question, ids in found.items():
        rank = first_hit(ids, relevant[question])
        if rank != 1:
            place = f"found at place {rank}" if rank else f"not among the first {DEPTH}"
            yield rank or DEPTH + 1, Case(case=f"{name}: {question}", wrong=place)


SUITE = Suite(
    name="xquad",
    claim="Questions find their paragraph among 240, within a language and across languages.",
    run=run,
    targets=(
        Target(row="en", figure="R@1", at_least=0.96),
        Target(row="zh", figure="R@1", at_least=0.94),
        Target(row="zh→en", figure="R@1", at_least=0.80),
        Target(row="ar→en", figure="R@1", at_least=0.76),
        Target(row="es→en", figure="R@1", at_least=0.89),
    ),
)
