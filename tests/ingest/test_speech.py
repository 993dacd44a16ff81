"""Unpunctuated speech is cut into clauses. All texts here are invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.speech import LIMIT, spoken, units

TALK = (
    "so i grew up near a harbour and my father repaired boats there so i learned to use a plane when i was nine or "
    "ten and then i moved to the city because there was no work left in the village but i never liked the city very "
    "much it was loud and the wood was bad so after two years i came back and opened a small workshop right and how "
    "long did it take you to find the first customer so when i started i had no customers at all basically i "
    "repaired the boats of my uncle and people saw them on the water and they asked him who did this and after a "
    "year i had enough work for two people right now we are four"
)
WORDS = ["so", "i", "think", "you", "know", "the", "boat", "and", "because", "right", "was", "how", "did", "船を作る", "x"]


def test_units_begin_at_clauses() -> None:
    """Cuts fall in front of words that begin clauses."""
    pieces = [span.of(TALK) for span in units(TALK)]
    openers = {"so", "and", "but", "because", "it", "right", "basically", "they", "when", "i", "people"}
    assert {piece.split()[0] for piece in pieces} <= openers


def test_units_are_of_a_readable_length() -> None:
    """No unit is longer than the limit, and few are short."""
    lengths = [len(span.of(TALK).split()) for span in units(TALK)]
    assert max(lengths) <= LIMIT
    assert sum(length >= 10 for length in lengths) >= 0.8 * len(lengths)


def test_the_hosts_question_is_a_unit_of_its_own() -> None:
    """A detected question shares no unit with the answer."""
    questions = [unit.span.of(TALK) for unit in spoken(TALK) if unit.is_question]
    assert questions == ["right and how long did it take you to find the first customer"]


@pytest.mark.parametrize("ending", ["the", "of", "and", "because", "was", "to", "i"])
def test_units_never_end_on_a_word_that_needs_another(ending: str) -> None:
    """Articles, prepositions, conjunctions, auxiliaries and pronouns do not end a unit."""
    text = " ".join(f"word{n}" if n % 20 else ending for n in range(1, 120))
    assert not any(span.of(text).endswith(f" {ending}") for span in units(text))


def test_right_now_stays_together() -> None:
    """Fixed pairs of words are not cut apart."""
    assert not any(span.of(TALK).endswith(" right") for span in units(TALK))


def test_nothing_gives_nothing() -> None:
    """Empty speech has no units."""
    assert units("  ") == ()


@given(
    st.lists(
        st.sampled_from(WORDS),
        max_size=150,
    )
)
def test_units_cover_every_word_once(words: list[str]) -> None:
    """Units follow each other without gap or overlap and keep every word."""
    text = " ".join(words)
    assert " ".join(span.of(text) for span in units(text)) == text
