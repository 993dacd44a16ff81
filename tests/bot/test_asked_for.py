"""A question for an amount or a date is not answered by words without one, in any language."""

from __future__ import annotations

import pytest

from bot.asked_for import asks_who, is_absent, is_counted, is_unnamed
from bot.values import Wording


@pytest.mark.parametrize(
    "question",
    [
        "What salary does Kit Marsh earn?",
        "How old is Kit Marsh?",
        "How many cats has Kit Marsh?",
        "¿Cuántos años tiene Kit Marsh?",
        "Wie viele Katzen hat Kit Marsh?",
        "Combien de chats a Kit Marsh ?",
        "Quantos gatos tem Kit Marsh?",
        "Сколько кошек у Кит Марш?",
        "基特的年薪是多少？",
        "キットは何歳ですか？",
    ],
)
def test_an_amount_asked_for_and_not_told(question: str) -> None:
    """Friendly words about the same person tell no amount."""
    assert is_absent(question, ["Kit Marsh mends radios in a shed and likes it."])


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("How many cats has Kit Marsh?", "Kit Marsh keeps three cats."),
        ("How many cats has Kit Marsh?", "Kit Marsh keeps 3 cats."),
        ("What salary does Kit Marsh earn?", "They paid Kit Marsh 900 euros."),
        ("When did Kit Marsh begin?", "It was in 2011."),
        ("基特养了几只猫？几个？", "他养了三只猫。"),
    ],
)
def test_an_amount_that_is_told(question: str, text: str) -> None:
    """A number in words, digits or characters will do."""
    assert not is_absent(question, ["Nothing of the sort.", text])


def test_other_questions_ask_for_no_amount() -> None:
    """Where a reason or a way is asked for, any words may tell."""
    assert not is_absent("Why does Kit Marsh mend radios?", ["Kit Marsh likes it."])
    assert not is_absent("How do I become a radio engineer?", [])
    assert not is_absent("What salary should I ask for in my first job?", ["Ask for what friends in the trade say."])


@pytest.mark.parametrize(
    ("question", "text", "counted"),
    [
        ("How many stage lamps has Kit Marsh mended?", "so i was mending more than 70 lamps that winter", True),
        ("How many stage lamps has Kit Marsh mended?", "Kit Marsh mended forty old lamps.", True),
        ("How many stage lamps has Kit Marsh mended?", "In 2011 Kit Marsh moved; the lamps came later.", False),
        ("How many stage lamps has Kit Marsh mended?", "Kit Marsh has three cats and mended lamps.", False),
        ("Why did Kit Marsh mend lamps?", "Kit Marsh mended 70 lamps.", False),
    ],
)
def test_a_text_that_counts_what_was_asked_about(question: str, text: str, counted: bool) -> None:
    """A number stands right before the thing that the question names, and the question is for an amount."""
    assert is_counted(Wording(language="en", alone=question, search_text=question), text) is counted


@pytest.mark.parametrize(
    "question",
    [
        "How do I negotiate my salary?",
        "Should I tell a recruiter my current salary?",
        "What is the best way to ask for a higher salary?",
        "Wie verhandle ich mein Gehalt?",
        "¿Cómo negocio mi salario?",
        "怎么谈工资？",
    ],
)
def test_who_speaks_of_a_salary_need_not_ask_for_its_amount(question: str) -> None:
    """Advice about pay is an answer without a figure."""
    assert not is_absent(question, ["Kit Marsh never names a number first."])


def test_an_age_is_not_any_number() -> None:
    """Hours and prices do not tell how old somebody is; a year of birth does."""
    assert is_absent("How old is Kit Marsh?", ["Kit Marsh mended radios for 20 hours and 3 euros."])
    assert not is_absent("How old is Kit Marsh?", ["Kit Marsh was born in 1980."])
    assert is_absent("Quel âge a Kit Marsh ?", ["Kit Marsh travaille 20 heures."])


@pytest.mark.parametrize(
    ("question", "unnamed"),
    [
        ("Which certificate should a radio engineer get?", True),
        ("At which university did Kit Marsh study?", True),
        ("Which big foreign companies hire radio engineers?", True),
        ("How many kites does Kit Marsh own?", True),
        ("Which radios did Kit Marsh mend?", False),
        ("What kind of shed does Kit Marsh use?", False),
        ("What advice does Kit Marsh give?", False),
        ("Which of them mend radios?", False),
        ("What happens if a radio breaks?", False),
        ("Why does Kit Marsh mend radios?", False),
    ],
)
def test_a_thing_to_be_named_that_nothing_speaks_of(question: str, unnamed: bool) -> None:
    """The noun after "which" is looked for; words that texts seldom say about themselves are not."""
    wording = Wording(language="en", alone=question, search_text=question)
    assert is_unnamed(wording, ["Kit Marsh mends a radio in a shed and likes it.", "Nothing of the sort."]) is unnamed


def test_only_english_questions_tell_what_is_to_be_named() -> None:
    """Elsewhere no mark of the noun can be relied on."""
    question = "¿Qué certificado necesito?"
    assert not is_unnamed(Wording(language="es", alone=question, search_text=question), ["Nada."])


@pytest.mark.parametrize(
    "question",
    [
        "Who is Kit Marsh?",
        "who founded the radio shed?",
        "Who's Kit Marsh?",
        "¿Quién es Kit Marsh?",
        "Wer ist Kit Marsh?",
        "Qui est Kit Marsh ?",
        "Quem é Kit Marsh?",
        "Кто такая Кит Марш?",
        "基特·马什是谁？",
        "キット・マーシュは誰ですか？",
        "किट मार्श कौन हैं?",
        "من هي كيت مارش؟",
    ],
)
def test_a_question_who_somebody_is(question: str) -> None:
    """It is answered by what introduces a person."""
    assert asks_who(question)


@pytest.mark.parametrize(
    "question", ["Who should I ask for advice?", "What does Kit Marsh earn?", "¿Cómo empezó?", "我该怎么做？"]
)
def test_other_questions_do_not_ask_who_somebody_is(question: str) -> None:
    """Whom to ask is a question for advice."""
    assert not asks_who(question)
