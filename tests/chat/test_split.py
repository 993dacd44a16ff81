"""Long texts are split without breaking what belongs together."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.limits import length
from bot.chat.split import split

PIECES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        (
            "```",
            "```python\nprint(1)\n```",
            "\n",
            "\n\n",
            " ",
            "word ",
            "句子。",
            "👩‍💻",
            "🇩🇪",
            "é" * 3,
            " [1]",
            " [12][3]",
            "**bold words**",
            r"\*",
        )
    ),
    st.just("[a title](https://example.test/some/address)"),
)


@settings(max_examples=150)
@given(st.lists(PIECES, max_size=60).map("".join), st.integers(min_value=60, max_value=400))
def test_every_part_fits_and_is_balanced(text: str, most: int) -> None:
    """Whatever the text: no part is too long, empty, or leaves a code fence open."""
    for part in split(text, most):
        assert length(part) <= most
        assert part.strip()
        assert part.count("```") % 2 == 0


@given(st.text(alphabet="ab. \n。字é", max_size=400), st.integers(min_value=60, max_value=100))
def test_no_word_is_lost(text: str, most: int) -> None:
    """The parts hold every character of the text but the space between them, in order."""
    assert "".join("".join(split(text, most)).split()) == "".join(text.split())


def test_short_text_stays_whole() -> None:
    """Nothing is done to what fits."""
    assert split("One **two** [3].", 100) == ["One **two** [3]."]
    assert split("", 100) == []
    assert split(" \n ", 100) == []


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("First paragraph here.\n\nSecond paragraph with more words in it.", "First paragraph here."),
        ("A first line that is long\nand a second one that is longer", "A first line that is long"),
        ("A sentence of some words. Then another one of words.", "A sentence of some words."),
        ("only words without any stop at all which go on and on", "only words without any stop at all which"),
        (
            "这是一个很长的句子没有空格但是有句号在这里结束了吗是的。然后又是一个句子在继续下去而且没有停",
            "这是一个很长的句子没有空格但是有句号在这里结束了吗是的。",
        ),
    ],
)
def test_where_parts_end(text: str, first: str) -> None:
    """After a paragraph rather than a line, a sentence rather than a word, a word rather than anywhere."""
    assert split(text, 42)[0] == first


def test_marks_stay_with_their_statement() -> None:
    """A citation mark never begins a part."""
    for most in range(60, 90):
        parts = split("This is a statement that somebody made about their work [1][2]\n\nAnd another one of these [3]", most)
        assert not any(part.startswith("[") for part in parts), parts


def test_links_are_not_cut() -> None:
    """A link stands in one part, whole."""
    link = "[A long title](https://example.test/with/a/long/address)"
    for most in range(80, 140):
        assert sum(part.count(link) for part in split(f"{'word ' * 12}{link} {'word ' * 12}", most)) == 1


def test_characters_of_several_code_points_are_not_cut() -> None:
    """Families, flags, skin tones and accents stay whole."""
    for character in ("👩‍👩‍👧‍👦", "🇩🇪", "👍🏽", "e\u0301", "क्\u200dष"):
        for part in split(character * 60, 63):
            assert part == character * (len(part) // len(character))


def test_a_fence_is_closed_and_opened_again() -> None:
    """A part inside code is code, of the same language."""
    first, second, *_ = split("```python\n" + "print('hello world')\n" * 8 + "```", 120)
    assert first.endswith("```")
    assert second.startswith("```python\n")
    assert not re.search("^print", first.split("```")[0])


def test_indentation_inside_a_fence_stays() -> None:
    """Where code is cut, its next line keeps its spaces."""
    parts = split("```\n" + "    indented\n" * 20 + "```", 80)
    assert all(part.startswith("```\n    indented") for part in parts)


def test_one_endless_thing_is_cut() -> None:
    """An address longer than a message cannot stay whole, and must not end in an endless loop."""
    parts = split("https://example.test/" + "a" * 500, 100)
    assert all(length(part) <= 100 for part in parts)
    assert "".join(parts) == "https://example.test/" + "a" * 500
