"""What acronyms stand for depends on the words around them."""

from __future__ import annotations

import pytest

from bot.acronyms import is_acronym, meanings


def expand(question: str, language: str) -> str:
    """Return the meanings that are searched for, as one string."""
    return ", ".join(meanings(question, language))


@pytest.mark.parametrize("asked", ["how do I get into CV?", "CV?", "怎么进入CV领域？"])
def test_cv_is_a_field(asked: str) -> None:
    """Where a question is about a field, or about nothing else, CV is computer vision."""
    assert "computer vision" in expand(asked, "en")
    assert "vitae" not in expand(asked, "en")


@pytest.mark.parametrize("asked", ["how do I improve my CV?", "What should I write in a CV"])
def test_cv_is_a_document(asked: str) -> None:
    """Where a question is about writing, CV is a curriculum vitae."""
    assert "curriculum vitae" in expand(asked, "en")
    assert "vision" not in expand(asked, "en")


def test_names_come_in_both_languages() -> None:
    """A question in another language is searched in that language and in English."""
    assert expand("怎么进入CV领域？", "zh") == "计算机视觉, computer vision"


@pytest.mark.parametrize("asked", ["is it fine to be late?", "what is CVPR?", "how do I get into computer vision (CV)?", ""])
def test_nothing_is_added(asked: str) -> None:
    """Everyday words, longer names that begin alike, and what is written out already stay as they are."""
    assert expand(asked, "en") == ""


def test_plurals_count() -> None:
    """A plural is the same acronym."""
    assert "curriculum vitae" in expand("do you read CVs of my juniors, or send them?", "en")


def test_what_is_an_acronym() -> None:
    """One of the table, in one or many; a name is none."""
    assert all(map(is_acronym, ("ML", "CVs", "PhD")))
    assert not any(map(is_acronym, ("Kit Marsh", "XYZ", "")))
