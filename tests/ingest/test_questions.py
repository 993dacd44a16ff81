"""Questions are told from statements with and without punctuation. All texts here are invented."""

from __future__ import annotations

import pytest

from ingest.questions import addresses, asked, ends_asking, hosts, is_question


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What do you keep on your desk?", "en"),
        ("(Is that so?)", "en"),
        ("Tell us about your first workshop.", "en"),
        ("How did you get into carpentry", "en"),
        ("你平时用什么工具？", "zh"),
        ("请介绍一下你自己", "zh"),
        ("¿Qué herramientas usas?", "es"),
        ("¿Y después", "es"),
        ("Расскажите, как вы начинали", "ru"),
        ("どんな道具を使っていますか", "ja"),
        ("هل تحب عملك؟", "ar"),
        ("आप क्या करते हैं", "hi"),
        ("Erzählen Sie von Ihrer Werkstatt", "de"),
        ("Parlez-nous de votre atelier", "fr"),
        ("Como você começou na carpintaria", "pt"),
    ],
)
def test_questions(text: str, language: str) -> None:
    """A mark or an interrogative to a second person makes a question."""
    assert is_question(text, language)


@pytest.mark.parametrize(
    "text",
    [
        "How to mend a chair",
        "Why chairs break",
        "My first year",
        "What I learned in the shop",
        "Summary",
        "I asked you for a saw.",
    ],
)
def test_headings_that_tell(text: str) -> None:
    """A heading that begins like a question but speaks to nobody tells something."""
    assert not is_question(text, "en")


def test_an_unknown_language_has_only_marks() -> None:
    """Without a list for a language the mark alone decides."""
    assert is_question("Mitä kuuluu?", "fi")
    assert not is_question("Mitä kuuluu", "fi")


def test_marks_inside_do_not_make_a_question() -> None:
    """Only the end of a text counts."""
    assert not ends_asking("Ready? Then off we go.")
    assert ends_asking("are you ready?!”")
    assert addresses("what about you")
    assert not addresses("what about her")


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("right and how long did it take you to finish the first boat", "so when i began it was winter"),
        ("now i'm curious why do you believe you managed to sell it", "oh in this sense it was luck"),
        ("do you think that was good for the shop", "not really i lost money"),
        ("could you maybe explain what the workshop was like in those days", "yeah it was a small barn"),
        ("so if someone was getting started with boats today how should they begin doing that", "i would start with a canoe"),
        ("what was your first tool and your first bench at that time", "my father gave me a plane"),
        ("so you said the harbour was closing back in june", "yeah definitely it closed"),
    ],
)
def test_host_questions_in_speech(question: str, answer: str) -> None:
    """A host's unpunctuated question is found from its first word to the first word of the answer."""
    before = "we painted the hull in the evening and slept "
    text = f"{before}{question} {answer}"
    (found,) = asked(text)
    assert found.opener.start == len(before)
    assert found.answered == len(f"{before}{question} ")


def test_a_question_without_recognised_answer_ends_with_its_opener() -> None:
    """Where no answer is recognised, nothing after the opener is claimed to be part of the question."""
    (found,) = asked("could you maybe talk about the harbour wall stones tides boats nets ropes")
    assert found.answered is None


def test_telling_speech_holds_no_question() -> None:
    """An answer that speaks of "you" in general is not a question."""
    assert asked("you need to plane the wood and then you sand it until you see no marks") == ()


def test_hosts_greetings() -> None:
    """Welcomes and thanks are a host's, ordinary statements are not."""
    assert hosts("hello and welcome to the wooden boat podcast")
    assert hosts("I'm your host Ada Bell")
    assert not hosts("I built the boat with my host family")
