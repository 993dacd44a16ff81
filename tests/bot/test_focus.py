"""Whom a pronoun means. The people are invented."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from invented_values import citation, source, turn

from bot.focus import Group, fits, meant, named_in
from ingest.values import Person, Role

if TYPE_CHECKING:
    from bot.references import Pronoun
    from bot.values import Turn

ANNA, PAUL, IRO = "Anna Quill", "Paul Reed", "Irollo Tand"


def told(asked: str, *names: str) -> Turn:
    """Return a turn whose answer cites these people."""
    cited = [
        citation(
            source(people=(Person(name=name, role=Role.INTERVIEWEE, aliases=("安娜",) if name == ANNA else ()),)), speaker=name
        )
        for name in names
    ]
    return turn(asked, cited)


def test_whom_the_user_named_comes_before_whom_the_answer_cited() -> None:
    """The first citation may be somebody else's."""
    history = (told("What did Paul say about lathes?", IRO, PAUL),)
    assert meant(history, "man") == Group(names=(PAUL,), named=True)


@pytest.mark.parametrize(("pronoun", "name"), [("woman", ANNA), ("man", PAUL), ("people", PAUL)])
def test_the_pronoun_chooses_among_those_named(pronoun: Pronoun, name: str) -> None:
    """Anna is "she" although Paul was named after her; "they" is whoever was named last."""
    group = meant((told("What did Anna build?", ANNA), told("and Paul?", PAUL)), pronoun)
    assert group is not None
    assert group.names == (name,)


def test_an_uncommon_name_fits_every_pronoun() -> None:
    """What a name does not tell is not guessed."""
    assert fits(IRO, "man")
    assert fits(IRO, "woman")
    assert not fits(ANNA, "man")


def test_a_person_is_two_turns_back() -> None:
    """Where the last turn was a follow-up itself, its person is meant, whoever its answer cited first."""
    history = (told("What hardware does Anna use?", ANNA), told("and what software?", PAUL))
    assert meant(history, None) == Group(names=(ANNA,), named=True)
    assert meant(history, "people") == Group(names=(ANNA,), named=True)


def test_they_are_all_who_were_cited() -> None:
    """Of a question that names nobody the answer's people are meant: one for "he", all for "they"."""
    history = (told("How do I learn carpentry?", ANNA, PAUL, IRO),)
    assert meant(history, "people") == Group(names=(ANNA, PAUL, IRO), named=False)
    assert meant(history, "man") == Group(names=(PAUL,), named=False)
    assert meant(history, None) is None


def test_a_pronoun_that_fits_nobody_means_the_likeliest() -> None:
    """A name may go the other way for this person."""
    assert meant((told("What did Anna build?", ANNA),), "man") == Group(names=(ANNA,), named=True)
    assert meant((), "man") is None


def test_names_are_known_from_answers_and_from_their_form() -> None:
    """By an alias in another script, which is kept, by a given name, by two capitals; the last only where a guess will do."""
    history = (told("?", ANNA),)
    assert named_in("安娜怎么说？", history) == ("安娜",)
    assert named_in("How did Anna become a Lathe Grandmaster?", history) == (ANNA,)
    assert named_in("and what about Gary?", history, certain=True) == ("Gary",)
    assert named_in("What did Zorbo Klint say?", history) == ("Zorbo Klint",)
    assert named_in("and in San Francisco?", history, certain=True) == ()


def test_a_name_in_another_script_is_whom_the_answer_cited() -> None:
    """The corpus writes the name in Latin letters; the answer is the best guess at whom it means."""
    assert meant((told("Что говорит Павел Рид?", PAUL, ANNA),), "man") == Group(names=(PAUL,), named=True)
