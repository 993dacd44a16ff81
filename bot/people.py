"""Whom a question is about: people the corpus holds, and names it does not."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.terms import is_function_word
from ingest import lexical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.values import Question
    from ingest.index.reader import Index
    from ingest.values import Person

_CAPITALISED = re.compile(
    r"(?<![\w'’])[A-ZÀ-ÞА-Я][\w'’\-]*(?:\s+(?:(?:de|da|van|von|der|del|la|le|bin|al)\s+)*[A-ZÀ-ÞА-Я][\w'’\-]*)*"
)
_PRONOUN = re.compile(r"I(?:['’](?:m|d|ve|ll))?")
_LATIN_OR_CYRILLIC = re.compile(r"[A-Za-zÀ-ÿА-Яа-я]")
_SHORTEST_NAME = 3
_NAMES_KEPT = 16_384
"""Names whose words are remembered: each question is held against everybody in the corpus."""
_TITLES = frozenset({"mrs", "prof", "professor", "doctor", "herr", "frau", "señor", "señora", "monsieur", "madame"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentioned:
    """Names in a question, looked up in the corpus."""

    people: tuple[str, ...] = ()
    """Full names of the people of the corpus that the question names."""
    source_ids: frozenset[str] = frozenset()
    """The sources that hold their words."""
    unknown: tuple[str, ...] = ()
    """Names and proper nouns in the question of which the corpus holds no trace."""

    unknown_person: str | None = None
    """An unknown name that reads like a person's: two or more capitalised words, none of which the corpus holds otherwise."""


def find_mentions(question: str, index: Index, *, language: str = "en") -> Mentioned:
    """Look up the names in `question` among the people of the corpus and, failing that, among all its words.

    Args:
        question: the words as asked.
        index: the corpus.
        language: of the question; German writes every noun with a capital, so there a capital proves nothing.
    """
    asked, phrases = frozenset(lexical.words(question)), tuple(name_phrases(question))
    found = [
        (source, person)
        for source in index.sources()
        for person in source.people
        if _is_named(person, question, asked, phrases, index)
    ]
    known = {word for _, person in found for name in (person.name, *person.aliases) for word in _words(name)}
    strangers = [phrase for phrase in phrases if _is_unknown(phrase, known, index)]
    return Mentioned(
        people=tuple(dict.fromkeys(person.name for _, person in found)),
        source_ids=frozenset(_with_families({source.id for source, _ in found}, index)),
        unknown=() if language == "de" else tuple(strangers),
        unknown_person=next((phrase for phrase in strangers if _reads_like_a_person(phrase, known, index)), None),
    )


def mentioned_by(question: Question, index: Index) -> Mentioned:
    """Return the names in `question`, as asked and as put into English: other scripts hide them, or spell them otherwise.

    How a model spells a stranger is a guess: that name counts as unknown, but nobody is told it.
    """
    own = find_mentions(question.alone, index, language=question.asked_in)
    if question.pivot is None:
        return own
    other = find_mentions(question.pivot.alone, index, language=question.pivot.language)
    people = tuple(dict.fromkeys((*own.people, *other.people)))
    guessed = (other.unknown_person,) if other.unknown_person and not people else ()
    return replace(own, people=people, source_ids=own.source_ids | other.source_ids, unknown=own.unknown or guessed)


def name_phrases(question: str) -> Iterable[str]:
    """Yield the names in `question`: runs of capitalised words, without the function words a sentence starts with."""
    for match in _CAPITALISED.finditer(question):
        words = [word for word in match.group().split() if not _PRONOUN.fullmatch(word)]
        if not question[: match.start()].strip("¿¡\"'“ "):
            while words and (len(words) == 1 or is_function_word(lexical.fold(words[0]), "en")):
                words = words[1:]
        if words and not all(is_function_word(word, "en") for word in lexical.words(" ".join(words))):
            yield " ".join(words)


def _is_named(person: Person, question: str, asked: frozenset[str], phrases: Iterable[str], index: Index) -> bool:
    """Tell whether `question` names `person`: by a part of the name, unless a stranger's surname follows it ("Nora Jones")."""
    names = (person.name, *person.aliases)
    if any(name in question and not _LATIN_OR_CYRILLIC.search(name) for name in names):
        return True
    own = {word for name in names for word in _telling_words(name)}
    matched = own & asked
    if not matched:
        return False
    foreign = [phrase for phrase in phrases if own & set(lexical.words(phrase)) and _extra_words(phrase, own, index)]
    return not (foreign and matched <= {word for phrase in foreign for word in lexical.words(phrase)})


@lru_cache(maxsize=_NAMES_KEPT)
def _telling_words(name: str) -> tuple[str, ...]:
    """Return the words of a name by which a question may mean its bearer."""
    return tuple(word for word in _words(name) if len(word) >= _SHORTEST_NAME and not is_function_word(word, "en"))


@lru_cache(maxsize=_NAMES_KEPT)
def _words(name: str) -> tuple[str, ...]:
    return tuple(lexical.words(name))


def _extra_words(phrase: str, known: set[str], index: Index) -> list[str]:
    """Return the words beside a known name that the corpus does not hold; titles (Ms, Prof) and a possessive s do not count."""
    words = (word for word in lexical.words(phrase) if len(word) >= _SHORTEST_NAME and word not in _TITLES)
    return [word for word in words if word not in known and not index.frequency(word)]


def _is_unknown(phrase: str, known: set[str], index: Index) -> bool:
    words = [word for word in lexical.words(phrase) if not is_function_word(word, "en")]
    return bool(words) and not known & set(words) and any(not index.frequency(word) for word in words)


def _reads_like_a_person(phrase: str, known: set[str], index: Index) -> bool:
    """Two or more words; the last, the surname, and all that is not somebody's first name stand nowhere in the corpus."""
    words = [word for word in lexical.words(phrase) if not is_function_word(word, "en")]
    first_names = {name[0] for name in map(_words, index.people()) if name} - known
    return (
        len(words) > 1
        and all(word in first_names or not index.frequency(word) for word in words[:-1])
        and not index.frequency(words[-1])
    )


def _with_families(source_ids: Iterable[str], index: Index) -> Iterator[str]:
    """Yield the sources and, of each, its original, translations and copies."""
    families = {index.family(source_id) for source_id in source_ids}
    yield from (source.id for source in index.sources() if index.family(source.id) in families)
