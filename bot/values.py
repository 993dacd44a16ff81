"""The values of an answer: what was asked, the evidence chosen, the claims made from it and their citations."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from ingest.values import Passage, Source, Span


class Support(StrEnum):
    """How a claim stands to its quote."""

    QUOTE = "quote"
    PARAPHRASE = "paraphrase"
    TRANSLATION = "translation"


class Status(StrEnum):
    """Whether the corpus could answer. A refusal is an answer, not an error."""

    ANSWERED = "answered"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A question in one language, as it can be understood without the conversation and as it is searched for."""

    language: str
    """ISO 639-1 code."""
    alone: str
    search_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked: the words as given, the language to answer in, and the stand-alone form that is searched for."""

    text: str
    language: str
    """ISO 639-1 code of the language of the answer."""
    asked_in: str
    """ISO 639-1 code of the language the question is written in."""
    search_text: str
    """The question with what it refers back to filled in and acronyms expanded."""
    alone: str
    """The question as it can be understood without the conversation."""
    pivot: Wording | None = None
    """The question as the model put it into English, for texts in English; None where there was no need or no model."""

    def worded(self, language: str) -> Wording:
        """Return the wording to hold against texts in `language`: the asker's own, or the pivot where the language is not."""
        if self.pivot is not None and language != self.asked_in:
            return self.pivot
        return Wording(language=self.asked_in, alone=self.alone, search_text=self.search_text)

    def speaks(self, language: str) -> bool:
        """Tell whether there is a wording in `language`, so that words can be compared and not meaning alone."""
        return self.worded(language).language == language


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One quotable stretch of a passage, with the scores that chose it."""

    source: Source
    passage: Passage
    span: Span
    quote: str
    score: float
    second: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """The same idea in another language: where a linked translation (or original) says it."""

    source: Source
    span: Span
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """The exact words behind a claim: `document(source.id).text[span.start:span.end] == quote`, always."""

    n: int
    source: Source
    span: Span
    quote: str
    speaker: str | None
    role: str
    second: float | None = None
    also_in: tuple[Rendition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One statement in the asker's language with at least one citation."""

    text: str
    citations: tuple[int, ...]
    support: Support

    def __post_init__(self) -> None:
        if not self.citations:
            raise ValueError("a claim needs a citation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """How many of the people in the corpus speak to the question; counted by code, never generated."""

    speaking: int
    of: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Milliseconds from the question's arrival."""

    retrieve: int = 0
    first_claim: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer, or a refusal with the nearest topics the corpus does cover."""

    question: str
    language: str
    status: Status
    text: str
    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    voices: Voices = field(default_factory=lambda: Voices(speaking=0, of=0, names=()))
    nearest_topics: tuple[str, ...] = ()
    timings: Timings = field(default_factory=Timings)
    embedder: str = ""
    llm: str = ""
    generation: str = ""
    passages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """An earlier question of the same conversation and the answer it got."""

    question: str
    answer: Answer
    asked: date | None = None
