"""The invented questions and quotes of `bot/data/calibration.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from bot.resources import data_file
from bot.values import Answer, Citation, Question, Status, Turn
from ingest.values import Kind, Person, Role, Source, Span

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeCase:
    """A question with quotes that answer it and quotes that do not."""

    language: str
    question: str
    voice: str
    answers: tuple[str, ...]
    misses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What every true version of a text holds and what none does."""

    keeps: tuple[str, ...] = ()
    """Each one spelling, or several between bars."""
    never: tuple[str, ...] = ()

    def allows(self, text: str) -> bool:
        """Tell whether a text that was accepted is true, as far as these marks show."""
        folded = text.casefold()
        held = all(any(form.casefold() in folded for form in mark.split("|")) for mark in self.keeps)
        return held and not any(mark.casefold() in folded for mark in self.never)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestateCase:
    """A quote to say in the third person."""

    language: str
    citation: Citation
    kept: Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class CondenseCase:
    """A follow-up and the turn before it."""

    language: str
    question: str
    previous: Turn
    kept: Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslateCase:
    """A question to put into English."""

    language: str
    question: str
    kept: Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class ProseCase:
    """A question and quotes to answer it from."""

    language: str
    question: str
    citations: tuple[Citation, ...]
    kept: Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """Everything a calibration asks."""

    judge: tuple[JudgeCase, ...]
    restate: tuple[RestateCase, ...]
    condense: tuple[CondenseCase, ...]
    translate: tuple[TranslateCase, ...]
    prose: tuple[ProseCase, ...]


@cache
def load_cases() -> Cases:
    """Read the file."""
    data: dict[str, list[dict[str, Any]]] = tomllib.loads(data_file("calibration.toml").read_text(encoding="utf-8"))
    return Cases(
        judge=tuple(_judge(row) for row in data["judge"]),
        restate=tuple(
            RestateCase(
                language=row["language"], citation=_citation(row["speaker"], row["quote"], row["language"]), kept=_kept(row)
            )
            for row in data["restate"]
        ),
        condense=tuple(
            CondenseCase(language=row["language"], question=row["question"], previous=_turn(row), kept=_kept(row))
            for row in data["condense"]
        ),
        translate=tuple(
            TranslateCase(language=row["language"], question=row["question"], kept=_kept(row)) for row in data["translate"]
        ),
        prose=tuple(
            ProseCase(
                language=row["language"],
                question=row["question"],
                citations=_citations(row["quotes"], row["language"]),
                kept=_kept(row),
            )
            for row in data["prose"]
        ),
    )


def _judge(row: dict[str, Any]) -> JudgeCase:
    return JudgeCase(
        language=row["language"],
        question=row["question"],
        voice=row["voice"],
        answers=tuple(row["answers"]),
        misses=tuple(row["misses"]),
    )


def _kept(row: dict[str, Any]) -> Kept:
    return Kept(keeps=tuple(row.get("keeps", ())), never=tuple(row.get("never", ())))


def _citations(quotes: Sequence[Sequence[str]], language: str) -> tuple[Citation, ...]:
    return tuple(_citation(speaker, quote, language, n=n) for n, (speaker, quote) in enumerate(quotes, start=1))


def _citation(speaker: str, quote: str, language: str, *, n: int = 1) -> Citation:
    source = Source(
        id=f"invented-{n}",
        kind=Kind.INTERVIEW,
        title=speaker,
        language=language,
        people=(Person(name=speaker, role=Role.INTERVIEWEE),),
    )
    return Citation(n=n, source=source, span=Span(0, len(quote)), quote=quote, speaker=speaker, role=Role.INTERVIEWEE)


def _turn(row: dict[str, Any]) -> Turn:
    cited = _citation(row["person"], row["previous"], row["language"])
    answer = Answer(question=row["previous"], language=row["language"], status=Status.ANSWERED, text="", citations=(cited,))
    return Turn(question=row["previous"], answer=answer)


def as_question(text: str, language: str) -> Question:
    """Return a question as the pipeline hands it on."""
    return Question(text=text, language=language, asked_in=language, search_text=text, alone=text)
