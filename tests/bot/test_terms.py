"""Which words of a question carry its topic."""

from __future__ import annotations

from bot.terms import content_terms, is_function_word


def test_function_words_are_left_out() -> None:
    """Only the topic is left of a question, each term once."""
    assert content_terms("How do I learn Python, and how do I learn it?", "en") == ["learn", "python"]


def test_a_question_of_function_words_keeps_them() -> None:
    """Where nothing else is left, function words are better than nothing."""
    assert content_terms("what do you do?", "en") == ["what", "do", "you"]


def test_languages_have_their_own() -> None:
    """Function words are those of the question's language, and English ones."""
    assert "硬件" in content_terms("你在家里使用什么硬件？", "zh")
    assert is_function_word("the", "en")
    assert not is_function_word("the", "xx")
    assert "wie" not in content_terms("Wie lerne ich Python?", "de")
