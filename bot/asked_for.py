"""What sort of thing a question asks for, and whether a text holds one: an amount, a sum of money, a date."""

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


def is_counted(question: Wording, text: str) -> bool:
    """Tell whether `question` asks for an amount and `text` counts what it names: "how many books" and "more than 70 books"."""
    if not _kinds()["amount"][0].search(question.alone):
        return False
    named = {*lexical.indexed_words(" ".join(content_terms(question.alone, question.language)))}
    words = lexical.indexed_words(text)
    numbers = (n for n, word in enumerate(words) if word in _numbers() or (word.isdigit() and not _YEAR.fullmatch(word)))
    return any(named & set(words[n + 1 : n + 1 + _COUNTED_WITHIN]) for n in numbers)


@cache
def _numbers() -> frozenset[str]:
    return frozenset(_data()["amount"]["numerals"])


@cache
def _kinds() -> Mapping[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    data = _data()
    return {name: (_any(entry["question"]), _any(entry["text"])) for name, entry in data.items()}


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads(data_file("asked.toml").read_text(encoding="utf-8"))


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)
