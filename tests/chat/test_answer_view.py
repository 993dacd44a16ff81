"""Answers fit Discord's messages, and nothing in them does anything."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from chat_answers import answer, citation, claim, refusal
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import limits
from bot.chat.answer_view import answer_messages, source_lines
from bot.chat.message import Message, faults
from bot.chat.press import Action, parse
from bot.chat.progress_view import Progress
from bot.chat.quotes_view import quotes_message
from bot.strings import LANGUAGES

MENTION = re.compile(r"@everyone|@here|<@[!&]?\d+>|<#\d+>|</[^>\\]+:\d+>|<t:-?\d+(:\w)?>|<a?:\w+:\d+>|discord\.gg/")
GENERATED = 1000
FRAGMENTS = (
    "plain words of an invented person ",
    "很长的中文句子没有空格也没有标点一直继续下去。",
    "日本語の文章です。",
    "مرحبا بالعالم هذه جملة عربية ",
    "שלום עולם ",
    "👩‍👩‍👧‍👦🇩🇪👍🏽 ",
    "```python\nprint('hello')\n```\n",
    "``` ",
    "| a | b |\n|---|---|\n| 1 | 2 |\n",
    "@everyone ",
    "@here ",
    "<@123456789012345678> ",
    "<@&42> <#7> </ask:1> <t:1700000000:R> <:smile:99> ",
    "https://example.test/a?b=c ",
    "discord.gg/abcdef ",
    "[click me](https://evil.test) ",
    "**bold** _under_ ~~gone~~ ||hidden|| `code` ",
    "# heading\n",
    "> quote\n- item\n1. one\n",
    "e\u0301\u0302\u0303" * 20,
    "\u202eturned\u202c ",
    "x" * 120 + " ",
)


def invented(seed: int) -> Any:
    """Return a generated answer: of any length, and full of what could go wrong."""
    chance = random.Random(seed)  # noqa: S311 - the same answers every time

    def words(most: int) -> str:
        return "".join(chance.choice(FRAGMENTS) for _ in range(chance.randint(1, most)))

    count = chance.choice((1, 2, 2, 3, 5, 12))
    citations = [
        citation(
            n,
            title=words(6),
            speaker=chance.choice((None, words(4))),
            role=chance.choice(("interviewee", "summary", words(2))),
            quote=words(chance.choice((3, 20))),
            url=chance.choice((None, f"https://example.test/{'a' * chance.randint(1, 900)}", "javascript:alert(1)", words(1))),
            time_start=chance.choice((None, 12.5, 90_000.0)),
            also_in=[{"source_id": "other", "language": "zh", "quote": words(10)}] * chance.randint(0, 3),
        )
        for n in range(1, count + 1)
    ]
    claims = [claim(words(chance.choice((2, 6, 14))), n, *([count] if count != n else [])) for n in range(1, count + 1)]
    return answer(
        claims=claims,
        citations=citations,
        language=chance.choice(LANGUAGES),
        voices={"speaking": 2, "of": 4, "names": [words(3) for _ in range(chance.randint(0, 20))]},
    )


def texts(message: Message) -> list[str]:
    """Return everything of a message that is read as Markdown."""
    return [message.text, *(part for embed in message.embeds for part in (embed.title, embed.text))]


def check(message: Message) -> None:
    """A message is within limits, balanced, and mentions nobody."""
    assert faults(message) == [], faults(message)
    for text in texts(message):
        assert text.count("```") % 2 == 0
        assert not MENTION.search(text), MENTION.search(text)
    assert not re.search(r"https?://", message.text), "an address outside an embed becomes a link with a picture"


def test_a_thousand_generated_answers_fit() -> None:
    """Every message of every answer, every page of quotes and every state on the way is within limits and does nothing."""
    for seed in range(GENERATED):
        made = invented(seed)
        locale = LANGUAGES[seed % len(LANGUAGES)]
        shown = answer_messages(made, locale=locale)
        for message in shown:
            check(message)
        everything = "\n".join("\n".join(texts(message)) for message in shown)
        assert all(f"**[{one['n']}]**" in everything for one in made["citations"])
        check(Progress(locale=locale, quotes=tuple(made["citations"])).message())
        if seed % 10 == 0:
            check(Progress(locale=locale, claims=tuple(made["claims"])).message())
            page = quotes_message(made, seed % 7, locale=locale)
            assert page is not None
            check(page)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=900), min_size=1, max_size=12), st.sampled_from(LANGUAGES))
def test_any_words_fit(words: list[str], locale: str) -> None:
    """Whatever the claims say."""
    claims = [claim(text, 1) for text in words]
    for message in answer_messages(answer(claims=claims), locale=locale):
        check(message)


def test_an_answer_is_one_message() -> None:
    """Statements with marks, counted voices, a box of sources with links, and the buttons."""
    (message,) = answer_messages(answer(), locale="en")
    assert message.text == (
        "Nora Vale said: “Invented words.” [1]\n\n-# 1 of 3 people in the corpus speaks to this: Nora Vale."
    )
    (box,) = message.embeds
    assert box.title == "Sources"
    assert box.text == ("**[1]** **Nora Vale**, interviewee · [Invented interview 1](https://example.test/1) · 2021-04-14")
    actions = [press.action for button in message.buttons if (press := parse(button.custom_id))]
    assert actions == [Action.QUOTES, Action.MORE, Action.UP, Action.DOWN]


def test_the_words_around_an_answer_are_in_the_locale() -> None:
    """Headings and buttons are in the reader's language, statements in that of the answer."""
    (message,) = answer_messages(answer(), locale="de")
    assert message.embeds[0].title == "Quellen"
    assert [button.label for button in message.buttons[:2]] == ["Zitate", "Mehr"]
    assert "people in the corpus" in message.text


def test_a_longer_answer_goes_into_a_box() -> None:
    """What is too long for a message and fits a box is still one message."""
    (message,) = answer_messages(answer(claims=[claim("word " * 300, 1), claim("more " * 300, 1)]), locale="en")
    assert not message.text
    assert [embed.title for embed in message.embeds] == ["", "Sources"]


def test_a_very_long_answer_is_several_messages() -> None:
    """The last one has sources and buttons; no mark is parted from its statement."""
    claims = [claim(f"{n} " + "word " * 190, n) for n in range(1, 9)]
    messages = answer_messages(answer(claims=claims, citations=[citation(n) for n in range(1, 9)]), locale="en")
    assert len(messages) > 2
    assert not any(message.buttons or message.embeds for message in messages[:-1])
    assert messages[-1].buttons
    assert not any(message.text.startswith("[") for message in messages)


def test_a_moment_of_a_video_is_linked() -> None:
    """The link leads to the second, and the time is named."""
    made = citation(url="https://www.youtube.com/watch?v=invented", time_start=754.2, speaker=None, role="unknown")
    (line,) = source_lines([made], "en")
    assert "https://www.youtube.com/watch?v=invented&t=754s" in line
    assert "at 12:34" in line
    assert "speaker not known" in line


def test_a_refusal_names_topics_and_offers_them() -> None:
    """Each topic is a line and a button; there is nothing to quote."""
    (message,) = answer_messages(refusal("Moving into @everyone data science", "PhDs"), locale="en")
    assert "- PhDs" in message.text
    assert "@everyone" not in message.text
    found = [parse(button.custom_id) for button in message.buttons]
    assert [(press.action, press.number) for press in found if press] == [
        (Action.TOPIC, 0),
        (Action.TOPIC, 1),
        (Action.UP, 0),
        (Action.DOWN, 0),
    ]


def test_without_more_there_is_no_such_button() -> None:
    """What More itself brings offers no more."""
    (message,) = answer_messages(answer(), locale="en", more=False)
    assert not any(":more:" in button.custom_id for button in message.buttons)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_progress_in_every_language(locale: str) -> None:
    """The place in line is told in every language."""
    assert "3" in Progress(locale=locale, position=3).message().text


def test_quotes_are_shown_as_they_stand() -> None:
    """The exact words, then each translation, marked with its language; the pages are turned."""
    made = answer(
        citations=[
            citation(1, also_in=[{"source_id": "invented-zh", "language": "zh", "quote": "虚构的话。"}]),
            citation(2, language="zh", quote="第二句。", translation_of="invented-9"),
        ]
    )
    first = quotes_message(made, 0, locale="en")
    assert first is not None
    assert "*original · English*\n> Invented words number 1.\n\n*translation · Chinese*\n> 虚构的话。" in first.embeds[0].text
    assert first.embeds[0].footer == "Page 1 of 2"
    assert [button.disabled for button in first.buttons] == [True, False]
    last = quotes_message(made, 99, locale="en")
    assert last is not None
    assert "translation · Chinese" in last.embeds[0].text
    assert [button.disabled for button in last.buttons] == [False, True]


def test_an_answer_without_quotes_has_no_pages() -> None:
    """A refusal has nothing to quote."""
    assert quotes_message(refusal(), 0, locale="en") is None


def test_custom_ids_carry_what_is_needed() -> None:
    """Ids are short, read back as they were written, and nobody else's are taken for ours."""
    (message,) = answer_messages(answer(), locale="en")
    for button in message.buttons:
        press = parse(button.custom_id)
        assert press is not None
        assert press.custom_id == button.custom_id
        assert press.key == "4f0c2a9be1d87c53"
        assert len(button.custom_id) <= limits.CUSTOM_ID
    for other in ("", "cb1:quotes", "cb1:unheard:ab:0", "cb1:quotes:XYZ:0", "other:quotes:ab:0"):
        assert parse(other) is None
