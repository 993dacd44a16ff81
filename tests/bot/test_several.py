"""Questions that want to hear several people are known in every language. The questions are invented."""

from __future__ import annotations

import pytest

from bot.several import asks_for_several
from bot.strings import LANGUAGES

SEVERAL = {
    "en": ("Who recommends naps, and why?", "What do the interviewees say about sleep?", "Do people agree?"),
    "zh": ("谁推荐修收音机？", "大家怎么看午睡？", "受访者对学习有什么看法？"),
    "es": ("¿Quién recomienda dormir la siesta?", "¿Qué dicen sobre la siesta?"),
    "de": ("Wer empfiehlt einen Mittagsschlaf?", "Was sagen sie zum Mittagsschlaf?"),
    "fr": ("Qui recommande la sieste ?", "Que disent les invités de la sieste ?"),
    "pt": ("Quem recomenda a sesta?", "O que dizem sobre a sesta?"),
    "ru": ("Кто советует спать днём?", "Что говорят о дневном сне?"),
    "ja": ("誰が昼寝を勧めていますか？", "みんなは昼寝についてどう言っていますか？"),
    "hi": ("झपकी लेने की सलाह कौन देता है? कौन सलाह देता है?", "लोग झपकी के बारे में क्या कहते हैं?"),
    "ar": ("من ينصح بالقيلولة؟", "ماذا يقول الناس عن القيلولة؟"),
}
ONE = ("How did Kit Marsh begin?", "Why did he mend radios?", "Do I need a degree?", "基特为什么修收音机？", "Wie fing es an?")


@pytest.mark.parametrize(("language", "question"), [(code, text) for code, texts in SEVERAL.items() for text in texts])
def test_a_question_for_several(language: str, question: str) -> None:
    """Who recommends, what do people say, do they agree."""
    assert asks_for_several(question, language)


@pytest.mark.parametrize("question", ONE)
def test_a_question_for_one(question: str) -> None:
    """A question about a person or a thing hears whoever answers it best."""
    assert not any(asks_for_several(question, language) for language in LANGUAGES)


def test_every_language_has_its_patterns() -> None:
    """No language that questions come in is left out."""
    assert set(SEVERAL) == set(LANGUAGES)
