"""Greetings, thanks and questions about the bot are answered as such, in the language they are said in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot import strings
from bot.answer import Asked, Services, answer
from bot.courtesy import Kind, courtesy
from bot.events import Refused, Searching

if TYPE_CHECKING:
    from bot.values import Answer

SAID = [
    ("Hello!", Kind.GREETING, "en"),
    ("hi there 👋", Kind.GREETING, "en"),
    ("HELLO BOT", Kind.GREETING, "en"),
    ("What's up?", Kind.GREETING, "en"),
    ("Thanks a lot!!! 🙏", Kind.THANKS, "en"),
    ("are you a real person?", Kind.ABOUT, "en"),
    ("help", Kind.ABOUT, "en"),
    ("bye", Kind.FAREWELL, "en"),
    ("你好！", Kind.GREETING, "zh"),
    ("大家好", None, ""),
    ("谢谢你", Kind.THANKS, "zh"),
    ("你是机器人吗？", Kind.ABOUT, "zh"),
    ("¡Hola a todos!", Kind.GREETING, "es"),
    ("¿Qué puedes hacer?", Kind.ABOUT, "es"),
    ("Vielen Dank!", Kind.THANKS, "de"),
    ("Qu’est-ce que c’est ?", None, ""),
    ("C’est quoi ?", Kind.ABOUT, "fr"),
    ("Obrigada!", Kind.THANKS, "pt"),
    ("Кто ты?", Kind.ABOUT, "ru"),
    ("ありがとうございます。", Kind.THANKS, "ja"),
    ("आप कौन हैं?", Kind.ABOUT, "hi"),
    ("هل أنت روبوت؟", Kind.ABOUT, "ar"),
]
QUESTIONS = [
    "Hello, how do I get into CV?",
    "thanks, and what about a PhD?",
    "who is Nora Vale?",
    "what can you do with a physics degree?",
    "help me find a job",
    "are you a real person who codes?",
    "how do you work with a mentor?",
    "你好，我该如何进入计算机视觉领域？",
    "good morning routines of engineers",
    "",
    "👋",
]


@pytest.mark.parametrize(("message", "kind", "language"), [case for case in SAID if case[1]])
def test_what_is_said_out_of_courtesy(message: str, kind: Kind, language: str) -> None:
    """Case, punctuation, emoji and who is addressed do not matter."""
    said = courtesy(message)
    assert said is not None
    assert (said.kind, said.language) == (kind, language)


@pytest.mark.parametrize("message", [*QUESTIONS, *(case[0] for case in SAID if not case[1])])
def test_a_question_is_no_courtesy(message: str) -> None:
    """A phrase counts only if nothing else is said."""
    assert courtesy(message) is None


def said_to(services: Services, message: str, language: str | None = None) -> Answer:
    """Return what is answered without a language model: courtesies need none."""
    first, last = list(answer(Asked(text=message, language=language), replace(services, model=None)))
    assert isinstance(first, Searching)
    assert isinstance(last, Refused)
    return last.answer


@pytest.mark.parametrize("language", strings.LANGUAGES)
def test_every_language_greets_and_invites(language: str, services: Services) -> None:
    """A greeting is answered with what the corpus can be asked, in the language asked for."""
    told = said_to(services, "hello", language)
    assert told.language == language
    first, heading, *topics = told.text.splitlines()
    assert first == strings.text("courtesy.greeting", language)
    assert heading == strings.text("courtesy.invite", language)
    assert len(topics) == len(told.nearest_topics) > 0
    assert strings.text("courtesy.sample", language) not in told.text


def test_the_language_is_that_of_the_greeting(services: Services) -> None:
    """One word says too little to detect a language by its letters."""
    assert said_to(services, "Hola").text.startswith(strings.text("courtesy.greeting", "es"))
    assert said_to(services, "谢谢").text == strings.text("courtesy.thanks", "zh")


def test_thanks_are_taken_without_a_word_from_the_interviews(services: Services) -> None:
    """Neither quotes nor topics stand beside "you are welcome"."""
    told = said_to(services, "Thanks!")
    assert told.text == strings.text("courtesy.thanks", "en")
    assert not told.citations
    assert not told.claims
    assert not told.nearest_topics
