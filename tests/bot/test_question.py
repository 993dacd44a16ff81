"""Understanding what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented_values import citation, turn

from bot.errors import QuestionError
from bot.llm import Cancellation
from bot.question import LONGEST_QUESTION, understand
from bot.strings import LANGUAGES

if TYPE_CHECKING:
    from bot.values import Question, Turn


def ask(text: str, *, language: str | None = None, history: tuple[Turn, ...] = ()) -> Question:
    """Understand without a model."""
    return understand(text, language=language, history=history, model=None, cancellation=Cancellation())


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "?!", "\u200b\u202e", "\x00\x07"])
def test_nothing_was_asked(text: str) -> None:
    """A question without a letter or digit is refused with an example."""
    with pytest.raises(QuestionError, match="how do I get into CV"):
        ask(text)


def test_too_long() -> None:
    """A pasted document is not a question; the message says how long is allowed."""
    assert ask("a" * LONGEST_QUESTION).text
    with pytest.raises(QuestionError, match=str(LONGEST_QUESTION)):
        ask("a" * (LONGEST_QUESTION + 1))


def test_a_language_the_bot_does_not_speak() -> None:
    """The message lists the languages to choose from."""
    with pytest.raises(QuestionError, match="en, zh"):
        ask("How?", language="tlh")


def test_the_answer_is_in_the_language_of_the_question_unless_told() -> None:
    """Language detected, or as chosen; what it is asked in stays known."""
    chinese = ask("你在家里使用什么硬件？")
    assert (chinese.language, chinese.asked_in) == ("zh", "zh")
    told = ask("你在家里使用什么硬件？", language="es")
    assert (told.language, told.asked_in) == ("es", "zh")


def test_invisible_characters_go() -> None:
    """Control and bidi characters are dropped, white space is one blank."""
    assert ask("how\x00 do\u202e I\n\tlearn\u200b  Python?").text == "how do I learn Python?"


def test_acronyms_are_for_the_search_only() -> None:
    """The words shown and judged by stay the asker's."""
    asked = ask("how do I get into CV?")
    assert "computer vision" in asked.search_text
    assert asked.text == asked.alone == "how do I get into CV?"


def test_a_follow_up_is_completed() -> None:
    """What a pronoun refers to is filled in for the search, not in the words shown."""
    asked = ask("and what did he build then?", history=(turn("How did Kit begin?", [citation()]),))
    assert asked.text == "and what did he build then?"
    assert "Kit Marsh" in asked.alone
    assert "Kit Marsh" in asked.search_text


def test_thanks_in_between_change_nothing() -> None:
    """A follow-up speaks of what was asked, not of a courtesy that came after it."""
    before = turn("What did Kit build at school?", [citation()])
    plain = ask("and at home?", history=(before,))
    assert "build" in plain.alone
    assert ask("and at home?", history=(before, turn("Thank you!", []))).alone == plain.alone
    assert ask("and at home?", history=(turn("Hello", []),)).alone == "and at home?"


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
@settings(deadline=None)
def test_any_text_is_understood_or_refused(text: str) -> None:
    """Nothing typed raises anything but `QuestionError`; what is understood is printable and in a language the bot speaks."""
    try:
        asked = ask(text)
    except QuestionError:
        return
    assert asked.language in LANGUAGES
    assert "\n" not in asked.text
