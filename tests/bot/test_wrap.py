"""Lines of a terminal are as wide as they look."""

from __future__ import annotations

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.render.wrap import columns, wrap


def test_words_stay_whole() -> None:
    """Lines are filled with words; a word longer than a line stands alone."""
    assert list(wrap("one two three fourteenhundred five", 8)) == ["one two", "three", "fourteenhundred", "five"]


def test_wide_characters_take_two_columns() -> None:
    """Chinese breaks between characters, before none of its closing marks and after none of its opening ones."""
    assert list(wrap("他说：“先学编程，再找工作。”", 10)) == ["他说：“先", "学编程，再", "找工作。”"]
    assert list(wrap("学习Python编程", 10)) == ["学习Python", "编程"]


def test_a_citation_number_never_begins_a_line() -> None:
    """It stays with the last word of what it cites, styled or not."""
    number = click.style("[1]", fg="cyan")
    assert list(wrap(f"one two three {number}", 13)) == ["one two", f"three {number}"]


def test_paragraphs_are_kept() -> None:
    """A line break in the text is one on the screen."""
    assert list(wrap("one\n\ntwo", 80)) == ["one", "", "two"]


@pytest.mark.parametrize(
    ("text", "width"), [("abc", 3), ("编程", 4), ("é", 1), ("e\u0301", 1), (click.style("ab", bold=True), 2)]
)
def test_columns_are_those_shown(text: str, width: int) -> None:
    """Combining marks and styles take none."""
    assert columns(text) == width


@given(st.text(alphabet=st.sampled_from("ab 编程。，（）“”[1]")), st.integers(4, 20))
@settings(deadline=None)
def test_nothing_but_spaces_is_lost(text: str, width: int) -> None:
    """Every character is on some line, in order."""
    assert "".join("".join(wrap(text, width)).split()) == "".join(text.split())
