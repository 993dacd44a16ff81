"""What in a question leans on the questions before it: pronouns, "what about …", "why?", "who else?", in ten languages.

The words are data (`bot/data/references.toml`). Words are compared as the search compares them, because regular expressions
find no word boundaries between Chinese characters and wrong ones inside Hindi words.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from bot.resources import data_file
from bot.terms import is_function_word
from ingest import lexical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Pronoun = Literal["man", "woman", "people"]

UNSPACED = frozenset({"zh", "ja"})
_FEW_WORDS, _FEW_CHARACTERS = 5, 12
"""Up to so many words (characters in Chinese and Japanese) a question is short."""
_RESOLVED = 2
"""So many nouns or verbs before a pronoun are what it stands for: "if I learn Python, does it help me?"."""
_QUESTION_MARKS = "?？؟"
_ENDING = 2
"""Letters that an ending ("-x" in the data) needs before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaning:
    """How a question leans on the ones before; all false for one that stands alone."""

    pronoun: Pronoun | None
    """For somebody who is not named in front of it."""
    thing: bool
    """Whether a word stands for something said before."""
    slot: bool
    """Whether only what changes is said: "and in Berlin?"."""
    others: bool
    """Whether somebody besides those quoted is asked for."""
    remark: bool
    """Whether it is no question but said to the last one: a correction, or something about the asker."""
    opens: bool
    """Whether it opens as a continuation does; proves nothing by itself."""
    own: bool
    """Whether it is about the asker or anybody."""
    short: bool
    silent: bool
    """Whether its language may leave out whom it is about."""


def read(question: str, language: str) -> Leaning:
    """Return how `question`, in `language`, leans on what was said before."""
    table = _tables().get(language) or _tables()["en"]
    text = _spaced(question, language)
    said = _without(text, table["not_thing"], language)
    rest = _without_opening(text, table["opening"], language)
    asks = any(_holds(text, phrase, language) for phrase in table["asks"])
    short = len(rest.strip()) <= _FEW_CHARACTERS if language in UNSPACED else len(rest.split()) <= _FEW_WORDS
    bare = rest.strip() in table["bare"] or text.strip() in table["bare"]
    return Leaning(
        pronoun=_pronoun(said, table, language),
        thing=_is_unresolved(said, table["thing"], table, language),
        slot=bare or _starts(text, table["slot"], language) or _starts(rest, table["slot"], language) or (short and not asks),
        others=any(_holds(text, phrase, language) for phrase in table["others"]),
        remark=_is_remark(question, (text, rest), table, language),
        opens=rest != text,
        own=any(_holds(text, phrase, language) for phrase in table["self"]),
        short=short,
        silent=language in _silent_languages(),
    )


def leading_words(question: str, language: str) -> frozenset[str]:
    """Return the question word that `question` is built on, if it says one before anything else."""
    table = _tables().get(language) or _tables()["en"]
    words = _without_opening(_spaced(question, language), table["opening"], language).split()
    return frozenset(words[:1]) & frozenset(table["asks"])


def negations(question: str, language: str) -> frozenset[str]:
    """Return the words that negate in `question`."""
    table = _tables().get(language) or _tables()["en"]
    text = _spaced(question, language)
    return frozenset(phrase for phrase in table["negation"] if _holds(text, phrase, language))


def pointers(language: str) -> frozenset[str]:
    """Return the words of `language` that a question loses when it is made to stand alone."""
    table = _tables().get(language) or _tables()["en"]
    keys = ("man", "woman", "people", "thing", "opening")
    return frozenset(phrase for key in keys for phrase in table[key] if " " not in phrase)


def _pronoun(text: str, table: Mapping[str, Sequence[str]], language: str) -> Pronoun | None:
    if _first(text, table["people"], language) is not None and language in UNSPACED:
        return "people"  # 他们 holds 他
    found: Pronoun
    for found in ("man", "woman"):
        if _first(text, table[found], language) is not None:
            return found
    return "people" if _is_unresolved(text, table["people"], table, language) else None


def _is_unresolved(text: str, phrases: Iterable[str], table: Mapping[str, Sequence[str]], language: str) -> bool:
    at = _first(text, phrases, language)
    if at is None:
        return False
    before = text[:at].split()
    # "What sort of course does it offer?": what is asked for is not what "it" stands for.
    is_subject = bool(before) and before[-1] in table["auxiliary"] and before[0] in _question_words(table)
    return language in UNSPACED or is_subject or len(content(" ".join(before), language)) < _RESOLVED


def _is_remark(question: str, starts: Iterable[str], table: Mapping[str, Sequence[str]], language: str) -> bool:
    starts = tuple(starts)
    if any(_starts(start, table["corrects"], language) for start in starts):
        return True
    asks = any(mark in question for mark in _QUESTION_MARKS) or any(
        _holds(starts[0], phrase, language) for phrase in _question_words(table)
    )
    return not asks and any(_starts(start, table["states"], language) for start in starts)


def _question_words(table: Mapping[str, Sequence[str]]) -> frozenset[str]:
    return frozenset(table["asks"]) - frozenset(table["auxiliary"])


def content(text: str, language: str) -> list[str]:
    """Return the words of `text` that carry a topic; none where it holds only function words."""
    return [
        term
        for term in dict.fromkeys(lexical.terms(text))
        if len(term) > 1 and not is_function_word(term, language) and not is_function_word(term, "en")
    ]


def _first(text: str, phrases: Iterable[str], language: str) -> int | None:
    places = [at for phrase in phrases if (at := _find(text, phrase, language)) >= 0]
    return min(places, default=None)


def _holds(text: str, phrase: str, language: str) -> bool:
    return _find(text, phrase, language) >= 0


def _find(text: str, phrase: str, language: str) -> int:
    if phrase.startswith("-"):
        at = text.find(f"{phrase[1:]} ")
        return at if at > _ENDING and text[at - _ENDING : at].strip() == text[at - _ENDING : at] else -1
    return text.find(phrase) if language in UNSPACED else text.find(f" {phrase} ")


def _starts(text: str, phrases: Iterable[str], language: str) -> bool:
    return any(text.startswith(phrase if language in UNSPACED else f" {phrase} ") for phrase in phrases)


def _without(text: str, phrases: Iterable[str], language: str) -> str:
    for phrase in phrases:
        text = text.replace(phrase, " ") if language in UNSPACED else text.replace(f" {phrase} ", " … ")
    return text


def _without_opening(text: str, opening: Iterable[str], language: str) -> str:
    for phrase in sorted(opening, key=len, reverse=True):
        if language in UNSPACED and text.startswith(phrase) and len(text) > len(phrase):
            return text.removeprefix(phrase)
        if phrase.endswith("-") and text.startswith(f" {phrase[:-1]}") and len(text.split(maxsplit=1)[0]) > _ENDING:
            return f" {text.removeprefix(f' {phrase[:-1]}')}"
        if text.startswith(f" {phrase} ") and text.strip() != phrase:
            return text.removeprefix(f" {phrase}")
    return text


def _spaced(question: str, language: str) -> str:
    """Return the words with one space around each; Chinese and Japanese without spaces and punctuation."""
    if language in UNSPACED:
        return "".join(character for character in lexical.fold(question) if character.isalnum())
    return f" {' '.join(lexical.words(question))} "


@cache
def _silent_languages() -> frozenset[str]:
    return frozenset(language for language, table in _data().items() if table["silent"])


@cache
def _tables() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return the phrases of each language, folded as questions are."""
    return {
        language: {key: tuple(map(_folded, value)) for key, value in table.items() if isinstance(value, list)}
        for language, table in _data().items()
    }


def _folded(phrase: str) -> str:
    return " ".join(lexical.fold(phrase).split())


@cache
def _data() -> Mapping[str, Mapping[str, object]]:
    data: Mapping[str, Mapping[str, object]] = tomllib.loads(data_file("references.toml").read_text(encoding="utf-8"))
    return data
