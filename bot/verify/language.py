"""What the verifier knows of one language, read from `data/<language>.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from bot.verify.values import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Phrase = tuple[str, ...]
CASES = ("nominative", "object", "possessive", "reflexive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """The word lists of one language; see `data/en.toml` for what each holds."""

    code: str
    script: str
    characters: bool
    """Whether words are not separated by spaces, so that single characters are aligned."""
    pronouns: Mapping[str, Mapping[str, frozenset[str]]]
    """Word → person ("i", "we", "you", "he", ...) → grammatical cases it may have."""
    cues: Mapping[str, Reason]
    words: Mapping[str, frozenset[str]]
    frames: Mapping[str, tuple[Phrase, ...]]
    advice: Mapping[str, tuple[Phrase, ...]]
    imperatives: frozenset[Phrase]
    rewrites: Mapping[Phrase, Phrase]
    opinions: tuple[Phrase, ...]
    synonyms: Mapping[str, frozenset[int]]
    numbers: Mapping[str, int]
    scales: Mapping[str, int]
    lemmas: Mapping[str, frozenset[tuple[str, str]]]
    """Irregular word → its (lemma, form) readings."""
    person_exact: Mapping[str, frozenset[str]]
    """First-person verb → third-person verbs."""
    person_suffixes: tuple[tuple[str, str], ...]
    person_loose: tuple[tuple[str, str], ...]
    """Suffix pairs that nouns share: a word may also stand unchanged."""
    pro_drop: bool
    genitive: str
    lexicon: frozenset[str]
    """Multi-character units of a language without spaces."""

    def has(self, group: str, word: str) -> bool:
        """Tell whether `word` is in the word list `group`."""
        return word in self.words.get(group, frozenset())


def split(phrase: str, *, characters: bool) -> Phrase:
    """Split a phrase of a data file into the words it is matched by."""
    return (phrase,) if characters else tuple(phrase.split())


def _longest_first(phrases: Iterable[str], *, characters: bool) -> tuple[Phrase, ...]:
    return tuple(sorted((split(phrase, characters=characters) for phrase in phrases), key=lambda p: (-len(p), -len(p[0]))))


def _pronouns(data: Mapping[str, Any]) -> dict[str, dict[str, frozenset[str]]]:
    table: dict[str, dict[str, frozenset[str]]] = {}
    for group, by_case in data.items():
        for case, words in by_case.items():
            for word in words:
                entry = table.setdefault(word, {})
                entry[group] = entry.get(group, frozenset()) | {case}
    return table


def _irregular(text: str) -> dict[str, frozenset[tuple[str, str]]]:
    table: dict[str, frozenset[tuple[str, str]]] = {}
    for entry in filter(None, (part.split() for part in text.split(","))):
        lemma, past, participle = entry
        for word, form in ((past, "past"), (participle, "participle"), (lemma, "base")):
            table[word] = table.get(word, frozenset()) | {(lemma, form)}
    return table


def _synonyms(groups: Iterable[Iterable[str]]) -> dict[str, frozenset[int]]:
    table: dict[str, frozenset[int]] = {}
    for number, words in enumerate(groups):
        for word in words:
            table[word] = table.get(word, frozenset()) | {number}
    return table


def _lexicon(data: Mapping[str, Any]) -> frozenset[str]:
    found: set[str] = set(data.get("lexicon", "").split())

    def collect(value: object) -> None:
        if isinstance(value, str):
            found.add(value)
        elif isinstance(value, list):
            for item in value:
                collect(item)
        elif isinstance(value, dict):
            for key, item in value.items():
                found.add(key)
                collect(item)

    for section in ("pronouns", "cues", "words", "frames", "advice", "synonyms"):
        for part in data.get(section, {}).values():
            collect(part)
    return frozenset(word for word in found if len(word) > 1 and not word.isascii())


@cache
def load(code: str) -> Language | None:
    """Read the data of a language; None when there is none."""
    resource = files("bot.verify") / "data" / f"{code}.toml"
    if not resource.is_file():
        return None
    data = tomllib.loads(resource.read_text(encoding="utf-8"))
    characters = data["unit"] == "character"
    person = data.get("person", {})
    return Language(
        code=code,
        script=data["script"],
        characters=characters,
        pronouns=_pronouns(data["pronouns"]),
        cues={
            word: Reason(name if name != "condition" else "dropped_condition")
            for name, words in reversed(data["cues"].items())
            for word in words
        },
        words={name: frozenset(words) for name, words in data["words"].items()},
        frames={name: _longest_first(phrases, characters=characters) for name, phrases in data["frames"].items()},
        advice={name: _longest_first(phrases, characters=characters) for name, phrases in data.get("advice", {}).items()},
        imperatives=frozenset(split(word, characters=characters) for word in data.get("imperatives", "").split()),
        rewrites={
            split(old, characters=characters): split(new, characters=characters)
            for old, new in data.get("rewrites", {}).items()
        },
        opinions=_longest_first(data.get("opinions", {}).get("patterns", ()), characters=False),
        synonyms=_synonyms(data.get("synonyms", {}).get("groups", ())),
        numbers=data.get("numbers", {}),
        scales=data.get("scales", {}),
        lemmas=_irregular(data.get("irregular", "")),
        person_exact={word: frozenset(third.split()) for word, third in person.get("exact", {}).items()},
        person_suffixes=tuple((old, new) for old, new in person.get("suffixes", ())),
        person_loose=tuple((old, new) for old, new in person.get("loose", ())),
        pro_drop=data.get("pro_drop", False),
        genitive=data.get("genitive", ""),
        lexicon=_lexicon(data) if characters else frozenset(),
    )
