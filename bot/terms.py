"""The terms of a question that carry its topic: everything but function words and the words questions are made of."""

from __future__ import annotations

import tomllib
from functools import cache

from bot.resources import data_file
from ingest import lexical


def content_terms(text: str, language: str) -> list[str]:
    """Return the distinct search terms of `text` without the function words of `language`; all of them if none is left."""
    terms = list(dict.fromkeys(lexical.terms(text)))
    function_words = _function_words().get(language, frozenset()) | _function_words()["en"]
    return [term for term in terms if term not in function_words and len(term) > 1] or terms


def is_function_word(term: str, language: str) -> bool:
    """Tell whether a folded `term` says nothing about the topic."""
    return term in _function_words().get(language, frozenset())


@cache
def _function_words() -> dict[str, frozenset[str]]:
    data = tomllib.loads(data_file("function_words.toml").read_text(encoding="utf-8"))
    return {language: frozenset(lexical.terms(words)) for language, words in data.items() if isinstance(words, str)}
