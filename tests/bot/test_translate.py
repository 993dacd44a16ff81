"""A question is put into English for the search alone, only where it helps and can be trusted. The sentences are invented."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from invented_corpus import BilingualEmbedder
from invented_values import question
from scripted import ScriptedModel

from bot.errors import ModelError
from bot.llm import Cancellation
from bot.people import mentioned_by
from bot.retrieve import retrieve
from bot.translate import LONGEST_TO_TRANSLATE, with_pivot
from bot.values import Wording

if TYPE_CHECKING:
    from bot.values import Question
    from ingest.index.reader import Index

SPANISH = "¿Necesito un doctorado para construir 3 robots?"


def asked(text: str = SPANISH, language: str = "es") -> Question:
    """Return an understood question in another language than English."""
    return question(text, language=language, asked_in=language)


def pivot(text: str, *languages: str, reply: str | Exception, asked_in: str = "es") -> Question:
    """Have a scripted model translate `text` for a corpus in `languages`."""
    return with_pivot(asked(text, asked_in), languages, ScriptedModel([reply]), Cancellation())


def test_a_translation_becomes_a_second_wording() -> None:
    """English texts are held against the translation, texts in the asker's language against the asker's words."""
    found = pivot(SPANISH, "en", "es", reply="Do I need a PhD to build 3 robots?")
    assert found.worded("en").alone == "Do I need a PhD to build 3 robots?"
    assert found.worded("es").alone == found.worded("es").search_text == SPANISH
    assert found.speaks("en")
    assert found.speaks("es")


def test_the_translation_is_searched_for_with_its_acronyms_written_out() -> None:
    """What holds for an English question holds for the wording in English."""
    assert "computer vision" in pivot("¿Cómo entro en CV?", "en", reply="How do I get into CV?").worded("en").search_text


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "  \n",
        "Do I need a PhD to build 4 robots?",
        "¿Necesito un doctorado para construir 3 robots en casa?",
        "3 " + "I need a very long question " * 40,
        ModelError("the server is gone"),
    ],
)
def test_what_cannot_be_trusted_is_not_used(reply: str | Exception) -> None:
    """Nothing, another number, another language, a novel or an error leave the question as it was asked."""
    assert pivot(SPANISH, "en", reply=reply) == asked()


@pytest.mark.parametrize(
    ("text", "asked_in", "languages"),
    [
        ("Do I need a PhD?", "en", ("en", "zh")),
        (SPANISH, "es", ("es", "zh")),
        ("¿" + "muy " * (LONGEST_TO_TRANSLATE // 4) + "largo?", "es", ("en",)),
    ],
)
def test_no_model_is_asked_without_need(text: str, asked_in: str, languages: tuple[str, ...]) -> None:
    """A question in English, a corpus without English and a pasted page are searched for as they are."""
    model = ScriptedModel()
    assert with_pivot(asked(text, asked_in), languages, model, Cancellation()) == asked(text, asked_in)
    assert not model.prompts


def test_without_a_pivot_there_is_one_wording() -> None:
    """Texts in other languages are then held against the asker's own words, by meaning alone."""
    assert asked().worded("en").alone == SPANISH
    assert not asked().speaks("en")


def test_words_of_the_translation_are_searched_for(index: Index) -> None:
    """A passage in English shares words with the translation, though none with the question."""
    plain = asked("¿Qué perdió el dron de vela?")
    english = Wording(language="en", alone="battery cover lake", search_text="battery cover lake")
    found = retrieve(replace(plain, pivot=english), index, BilingualEmbedder(), mentioned_by(plain, index))
    assert "battery cover" in index.document(found.candidates[0].stored.passage.source_id).text
    assert found.candidates[0].lexical > 0
    without = retrieve(plain, index, BilingualEmbedder(), mentioned_by(plain, index))
    assert all(candidate.lexical == 0 for candidate in without.candidates)


def test_a_person_is_known_by_the_name_in_the_translation(index: Index) -> None:
    """A name in another script is found where the model spells it as the corpus does."""
    plain = asked("托韦·伦德怎么找导师？", "zh")
    worded = replace(plain, pivot=Wording(language="en", alone="How does Tove Lund find mentors?", search_text="mentors"))
    assert mentioned_by(plain, index).people == ()
    assert mentioned_by(worded, index).people == ("Tove Lund",)


def test_a_guessed_name_counts_against_an_answer_and_is_told_to_nobody(index: Index) -> None:
    """How a model spells a stranger may be wrong."""
    plain = asked("维尔玛·奎斯特说了什么？", "zh")
    worded = replace(plain, pivot=Wording(language="en", alone="What did Wilma Quist say?", search_text="Wilma Quist"))
    found = mentioned_by(worded, index)
    assert found.unknown == ("Wilma Quist",)
    assert found.unknown_person is None
