"""Questions that want advice ("should I …", "how do I …") and sentences that give some ("start with …", "she recommends …").

The patterns are in `bot/data/advice.toml`.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import TYPE_CHECKING

from bot.resources import data_file

if TYPE_CHECKING:
    from collections.abc import Mapping


def asks_for_advice(question: str, language: str) -> bool:
    """Tell whether `question`, in `language`, wants to know what to do."""
    pattern = _patterns("asks").get(language)
    return bool(pattern and pattern.search(question))


def gives_advice(sentence: str, language: str) -> bool:
    """Tell whether `sentence`, in `language`, tells what to do."""
    pattern = _patterns("gives").get(language)
    return bool(pattern and pattern.search(sentence))


@cache
def _patterns(kind: str) -> Mapping[str, re.Pattern[str]]:
    data = tomllib.loads(data_file("advice.toml").read_text(encoding="utf-8"))
    return {language: re.compile("|".join(patterns), re.IGNORECASE) for language, patterns in data[kind].items()}
