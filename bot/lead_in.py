"""The words before a quote: who, in which role, when; in the asker's language, never more than is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import strings
from bot.cite import SUMMARY
from ingest.values import Person, Role, Source

if TYPE_CHECKING:
    from bot.values import Citation

_WIDE_COLON = "\uff1a"


def introduce(citation: Citation, language: str) -> str:
    """Return the lead-in for a citation, ending in a colon."""
    year = str(citation.source.published.year) if citation.source.published else None
    if citation.role == SUMMARY:
        return _digest(citation.source, year, language)
    if citation.speaker is None:
        return _unmarked(citation.source, year, language)
    person = _person(citation)
    if citation.role == Role.INTERVIEWER:
        return _fill("lead.interviewer", language, year=year, name=person.name)
    key = "lead.author" if citation.role == Role.AUTHOR else "lead.person"
    return _fill(key, language, position=person.position, year=year, name=person.name)


def attribute(citation: Citation, language: str) -> str:
    """Return the exact words with who said them: lead-in, quotation marks, and a mark where language or origin needs one."""
    words = citation.quote if citation.role == SUMMARY else strings.quoted(citation.quote, language)
    marks = []
    if citation.source.language != language:
        marks.append(strings.in_language(citation.source.language, language))
    if citation.source.machine_translated:
        marks.append(strings.text("mark.machine_translation", language))
    note = strings.aside(strings.text("list.separator", language).join(marks), language) if marks else ""
    lead = introduce(citation, language)
    # A full-width colon holds its own space.
    return f"{lead}{'' if lead.endswith(_WIDE_COLON) else ' '}{words}{note}"


def _person(citation: Citation) -> Person:
    known = (person for person in citation.source.people if citation.speaker in {person.name, *person.aliases})
    return next(known, Person(name=citation.speaker or "", role=Role.UNKNOWN))


def _unmarked(source: Source, year: str | None, language: str) -> str:
    """For words whose speaker the text does not mark: the conversation is named, not a speaker."""
    guests = [person.name for person in source.people if person.role in {Role.INTERVIEWEE, Role.AUTHOR}]
    if guests and source.kind.value in {"interview", "transcript"}:
        return _fill("lead.transcript_people", language, year=year, people=strings.listing(guests, language))
    return _fill("lead.transcript_title", language, year=year, title=source.title)


def _digest(source: Source, year: str | None, language: str) -> str:
    person = source.person(Role.INTERVIEWEE, Role.AUTHOR)
    if person is None:
        return _fill("lead.transcript_title", language, year=year, title=source.title)
    key = "lead.digest_article" if person.role == Role.AUTHOR else "lead.digest_interview"
    return _fill(key, language, year=year, name=person.name)


def _fill(key: str, language: str, *, year: str | None, position: str | None = None, **values: str) -> str:
    """Use the variant of `key` that says everything known: `_position`, `_year`, both or neither."""
    if position:
        key, values = f"{key}_position", values | {"position": position}
    if year:
        key, values = f"{key}_year", values | {"year": year}
    return strings.text(key, language, **values)
