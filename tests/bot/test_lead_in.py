"""Who said it, in which role, when; never more than is known."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from invented_values import QUOTE, citation, source

from bot.cite import SUMMARY
from bot.lead_in import attribute, introduce
from bot.strings import LANGUAGES
from ingest.values import Kind, Person, Role

if TYPE_CHECKING:
    from bot.values import Citation

NOBODY = source(people=())


@pytest.mark.parametrize(
    ("cited", "expected"),
    [
        (citation(), "Kit Marsh, Radio Engineer, said in 2020:"),
        (citation(source(position=None)), "Kit Marsh said in 2020:"),
        (citation(source(published=None)), "Kit Marsh, Radio Engineer, said:"),
        (citation(source(published=None, position=None)), "Kit Marsh said:"),
        (citation(source(role=Role.AUTHOR, kind=Kind.ARTICLE), role=Role.AUTHOR), "Kit Marsh, Radio Engineer, wrote in 2020:"),
        (citation(role=Role.INTERVIEWER), "Kit Marsh, who led the interview, wrote in 2020:"),
        (citation(source(published=None), role=Role.INTERVIEWER), "Kit Marsh, who led the interview, wrote:"),
        (citation(speaker="Kit"), "Kit Marsh, Radio Engineer, said in 2020:"),
        (citation(speaker="Somebody Else"), "Somebody Else said in 2020:"),
        (citation(speaker=None), "In the interview with Kit Marsh (2020):"),
        (citation(source(published=None), speaker=None), "In the interview with Kit Marsh:"),
        (citation(NOBODY, speaker=None), "In “Kit Marsh mends radios” (2020):"),
        (citation(source(kind=Kind.ARTICLE), speaker=None), "In “Kit Marsh mends radios” (2020):"),
        (citation(speaker=None, role=SUMMARY), "From our summary of the interview with Kit Marsh (2020):"),
        (citation(source(role=Role.AUTHOR), role=SUMMARY), "From our summary of the article by Kit Marsh (2020):"),
        (citation(NOBODY, role=SUMMARY), "In “Kit Marsh mends radios” (2020):"),
    ],
)
def test_each_variant_says_what_is_known(cited: Citation, expected: str) -> None:
    """Position, year and role are named where they are known and left out where they are not."""
    assert introduce(cited, "en") == expected


def test_unmarked_words_are_nobodys() -> None:
    """Where speakers are not marked, the interviewer is not named and nobody is said to have said it."""
    people = (Person(name="Guest One", role=Role.INTERVIEWEE), Person(name="Host Two", role=Role.INTERVIEWER))
    lead = introduce(citation(source(people=people, kind=Kind.TRANSCRIPT), speaker=None), "en")
    assert "Guest One" in lead
    assert "Host Two" not in lead
    assert "said" not in lead


def test_a_quote_stands_in_quotation_marks() -> None:
    """Exact words are marked as such."""
    assert attribute(citation(), "en").endswith(f"“{QUOTE}”")


def test_a_digest_has_no_quotation_marks() -> None:
    """Our summary is not the person's words."""
    shown = attribute(citation(speaker=None, role=SUMMARY), "en")
    assert shown.endswith(QUOTE)
    assert "“" not in shown


def test_a_quote_in_another_language_is_marked() -> None:
    """A reader is told which language a quote is in when it is not theirs."""
    assert attribute(citation(), "de").endswith("(auf Englisch)")
    assert "(" not in attribute(citation(), "en")


def test_a_machine_translation_is_marked() -> None:
    """A machine translation says so."""
    assert attribute(citation(source(machine_translated=True)), "en").endswith("(machine translation)")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("published", [None, date(1999, 1, 1)])
def test_every_language_introduces(language: str, published: date | None) -> None:
    """In each language the lead-in names the person, the year if known, and ends in a colon."""
    lead = introduce(citation(source(published=published)), language)
    assert "Kit Marsh" in lead
    assert ("1999" in lead) is (published is not None)
    assert lead.rstrip().endswith((":", "："))
