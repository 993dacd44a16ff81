"""Whom a conversation is about: whom a pronoun in the next question means, and whom it may leave unsaid.

Whom the user named last comes before whom an answer cited; a name that goes by the other pronoun is passed over. Where the
last turn was itself a follow-up, its person is looked for further back.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from bot.people import name_phrases
from bot.references import read
from bot.resources import data_file
from bot.strings import LANGUAGES
from bot.terms import is_function_word
from ingest import lexical
from ingest.language import detect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.references import Pronoun
    from bot.values import Turn
    from ingest.values import Person

MOST_CITED = 3
"""People of an answer whom "they" can mean."""
_SHORTEST_NAME = 3
_LATIN = re.compile("[A-Za-zÀ-ÿ]")
_SPEAKING = frozenset({"interviewee", "author"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """People a pronoun can mean, those of one turn."""

    names: tuple[str, ...]
    named: bool
    """Whether the user named them; otherwise an answer cited them."""


def meant(history: Sequence[Turn], pronoun: Pronoun | None) -> Group | None:
    """Return whom `pronoun` means after `history`; for none, whom the user asked about last."""
    groups = list(_groups(history))
    if pronoun is None:
        return groups[0] if groups and groups[0].named else None
    for group in groups:
        fitting = tuple(name for name in group.names if fits(name, pronoun))
        if fitting:
            return _cut(Group(names=fitting, named=group.named), pronoun)
    return _cut(groups[0], pronoun) if groups else None


def named_in(question: str, history: Sequence[Turn], *, certain: bool = False) -> tuple[str, ...]:
    """Return whom `question` names: people of the answers, common given names, and what reads like a full name.

    Args:
        question: the words as asked.
        history: the turns whose answers make people known.
        certain: leave out what only reads like a name ("San Francisco").
    """
    asked = set(lexical.words(question))
    known = [_spelling(person, question) for person in _people(history) if _is_named(person, question, asked)]
    words = {word for name in known for word in lexical.words(name)}
    # Beside somebody known, two capitals are rather a thing ("Kaggle Grandmaster").
    strangers = _strangers(question, certain=certain or bool(known))
    return (*known, *(phrase for phrase in strangers if not words & set(lexical.words(phrase))))


def fits(name: str, pronoun: Pronoun) -> bool:
    """Tell whether somebody called `name` can be meant by `pronoun`; an uncommon name fits every one."""
    return pronoun == "people" or _gender(name) in {None, pronoun}


def _cut(group: Group, pronoun: Pronoun) -> Group:
    """One person for "he" and "she"; for "they" all that were named, or the first of those cited."""
    if pronoun == "people":
        return Group(names=group.names[:MOST_CITED], named=group.named)
    return Group(names=group.names[:1] if not group.named else group.names[-1:], named=group.named)


def _groups(history: Sequence[Turn]) -> Iterator[Group]:
    """Yield people, those meant most likely first."""
    for n in range(len(history) - 1, -1, -1):
        named, cited = named_in(history[n].question, history[: n + 1]), _cited(history[n])
        if named:
            # A name in another script than the corpus writes it in: the answer knew whom it meant.
            elsewhere = cited and not any(_LATIN.search(name) for name in named)
            yield Group(names=cited[:1] if elsewhere else named, named=True)
        elif cited:
            if _leans(history[n].question):
                yield from _groups(history[:n])
            yield Group(names=cited, named=False)
            if _leans(history[n].question):
                return


def _leans(question: str) -> bool:
    leaning = read(question, detect(question, among=LANGUAGES))
    return bool(leaning.pronoun) or leaning.slot or leaning.thing or leaning.opens


def _cited(turn: Turn) -> tuple[str, ...]:
    """Return whose words an answer cited, best first; the guests of its sources where no speaker is marked."""
    speakers = dict.fromkeys(citation.speaker for citation in turn.answer.citations if citation.speaker)
    return tuple(speakers) or tuple(dict.fromkeys(person.name for person in _people([turn])))


def _people(history: Sequence[Turn]) -> list[Person]:
    people = {
        person.name: person
        for turn in history
        for citation in turn.answer.citations
        for person in citation.source.people
        if person.role.value in _SPEAKING
    }
    return list(people.values())


def _is_named(person: Person, question: str, asked: set[str]) -> bool:
    names = (person.name, *person.aliases)
    parts = {word for name in names for word in lexical.words(name) if len(word) >= _SHORTEST_NAME}
    unspaced = (name for name in names if lexical.bigrams(name))
    return any(part in asked and not is_function_word(part, "en") for part in parts) or any(
        name in question for name in unspaced
    )


def _spelling(person: Person, question: str) -> str:
    """Return the name as `question` writes it, where it does so in Chinese or Japanese; else the full name."""
    return next((name for name in person.aliases if lexical.bigrams(name) and name in question), person.name)


def _strangers(question: str, *, certain: bool) -> Iterator[str]:
    """Yield names of people of whom no answer has spoken yet."""
    for phrase in name_phrases(question):
        words = phrase.removesuffix("'s").removesuffix("’s").split()
        if _gender(words[0]) or (not certain and len(words) > 1 and all(word[0].isupper() for word in words)):
            yield " ".join(words)


def _gender(name: str) -> str | None:
    first = next(iter(lexical.fold(name).split()), "")
    found = [gender for gender, names in _given_names().items() if first in names]
    return found[0] if len(found) == 1 else None


@cache
def _given_names() -> Mapping[str, frozenset[str]]:
    data = tomllib.loads(data_file("given_names.toml").read_text(encoding="utf-8"))
    return {gender: frozenset(lexical.fold(names).split()) for gender, names in data.items()}
