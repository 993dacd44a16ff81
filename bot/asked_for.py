"""What sort of thing a question asks for, and whether a text holds one: an amount, a sum of money, a date, a named thing."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import TYPE_CHECKING, Any

from bot.resources import data_file
from bot.terms import content_terms
from ingest import lexical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.values import Wording

_YEAR = re.compile(r"(19|20)\d\d")
_COUNTED_WITHIN = 2
"""Words after a number among which stands what it counts ("70 online competitions")."""


def is_absent(question: str, texts: Iterable[str]) -> bool:
    """Tell whether `question` asks for a sort of thing of which `texts` hold none: how much, and no amount is named."""
    told = "\n".join(texts)
    return any(asks.search(question) and not tells.search(told) for asks, tells in _kinds().values())


def asks_who(question: str) -> bool:
    """Tell whether `question` asks who somebody is or was, or who did something."""
    return bool(_who().search(question))


def is_counted(question: Wording, text: str) -> bool:
    """Tell whether `question` asks for an amount and `text` counts what it names: "how many books" and "more than 70 books"."""
    if not _kinds()["amount"][0].search(question.alone):
        return False
    named = {*lexical.indexed_words(" ".join(content_terms(question.alone, question.language)))}
    words = lexical.indexed_words(text)
    numbers = (n for n, word in enumerate(words) if word in _numbers() or (word.isdigit() and not _YEAR.fullmatch(word)))
    return any(named & set(words[n + 1 : n + 1 + _COUNTED_WITHIN]) for n in numbers)


def is_unnamed(question: Wording, told: Iterable[str]) -> bool:
    """Tell whether `question` asks for a thing to be named ("which certificate …") of which `told` never speaks.

    Only for questions worded in English: others have no reliable mark of the noun that is asked for.
    """
    asked = _asked_thing(question) if question.language == "en" else frozenset()
    return bool(asked) and not any(asked & set(lexical.indexed_words(text)) for text in told)


def _asked_thing(question: Wording) -> frozenset[str]:
    first, second = _named()
    found = first.search(question.alone)
    words = (
        found.group(1).split()[-1:] if found else [word for m in second.finditer(question.alone) for word in m.group(1).split()]
    )
    said = {word for word in (lexical.fold(word) for word in words) if word not in _seldom_said()}
    return frozenset(lexical.indexed_words(" ".join(content_terms(" ".join(said), "en")))) if said else frozenset()


@cache
def _named() -> tuple[re.Pattern[str], re.Pattern[str]]:
    first, second = (re.compile(pattern, re.IGNORECASE) for pattern in _data()["named"]["asked"])
    return first, second


@cache
def _who() -> re.Pattern[str]:
    return _any(_data()["who"]["question"])


@cache
def _seldom_said() -> frozenset[str]:
    return frozenset(_data()["named"]["seldom_said"].split())


@cache
def _numbers() -> frozenset[str]:
    return frozenset(_data()["amount"]["numerals"])


@cache
def _kinds() -> Mapping[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    data = _data()
    return {name: (_any(entry["question"]), _any(entry["text"])) for name, entry in data.items() if "text" in entry}


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads(data_file("asked.toml").read_text(encoding="utf-8"))


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)
