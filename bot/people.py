"""Whom a question is about: people the corpus holds, and names it does not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.terms import is_function_word
from ingest import lexical

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ingest.index.reader import Index
    from ingest.values import Person, Source

_CAPITALISED = re.compile(
    r"(?<![\w'’])[A-ZÀ-ÞА-Я][\w'’\-]*(?:\s+(?:(?:de|da|van|von|der|del|la|le|bin|al)\s+)*[A-ZÀ-ÞА-Я][\w'’\-]*)*"
)
_LATIN_OR_CYRILLIC = re.compile(r"[A-Za-zÀ-ÿА-Яа-я]")
_SHORTEST_NAME = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentioned:
    """Names in a question, looked up in the corpus."""

    people: tuple[str, ...] = ()
    """Full names of the people of the corpus that the question names."""
    source_ids: frozenset[str] = frozenset()
    """The sources that hold their words."""
    unknown: tuple[str, ...] = ()
    """Names and proper nouns in the question of which the corpus holds no trace."""

    @property
    def unknown_person(self) -> str | None:
        """Return an unknown name that reads like a person's (two or more capitalised words), if there is one."""
        return next((name for name in self.unknown if " " in name), None)


def find_mentions(question: str, index: Index) -> Mentioned:
    """Look up the names in `question` among the people of the corpus and, failing that, among all its words."""
    people: dict[str, None] = {}
    source_ids: set[str] = set()
    known_words: set[str] = set()
    words = set(lexical.words(question))
    for source in index.sources():
        for person in source.people:
            matched = _matched_words(person, question, words)
            if matched:
                known_words |= matched
                people[person.name] = None
                source_ids.add(source.id)
    return Mentioned(
        people=tuple(people),
        source_ids=frozenset(_with_translations(source_ids, index.sources())),
        unknown=tuple(_unknown_names(question, known_words, index)),
    )


def _matched_words(person: Person, question: str, words: set[str]) -> set[str]:
    """Return the words of `question` that name `person`; an unspaced name (加里) counts by its characters."""
    matched: set[str] = set()
    for name in (person.name, *person.aliases):
        parts = [part for part in lexical.words(name) if len(part) >= _SHORTEST_NAME]
        found = {part for part in parts if part in words and not is_function_word(part, "en")}
        if not _LATIN_OR_CYRILLIC.search(name) and name in question:
            found = {name}
        matched |= found
    return matched


def _unknown_names(question: str, known: set[str], index: Index) -> Iterable[str]:
    for match in _CAPITALISED.finditer(question):
        words = lexical.words(match.group())
        at_start = not question[: match.start()].strip("¿¡\"'“ ")
        if at_start:
            words = words[1:] if words and not index.frequency(words[0]) and len(words) > 1 else words
        if at_start and (len(words) == 1 or any(is_function_word(word, "en") for word in words)):
            words = [word for word in words[1:] if not is_function_word(word, "en")]
        content = [word for word in words if not is_function_word(word, "en")]
        if content and not known & set(content) and any(not index.frequency(word) for word in content):
            yield match.group() if not at_start else " ".join(word.capitalize() for word in content)


def _with_translations(source_ids: set[str], sources: Iterable[Source]) -> set[str]:
    everything = tuple(sources)
    originals = {source.translation_of for source in everything if source.id in source_ids and source.translation_of}
    translations = {source.id for source in everything if source.translation_of in source_ids | originals}
    return source_ids | originals | translations
