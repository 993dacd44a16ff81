"""Sentences that lean on the one before ("It is a mixture of self-doubt …"): quoted alone, nobody knows what they speak of.

The words are in `bot/data/leaning.toml`.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache

from bot.resources import data_file

_OPENING = 40
"""Characters of a sentence that are looked at."""
_UNSPACED = frozenset({"zh", "ja"})


def leans_back(sentence: str, language: str) -> bool:
    """Tell whether `sentence` opens with a word that points to what was said before it.

    A stretch of captions starts with a small letter and mostly with "so" or "and": it is not a sentence, and leans on nothing.
    """
    pattern = _patterns().get(language)
    return bool(pattern and not sentence[:1].islower() and pattern.match(sentence[:_OPENING]))


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    data = tomllib.loads(data_file("leaning.toml").read_text(encoding="utf-8"))
    return {language: _any(words.split(), language) for language, words in data.items()}


def _any(words: list[str], language: str) -> re.Pattern[str]:
    either = "|".join(re.escape(word.replace("_", " ")) for word in words)
    end = "" if language in _UNSPACED else r"(?![\w])"
    return re.compile(rf"\W*(?:{either}){end}", re.IGNORECASE)
