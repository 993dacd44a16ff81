"""What people also look for who ask in certain words: "get into X" finds recommendations, first steps and first jobs.

Search only; the table is `bot/data/intents.toml`.
"""

from __future__ import annotations

import tomllib
from functools import cache
from typing import TYPE_CHECKING

from bot.resources import data_file
from ingest import lexical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def implied(question: str, language: str) -> Iterable[str]:
    """Yield what belongs to the search for `question`, in its `language`."""
    folded = lexical.fold(question)
    for asked, added in _table():
        if any(lexical.fold(phrase) in folded for phrase in asked.get(language, ())) and language in added:
            yield added[language]


@cache
def _table() -> tuple[tuple[Mapping[str, tuple[str, ...]], Mapping[str, str]], ...]:
    data = tomllib.loads(data_file("intents.toml").read_text(encoding="utf-8"))
    return tuple((entry["asked"], entry["add"]) for entry in data["intent"])
