"""Questions that want advice find the sentences that give some."""

from __future__ import annotations

import pytest

from bot import strings
from bot.advice import asks_for_advice, gives_advice

ASKS = [
    ("en", "How do I get into computer vision?", True),
    ("en", "Should I learn SQL first?", True),
    ("en", "What hardware should I buy?", True),
    ("en", "What did Nora Vale study?", False),
    ("en", "When did he move to Berlin?", False),
    ("zh", "我该如何进入计算机视觉领域？", True),
    ("zh", "他在哪里上大学？", False),
    ("es", "¿Cómo puedo superar el síndrome del impostor?", True),
    ("es", "¿Dónde estudió Nora Vale?", False),
    ("de", "Wie finde ich eine Stelle?", True),
    ("de", "Wo hat Nora Vale studiert?", False),
    ("fr", "Comment trouver un premier emploi ?", True),
    ("pt", "Vale a pena fazer mestrado?", True),
    ("ru", "Стоит ли идти в аспирантуру?", True),
    ("ja", "どうすれば研究者になれますか？", True),
    ("hi", "मुझे क्या सीखना चाहिए?", True),
    ("ar", "كيف يمكنني أن أبدأ؟", True),
]
GIVES = [
    ("en", "Don’t hesitate to invest in tools.", True),
    ("en", "Tip: ensure that the lamp has a spare bulb.", True),
    ("en", "- Start with one small robot.", True),
    ("en", "Vale recommends a notebook for every project.", True),
    ("en", "and you should just try it out on a weekend", True),
    ("en", "I moved to Oslo in 2011 and worked in a bakery.", False),
    ("en", "The lamp has been on my desk for years.", False),
    ("zh", "韦尔建议每天练习。", True),
    ("zh", "我在奥斯陆工作了三年。", False),
    ("es", "Vale recomienda practicar a diario.", True),
    ("de", "Vale rät, jeden Tag zu üben.", True),
    ("fr", "Vale conseille de pratiquer chaque jour.", True),
    ("pt", "Vale recomenda praticar todos os dias.", True),
    ("ru", "Вейл советует заниматься каждый день.", True),
    ("ja", "ヴェイルは毎日の練習を勧めています。", True),
    ("hi", "वेल रोज़ अभ्यास की सलाह देती हैं।", True),
    ("ar", "تنصح فيل بالتدرب كل يوم ويجب البدء مبكرًا.", True),
]


@pytest.mark.parametrize(("language", "question", "asks"), ASKS)
def test_what_asks_for_advice(language: str, question: str, asks: bool) -> None:
    """What to do is asked otherwise than what somebody did."""
    assert asks_for_advice(question, language) is asks


@pytest.mark.parametrize(("language", "sentence", "gives"), GIVES)
def test_what_gives_advice(language: str, sentence: str, gives: bool) -> None:
    """Imperatives, recommendations and reports of them, as spoken, written and summed up."""
    assert gives_advice(sentence, language) is gives


def test_every_language_has_its_patterns() -> None:
    """Each language the bot speaks is in the cases above, both ways of it."""
    assert {case[0] for case in ASKS} == {case[0] for case in GIVES} == set(strings.LANGUAGES)
