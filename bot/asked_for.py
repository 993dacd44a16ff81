"""What sort of thing a question asks for, and whether a text holds one: an amount, a sum of money, a date."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import TYPE_CHECKING

from bot.resources import data_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def is_absent(question: str, texts: Iterable[str]) -> bool:
    """Tell whether `question` asks for a sort of thing of which `texts` hold none: how much, and no amount is named."""
    told = "\n".join(texts)
    return any(asks.search(question) and not tells.search(told) for asks, tells in _kinds().values())


@cache
def _kinds() -> Mapping[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    data = tomllib.loads(data_file("asked.toml").read_text(encoding="utf-8"))
    return {name: (_any(entry["question"]), _any(entry["text"])) for name, entry in data.items()}


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)
