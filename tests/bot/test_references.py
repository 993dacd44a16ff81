"""How questions lean on the ones before, language by language."""

from __future__ import annotations

import tomllib

import pytest

from bot.references import Leaning, read
from bot.resources import data_file
from bot.strings import LANGUAGES


@pytest.mark.parametrize(
    ("question", "pronoun"),
    [
        ("where does he work?", "man"),
        ("and her sewing machine?", "woman"),
        ("what do they recommend?", "people"),
        ("Do engineers regret the choices their managers made?", None),
        ("The theory of it?", None),
        ("Ask Sheila about this", None),
    ],
)
def test_pronouns_are_whole_words_with_nothing_before_them_to_stand_for(question: str, pronoun: str | None) -> None:
    """The word "the" holds "he"; "they" after two nouns stands for one of them."""
    assert read(question, "en").pronoun == pronoun


@pytest.mark.parametrize(
    ("question", "language", "pronoun"),
    [
        ("那他做什么？", "zh", "man"),
        ("其他公司呢？", "zh", None),
        ("他们推荐什么？", "zh", "people"),
        ("Faut-il un diplôme ?", "fr", None),
        ("où travaille-t-il ?", "fr", "man"),
        ("उसका दूसरा कंप्यूटर?", "hi", "people"),
        ("ماذا عن حاسوبها؟", "ar", "woman"),
        ("彼女は何を使いますか", "ja", "woman"),
    ],
)
def test_pronouns_of_other_languages(question: str, language: str, pronoun: str | None) -> None:
    """Inside other words and in set phrases they are no pronouns."""
    assert read(question, language).pronoun == pronoun


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("why?", "en"),
        ("what about a PhD?", "en"),
        ("and in Berlin?", "en"),
        ("那硕士呢？", "zh"),
        ("¿y un máster?", "es"),
        ("なぜですか？", "ja"),
    ],
)
def test_a_question_that_says_only_what_changes(question: str, language: str) -> None:
    """It has no question word of its own, or is nothing but one."""
    assert read(question, language).slot


def test_who_else_asks_for_somebody_else() -> None:
    """Such a question is not about the person quoted."""
    assert read("who else thinks so?", "en").others


def test_a_whole_question_leans_on_nothing() -> None:
    """About the asker, with its own words."""
    assert read("How long do I have to study mathematics before applying?", "en") == Leaning(
        pronoun=None, thing=False, slot=False, others=False, opens=False, own=True, short=False, silent=False
    )


def test_every_language_has_every_list() -> None:
    """The same lists, folded words without punctuation."""
    data = tomllib.loads(data_file("references.toml").read_text(encoding="utf-8"))
    assert set(data) == set(LANGUAGES)
    assert len({frozenset(table) for table in data.values()}) == 1
    phrases = [phrase for table in data.values() for value in table.values() if isinstance(value, list) for phrase in value]
    assert not [phrase for phrase in phrases if phrase != phrase.lower() or "'" in phrase or "?" in phrase]
