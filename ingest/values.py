"""The values that pass between the stages of ingestion.

Every offset is a character offset into `Document.text`, the cleaned canonical text (Unicode NFC) of a source, with the end
exclusive: `document.text[span.start:span.end]`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

Vector = NDArray[np.float32]
"""One embedding: shape (dimension,), float32, L2-normalised."""
Matrix = NDArray[np.float32]
"""Embeddings, one a row: shape (rows, dimension), float32, each row L2-normalised."""


class Kind(StrEnum):
    """What sort of text a source is."""

    INTERVIEW = "interview"
    TRANSCRIPT = "transcript"
    ARTICLE = "article"
    DIGEST = "digest"


class Role(StrEnum):
    """Who a speaker is in the conversation; `UNKNOWN` where the text does not mark its speakers."""

    INTERVIEWER = "interviewer"
    INTERVIEWEE = "interviewee"
    AUTHOR = "author"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody named in a source: full name, role in it, and what they did at the time ("Computer Vision Engineer, Lyft")."""

    name: str
    role: Role
    position: str | None = None
    aliases: tuple[str, ...] = ()
    """Other spellings under which the text labels or names this person ("Gary", "加里")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One ingested text and what is known about it."""

    id: str
    kind: Kind
    title: str
    language: str
    """ISO 639-1 code of the language the text is written in."""
    people: tuple[Person, ...] = ()
    url: str | None = None
    published: date | None = None
    licence: str | None = None
    translation_of: str | None = None
    """Source id of the original when this text is a translation that the index links to it."""
    copy_of: str | None = None
    """Source id of another text in the same language that the index found to be the same, from another site or file."""
    original_url: str | None = None
    """URL of the text that this one is a translation of, as this text itself names it; the original may be unknown here."""
    machine_translated: bool = False
    digest_of: str | None = None
    """URL of the interview that a digest (our own summary) is about."""
    topics: tuple[str, ...] = ()
    path: str | None = None
    """The file the source came from."""

    def person(self, *roles: Role) -> Person | None:
        """Return the first person who has one of `roles`, or None."""
        return next((person for person in self.people if person.role in roles), None)


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters `[start, end)` in a document."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: [{self.start}, {self.end})")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """Return the characters of `text` that the span covers."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Tell whether the two spans share a character."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        """Tell whether `other` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The cleaned canonical text of a source (Unicode NFC)."""

    source_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of one speaker's words, or a heading: a turn, a paragraph, a list item, a caption sentence."""

    span: Span
    role: Role
    speaker: str | None = None
    """Full name where it is known; None where the text does not mark who speaks."""
    is_question: bool = False
    """Words that ask rather than tell: never evidence, used as a retrieval key for what follows."""
    is_heading: bool = False
    second: float | None = None
    """When it is said, in seconds from the start of a recording."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """The smallest unit of evidence: a sentence, or a clause-bounded stretch of unpunctuated speech."""

    span: Span
    second: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What is embedded and retrieved: part of one answer with its question and its context.

    `span` covers evidence only. `question` and `header` are search keys and are never shown as evidence.
    """

    id: str
    source_id: str
    span: Span
    language: str
    sentences: tuple[Sentence, ...]
    role: Role
    speaker: str | None = None
    question: str = ""
    header: str = ""
    section: str = ""
    second: float | None = None
    marked_speakers: bool = True
    """False for captions and the like, where nobody can say whose words these are."""

    def key(self, text: str) -> str:
        """Return the string that is embedded for this passage of the document `text`."""
        return "\n".join(part for part in (self.header, self.question, self.span.of(text)) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """Two stretches, one in a document and one in its translation, that say the same."""

    source_id: str
    span: Span
    other_id: str
    other_span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """Everything that parsing one file yields, before embedding."""

    source: Source
    document: Document
    segments: tuple[Segment, ...]
    passages: tuple[Passage, ...]
    dropped_characters: int = 0
    """How many characters of boilerplate and page furniture were cut."""
    notes: tuple[str, ...] = field(default=())
    """What whoever added the file should know: missing metadata, hidden text, guessed speakers."""

    def evidence(self) -> Iterator[str]:
        """Yield the text of every sentence that may be cited."""
        for passage in self.passages:
            for sentence in passage.sentences:
                yield sentence.span.of(self.document.text)
