"""Words from documents do nothing on Discord."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.escape import clean, escape, inline, isolated, masked_link, safe_address

RESOLVES = re.compile(
    r"@everyone|@here|<@[!&]?\d+>|<#\d+>|</[^>\\]+:\d+>|<t:-?\d+(:[tTdDfFR])?>|<a?:\w+:\d+>|<id:\w+>|https?://|discord(?:app)?\.(?:gg|com)/"
)
"""What Discord's servers or clients look for in a message, wherever it stands."""
ATTACKS = (
    "@everyone",
    "@here",
    "<@123456789012345678>",
    "<@!1>",
    "<@&42>",
    "<#7>",
    "</ask:1>",
    "<t:1700000000:R>",
    "<:emoji:1>",
    "<a:wave:2>",
    "<id:customize>",
    "https://example.test/x_y",
    "HTTPS://EXAMPLE.TEST",
    "discord.gg/abcdef",
    "[click](https://example.test)",
    "```\ncode\n```",
    "||spoiler||",
    "# heading",
    "-# small",
    "> quote",
    "1. one",
    "- item",
    "**bold** __under__ ~~gone~~ `code`",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_resolves(attack: str) -> None:
    """No mention, link, timestamp or emoji is left, wherever it stands."""
    for text in (attack, f"a{attack}b", f"\\{attack}", f"{attack}{attack}"):
        assert not RESOLVES.search(escape(text)), escape(text)


@given(st.lists(st.one_of(st.sampled_from(ATTACKS), st.text(max_size=8)), max_size=8))
def test_nothing_resolves_however_it_is_put_together(parts: list[str]) -> None:
    """Pieces that mean nothing alone mean nothing together."""
    assert not RESOLVES.search(escape("".join(parts)))


@given(st.text())
def test_what_is_shown_are_the_words(text: str) -> None:
    """Without its backslashes and zero-width spaces, an escaped text is the text."""
    shown = re.sub(r"\\([\\`*_\[\]<>#|~:.\-+)])", r"\1", escape(text)).replace("@\u200b", "@")
    assert shown == clean(text)


@pytest.mark.parametrize("line", ["# heading", "- item", "+ item", "3. third", "> quote", "-# small"])
def test_lines_stay_lines(line: str) -> None:
    """What makes a line a heading, an item or a quote is escaped at its beginning."""
    assert escape(f"x\n{line}").splitlines()[1] != line


def test_marks_that_turn_the_direction_are_dropped() -> None:
    """An override in a document cannot turn our own words round; joiners that scripts and emoji need stay."""
    assert clean("a\u202eb\u2066c\u0000d\ud800") == "abcd"
    assert clean("👩\u200d💻 क्\u200dष") == "👩\u200d💻 क्\u200dष"


def test_inline_is_one_line() -> None:
    """Line breaks of a document become spaces."""
    assert inline(" a\n\n# b\t c ") == r"a \# b c"


def test_right_to_left_words_are_isolated() -> None:
    """Hebrew and Arabic among other words do not rearrange them; other words are left alone."""
    assert isolated("نورا") == "\u2068نورا\u2069"
    assert isolated("Nora") == "Nora"


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "javascript:alert(1)",
        "ftp://example.test/a",
        "https://",
        "https://discord.com@evil.test/",
        "https://[broken",
        f"https://example.test/{'a' * 500}",
    ],
)
def test_addresses_not_to_be_clicked(address: str | None) -> None:
    """Other schemes, disguised hosts, broken and endless addresses make no link."""
    assert safe_address(address) is None
    assert masked_link("Title", address) == "Title"


def test_an_address_cannot_end_its_link() -> None:
    """Brackets, spaces and quotes inside an address are encoded; what is encoded already stays."""
    assert safe_address('https://example.test/a)b (c)%20"<x>') == "https://example.test/a%29b%20%28c%29%20%22%3Cx%3E"
    assert masked_link("A [title]", "https://example.test") == r"[A \[title\]](https://example.test)"
