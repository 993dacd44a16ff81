"""Words shown as Markdown are those words, never markup."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.markdown import escape, unescape

SPECIAL = "\\`*_{}[]<>#|~&@"


@given(st.text(alphabet=st.characters(codec="utf-8")))
@settings(deadline=None)
def test_no_special_character_survives_bare(text: str) -> None:
    """Each character that Markdown or HTML reads as markup has a backslash before it."""
    bare = re.sub(r"\\[\\`*_{}\[\]<>#|~&@:.]", "", escape(text))
    assert not set(bare) & set(SPECIAL)


@given(st.text(alphabet=st.characters(codec="utf-8")))
@settings(deadline=None)
def test_the_words_come_back(text: str) -> None:
    """A reader of Markdown, who takes the backslashes off, sees exactly the words."""
    assert unescape(escape(text)) == text


def test_links_and_tags_are_harmless() -> None:
    """A link and a tag are shown as the characters they are written with."""
    assert escape("[a](b) <i> &lt;") == r"\[a\](b) \<i\> \&lt;"


def test_bare_addresses_and_names_are_harmless() -> None:
    """Where Markdown makes links of addresses and mentions of names, a backslash ends both; other colons and dots stay."""
    assert escape("https://a.example www.b.example @here: 3.5") == r"https\://a.example www\.b.example \@here: 3.5"
