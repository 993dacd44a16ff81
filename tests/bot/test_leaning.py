"""Sentences that cannot be understood alone are known by how they open. The sentences are invented."""

from __future__ import annotations

import pytest

from bot.leaning import leans_back


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("It's a feeling that everybody else has read the manual.", "en"),
        ("So I asked the harbour master.", "en"),
        ("“This is why we sleep in shifts.”", "en"),
        ("这就是我们轮班睡觉的原因。", "zh"),
        ("Por eso dormimos por turnos.", "es"),
        ("Deshalb schlafen wir in Schichten.", "de"),
        ("Поэтому мы спим по очереди.", "ru"),
        ("だから交代で眠ります。", "ja"),
        ("इसलिए हम बारी-बारी से सोते हैं।", "hi"),
        ("لذلك ننام بالتناوب.", "ar"),
    ],
)
def test_what_points_back(sentence: str, language: str) -> None:
    """A pronoun or a conclusion needs the sentence before."""
    assert leans_back(sentence, language)


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("Italian sailors taught me knots.", "en"),
        ("Sonar is a patient teacher.", "en"),
        ("so in the end we mended the sonar", "en"),
        ("Kit Marsh mends radios.", "en"),
        ("我修收音机。", "zh"),
        ("It is a word in a language we do not know.", "eo"),
        ("", "en"),
    ],
)
def test_what_stands_alone(sentence: str, language: str) -> None:
    """Other words that begin alike, a stretch of captions, and languages without a list do not lean."""
    assert not leans_back(sentence, language)
