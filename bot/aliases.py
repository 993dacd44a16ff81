"""Names as automatic captions mishear them, so that a question for "Kaggle" also finds what was written down as something else.

Search only: a quote is never edited.
"""

from __future__ import annotations

import tomllib
from functools import cache

from bot.resources import data_file
from ingest import lexical

_SHORTEST = 4
"""Letters of a word that is searched for; shorter ones would find too much."""


def heard_forms(text: str) -> list[str]:
    """Return the search terms under which the names in `text` may have been misheard."""
    words = set(lexical.words(text))
    return [form for name, forms in _aliases().items() if name in words for form in forms]


@cache
def _aliases() -> dict[str, tuple[str, ...]]:
    data = tomllib.loads(data_file("aliases.toml").read_text(encoding="utf-8"))
    heard: dict[str, tuple[str, ...]] = {}
    for entry in data["alias"]:
        forms = tuple(dict.fromkeys(term for form in entry["heard"] for term in lexical.words(form) if len(term) >= _SHORTEST))
        for name in lexical.words(entry["name"]):
            heard[name] = (*heard.get(name, ()), *forms)
    return heard
