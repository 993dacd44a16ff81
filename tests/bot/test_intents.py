"""Some questions imply what else to look for."""

from __future__ import annotations

import pytest

from bot.intents import implied
from bot.strings import LANGUAGES


@pytest.mark.parametrize(
    ("asked", "language", "word"),
    [
        ("how do I get into CV?", "en", "entry point"),
        ("How to BREAK INTO data?", "en", "first job"),
        ("我该如何进入计算机视觉领域？", "zh", "建议"),
        ("¿Cómo puedo entrar en este campo?", "es", "recomendaciones"),
        ("Wie gelingt der Einstieg?", "de", "Empfehlungen"),
    ],
)
def test_a_beginners_question_looks_for_first_steps(asked: str, language: str, word: str) -> None:
    """Who asks how to get in also wants recommendations, first steps and first jobs."""
    assert any(word in added for added in implied(asked, language))


@pytest.mark.parametrize("asked", ["Is the math hard?", "What hardware do you use?", ""])
def test_other_questions_imply_nothing(asked: str) -> None:
    """A question that is not a beginner's stays as it is."""
    assert not list(implied(asked, "en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_served(language: str) -> None:
    """A language of the bot may have no question that matches, but never fails."""
    assert not list(implied("?", language))
