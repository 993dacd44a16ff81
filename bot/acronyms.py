"""Write out acronyms for the search: `CV` is computer vision in "get into CV" and a résumé in "improve my CV".

Search only; the table is `bot/data/acronyms.toml`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from bot.resources import data_file
from ingest import lexical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Expansion:
    """One meaning of an acronym: its English name, its names in other languages, and the words that point to it."""

    text: str
    when: tuple[str, ...]
    names: Mapping[str, str]

    def spelt(self, language: str) -> Iterable[str]:
        """Yield the names to search for: in the question's language and in English."""
        yield from dict.fromkeys((self.names.get(language, self.text), self.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Acronym:
    """An acronym as written in questions, its meanings, and the one to take when nothing in the question points to another."""

    pattern: re.Pattern[str]
    expansions: tuple[Expansion, ...]
    default: str | None

    def meaning(self, question: str) -> Expansion | None:
        """Return what the acronym stands for in `question`; None where it is not in it or cannot be told."""
        if not self.pattern.search(question):
            return None
        words, folded = set(lexical.words(question)), lexical.fold(question)
        scores = [sum(_pointed_to(word, words, folded) for word in expansion.when) for expansion in self.expansions]
        if max(scores) and scores.count(max(scores)) == 1:
            return self.expansions[scores.index(max(scores))]
        return next((expansion for expansion in self.expansions if expansion.text == self.default), None)


def meanings(question: str, language: str) -> Iterable[str]:
    """Yield what the acronyms of `question` stand for, in its language and in English, unless it says so itself."""
    found = (acronym.meaning(question) for acronym in _table())
    names = [name for meaning in found if meaning for name in meaning.spelt(language)]
    yield from (name for name in dict.fromkeys(names) if name.casefold() not in question.casefold())


def is_acronym(name: str) -> bool:
    """Tell whether `name` is one of these acronyms: it stands for a thing that texts call by other words too."""
    return any(acronym.pattern.fullmatch(name) for acronym in _table())


def _pointed_to(word: str, words: set[str], folded: str) -> bool:
    spaced = lexical.words(word)
    return set(spaced) <= words if spaced else lexical.fold(word) in folded


@cache
def _table() -> tuple[Acronym, ...]:
    data = tomllib.loads(data_file("acronyms.toml").read_text(encoding="utf-8"))
    return tuple(_read(entry) for entry in data["acronym"])


def _read(entry: Mapping[str, Any]) -> Acronym:
    flags = re.NOFLAG if entry.get("capitals") else re.IGNORECASE
    pattern = re.compile(rf"(?<![A-Za-z0-9]){re.escape(entry['acronym'])}(?:s|'s)?(?![A-Za-z0-9])", flags)
    return Acronym(pattern=pattern, expansions=tuple(_expansions(entry["expansions"])), default=entry.get("default"))


def _expansions(entries: Sequence[Mapping[str, Any]]) -> Iterable[Expansion]:
    for entry in entries:
        names = {key: value for key, value in entry.items() if key not in {"text", "when"}}
        yield Expansion(text=entry["text"], when=tuple(entry.get("when", ())), names=names)
