"""Values of an answer made by hand, for tests of what shows them. The person and the words are invented."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.values import Answer, Citation, Claim, Question, Rendition, Status, Support, Timings, Turn, Voices
from ingest.values import Kind, Person, Role, Source, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

QUOTE = "I mended radios for two years before I wrote a program."
NAME = "Kit Marsh"


def source(
    *,
    kind: Kind = Kind.INTERVIEW,
    language: str = "en",
    url: str | None = "https://example.org/kit",
    published: date | None = date(2020, 1, 2),
    position: str | None = "Radio Engineer",
    role: Role = Role.INTERVIEWEE,
    people: tuple[Person, ...] | None = None,
    translation_of: str | None = None,
    machine_translated: bool = False,
    digest_of: str | None = None,
) -> Source:
    """Return a source with one person in it."""
    return Source(
        id="kit",
        kind=kind,
        title="Kit Marsh mends radios",
        language=language,
        people=(Person(name=NAME, role=role, position=position, aliases=("Kit",)),) if people is None else people,
        url=url,
        published=published,
        translation_of=translation_of,
        machine_translated=machine_translated,
        digest_of=digest_of,
        path="kit.md",
    )


def citation(
    origin: Source | None = None,
    *,
    n: int = 1,
    quote: str = QUOTE,
    speaker: str | None = NAME,
    role: str = Role.INTERVIEWEE,
    second: float | None = None,
    also_in: tuple[Rendition, ...] = (),
) -> Citation:
    """Return a citation of the invented person."""
    return Citation(
        n=n,
        source=origin or source(),
        span=Span(10, 10 + len(quote)),
        quote=quote,
        speaker=speaker,
        role=role,
        second=second,
        also_in=also_in,
    )


def question(text: str = "How did Kit begin?", *, language: str = "en", asked_in: str = "en") -> Question:
    """Return an understood question."""
    return Question(text=text, language=language, asked_in=asked_in, search_text=text, alone=text)


def answered(
    citations: Sequence[Citation] | None = None,
    *,
    asked: str = "How did Kit begin?",
    language: str = "en",
    text: str | None = None,
    support: Support = Support.QUOTE,
) -> Answer:
    """Return an answer of one claim for each citation."""
    cited = tuple(citations) if citations is not None else (citation(),)
    return Answer(
        question=asked,
        language=language,
        status=Status.ANSWERED,
        text="An answer [1]",
        claims=tuple(Claim(text=text or f"Kit said: {each.quote}", citations=(each.n,), support=support) for each in cited),
        citations=cited,
        voices=Voices(speaking=1, of=2, names=(NAME,)),
        timings=Timings(retrieve=1, first_claim=2, total=3),
        embedder="hash",
        llm="none",
        generation="g",
        passages=7,
    )


def turn(asked: str, citations: Sequence[Citation] | None = None) -> Turn:
    """Return an earlier question with its answer."""
    return Turn(question=asked, answer=answered(citations, asked=asked))
