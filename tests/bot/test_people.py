"""Whom a question names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.people import find_mentions, name_phrases

if TYPE_CHECKING:
    from ingest.index.reader import Index


@pytest.mark.parametrize(
    "asked",
    ["What does Nora use?", "what does nora use?", "What did Nora Vale study?", "Ms Vale's first job?", "诺拉使用什么硬件？"],
)
def test_names_of_the_corpus_are_found(asked: str, index: Index) -> None:
    """First name, full name, last name and a Chinese alias lead to the person and to both languages of the interview."""
    mentioned = find_mentions(asked, index)
    assert mentioned.people == ("Nora Vale",)
    assert mentioned.source_ids == {"nora-vale", "nora-vale-zh"}
    assert mentioned.unknown_person is None


@pytest.mark.parametrize("asked", ["What does Mary Poppins earn?", "What would Ludwig van Beethoven say?"])
def test_a_person_nobody_knows(asked: str, index: Index) -> None:
    """Two capitalised words that the corpus does not hold read like a person it does not know."""
    unknown = find_mentions(asked, index).unknown_person
    assert unknown is not None
    assert unknown in asked


def test_one_unknown_name_is_no_person(index: Index) -> None:
    """A single unknown name may be a thing: it counts against an answer but is not called a person."""
    mentioned = find_mentions("Is it worth learning Haskell?", index)
    assert mentioned.unknown == ("Haskell",)
    assert mentioned.unknown_person is None


@pytest.mark.parametrize(
    "asked",
    [
        "Knitting?",
        "Should I learn Python?",
        "What hardware do you use?",
        "How do beginners start?",
        "¿Qué estudio?",
        "",
        "你好",
    ],
)
def test_the_start_of_a_sentence_is_no_name(asked: str, index: Index) -> None:
    """A capital letter that only begins a sentence does not make a name."""
    assert find_mentions(asked, index).unknown == ()


def test_an_interviewer_is_known(index: Index) -> None:
    """Interviewers are people of the corpus too: their name is not unknown."""
    assert find_mentions("What did Piet Osk ask?", index).unknown == ()


def test_the_pronoun_i_is_no_part_of_a_name() -> None:
    """A capital that English always writes ends no name and makes none."""
    assert list(name_phrases("What if I can't get funding for the PhD I want at Tin Works?")) == ["PhD", "Tin Works"]
    assert list(name_phrases("Should I leave Tin Works if I'm bored?")) == ["Tin Works"]
