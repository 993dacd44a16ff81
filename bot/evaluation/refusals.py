"""Questions of which it is known whether the texts at hand answer them, and real ones from Reddit of which it is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.corpus.questions import read_questions
from bot.evaluation.data import read_lines
from bot.resources import corpus_dir
from bot.values import Answer, Status, Turn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bot.evaluation.bench import Bench
    from ingest.index.reader import Index

REDDIT = 60
"""Questions from Reddit that are asked by default; nobody knows which of them the seeds answer."""
RGB = 24
"""Questions of RGB in each language that are asked by default. Of the first 24 English ones whose texts are said not to
answer, 9 are answered there in other words, or by the texts of another question: its recall is less than it seems."""
_TITLE_WORDS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A question, what was said before it, and whether the index it is put to holds an answer."""

    id: str
    group: str
    language: str
    question: str
    answerable: bool | None
    """None where nobody knows."""
    partly: bool = False
    """Whether the texts answer a part of it only."""
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Askings:
    """Questions to one index."""

    name: str
    index: Index
    cases: tuple[Asking, ...]


def mtrag(bench: Bench) -> Askings:
    """Return MTRAG-UN: all contexts of all cases in one index; the turns before shape the search.

    Unanswerable cases come without contexts, so that an answer can only come from texts about something else. Partly answerable
    ones count as answerable. Underspecified ones are left out: neither an answer nor a refusal is right there.
    """
    rows = read_lines(bench.data / "faithfulness" / "mtrag_un.jsonl")
    texts = {context["document_id"]: context["text"] for row in rows for context in row["contexts"]}
    index = bench.index("mtrag", _write(bench.folder("mtrag"), texts, "en"))
    wanted = {"ANSWERABLE": True, "PARTIAL": True, "UNANSWERABLE": False}
    cases = [
        Asking(
            id=row["task_id"],
            group="MTRAG-UN",
            language="en",
            question=row["input"][-1]["text"],
            answerable=wanted[row["answerability"][0]],
            partly=row["answerability"][0] == "PARTIAL",
            history=tuple(_turns(row["input"][:-1])),
        )
        for row in rows
        if row["answerability"][0] in wanted
    ]
    return Askings(name="mtrag", index=index, cases=tuple(bench.sample(cases, 0, seed="mtrag")))


def rgb(bench: Bench, language: str) -> Askings:
    """Return RGB in one language: every question's noise in one index, the texts that answer only for every other question."""
    name = {"en": "rgb_en_fact", "zh": "rgb_zh"}[language]
    rows = read_lines(bench.data / "faithfulness" / f"{name}.jsonl")
    texts: dict[str, str] = {}
    for n, row in enumerate(rows):
        for kind in ("negative", "positive") if n % 2 == 0 else ("negative",):
            texts |= {f"{row['id']}-{kind}-{i}": text for i, text in enumerate(row[kind])}
    index = bench.index(name, _write(bench.folder(name), texts, language))
    cases = [
        Asking(id=f"{name}-{row['id']}", group="RGB", language=language, question=row["query"], answerable=n % 2 == 0)
        for n, row in enumerate(rows)
    ]
    return Askings(name=name, index=index, cases=tuple(bench.sample(cases, RGB, seed=name)))


def seeds(index: Index, questions: Sequence[dict[str, Any]], *, group: str = "seeds") -> Askings:
    """Return questions over the seed documents."""
    cases = [
        Asking(
            id=entry["id"],
            group=group,
            language=entry.get("language", "en"),
            question=entry["question"],
            answerable=bool(entry["answerable"]),
        )
        for entry in questions
    ]
    return Askings(name=group, index=index, cases=tuple(cases))


FAR_AFIELD = {"en": 30, "zh": 10, "es": 10, "de": 10}
"""Questions of XQuAD in each language."""


def far_afield(bench: Bench, index: Index) -> Askings:
    """Return questions about the encyclopaedia articles of XQuAD, put to an index that holds nothing of the kind."""
    cases: list[Asking] = []
    for language, count in FAR_AFIELD.items():
        rows = read_lines(bench.data / "xquad" / f"queries.{language}.jsonl")
        for row in rows[:: max(1, len(rows) // count)][:count]:
            case = Asking(
                id=f"xquad-{language}-{row['id']}", group="XQuAD", language=language, question=row["text"], answerable=False
            )
            cases.append(case)
    return Askings(name="far afield", index=index, cases=tuple(cases))


def corpus(bench: Bench) -> Askings:
    """Return the questions for each digest of the starter corpus: answered, answered in another language, not answered.

    What one digest is said not to answer, no other one answers either.
    """
    folder = corpus_dir()
    cases = [
        Asking(
            id=f"{entry.digest} {language} {n} {answerable}",
            group="corpus",
            language=language,
            question=question,
            answerable=answerable,
        )
        for entry in read_questions(folder).values()
        for language, answerable, questions in (
            ("en", True, entry.asks),
            ("en", False, (entry.does_not_know,)),
            *((language, True, asked) for language, asked in entry.asks_in.items()),
        )
        for n, question in enumerate(questions)
    ]
    return Askings(name="corpus", index=bench.index("corpus", folder), cases=tuple(cases))


def reddit(bench: Bench, index: Index) -> Askings:
    """Return career questions that people asked on Reddit, put to the seed documents."""
    rows = bench.sample(read_lines(bench.data / "questions" / "reddit_career.jsonl"), REDDIT, seed="reddit")
    cases = [
        Asking(id=row["id"], group="Reddit", language="en", question=row["text"][:900], answerable=None)
        for row in rows
        if any(character.isalnum() for character in row["text"])
    ]
    return Askings(name="reddit", index=index, cases=tuple(cases))


def _turns(spoken: Sequence[dict[str, Any]]) -> Iterator[Turn]:
    """Pair what users asked with what they were told."""
    for asked, told in zip(spoken[::2], spoken[1::2], strict=False):
        given = Answer(question=asked["text"], language="en", status=Status.ANSWERED, text=told["text"])
        yield Turn(question=asked["text"], answer=given)


def _write(folder: Path, texts: dict[str, str], language: str) -> Path:
    """Write one file for each text, its first words as the title; the address keeps texts with the same first words apart."""
    for n, text in enumerate(texts.values()):
        start = " ".join(text.split()[:_TITLE_WORDS]) if language == "en" else text[: 2 * _TITLE_WORDS]
        title = "".join(character for character in start if character.isalnum() or character == " ").strip() or "Text"
        head = f'title: "{title}"\nurl: https://example.invalid/{folder.name}/{n}\nlanguage: {language}'
        (folder / f"{n:05}.md").write_text(f"---\n{head}\n---\n\n{' '.join(text.split())}\n", encoding="utf-8")
    return folder
