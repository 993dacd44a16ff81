"""Every sentence the bot itself says, in the reader's language.

One TOML file per language beside this module, each with the same keys and the same placeholders.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from string import Formatter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LANGUAGES = ("en", "zh", "es", "de", "fr", "pt", "ru", "ja", "hi", "ar")
"""ISO 639-1 codes of the languages the bot speaks; the first is the one it falls back to."""


def text(key: str, language: str, **values: str | int) -> str:
    """Return the string `key` ("refusal.answer") in `language`, its placeholders filled in.

    `language` is an ISO 639-1 code; a regional tag ("zh-CN") counts as its language, an unknown one as English.
    The values are inserted as they are: braces inside them mean nothing.

    Raises:
        KeyError: there is no such string.
        TypeError: the values are not exactly the ones the string asks for.
    """
    template = catalogue(language)[key]
    if missing := placeholders(template).symmetric_difference(values):
        raise TypeError(f"{key}: wrong values: {', '.join(sorted(missing))}")
    return template.format(**values)


def counted(key: str, count: int, language: str, **values: str | int) -> str:
    """Return `key.one` for a count of 1 and `key.many` for any other.

    Raises:
        KeyError, TypeError: as `text` does.
    """
    return text(f"{key}.{'one' if count == 1 else 'many'}", language, **values)


def listing(items: Sequence[str], language: str) -> str:
    """Join `items` the way the language lists things: "A, B and C". Nothing gives an empty string."""
    *front, last = items or [""]
    if not front:
        return last
    return text("list.separator", language).join(front) + text("list.and", language) + last


def quoted(words: str, language: str) -> str:
    """Return `words` inside the quotation marks of `language`."""
    return text("quote.open", language) + words + text("quote.close", language)


def aside(words: str, language: str) -> str:
    """Return `words` in the brackets of `language`, to be put right behind others."""
    return text("quote.aside", language, words=words)


def language_name(code: str, language: str) -> str:
    """Return what `language` calls the language with ISO 639-1 code `code`."""
    return text(f"language.{_base(code) if _base(code) in LANGUAGES else 'other'}", language)


def in_language(code: str, language: str) -> str:
    """Return the notice, in `language`, that a quote is written in the language `code`."""
    return text(f"in_language.{_base(code) if _base(code) in LANGUAGES else 'other'}", language)


def catalogue(language: str) -> Mapping[str, str]:
    """Return all strings of `language` by their dotted keys; those of English for a language the bot does not speak."""
    base = _base(language)
    return _read(base if base in LANGUAGES else LANGUAGES[0])


def placeholders(template: str) -> set[str]:
    """Return the names of the values that `template` asks for."""
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def _base(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0].lower()


@cache
def _read(language: str) -> Mapping[str, str]:
    tables: dict[str, dict[str, str]] = tomllib.loads(resources.files(__name__).joinpath(f"{language}.toml").read_text("utf-8"))
    return {f"{table}.{name}": words for table, entries in tables.items() for name, words in entries.items()}
