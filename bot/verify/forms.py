"""English inflection without a dictionary: which lemmas and forms a word may be."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.verify.language import Language

Reading = tuple[str, str]
_SHORT = 4


def _stems(stem: str) -> set[str]:
    """Undo what an ending does to its stem: "mak" → make, "runn" → run, "tri" → try."""
    found = {stem, stem + "e"}
    if len(stem) > 2 and stem[-1] == stem[-2]:  # noqa: PLR2004  a doubled consonant
        found.add(stem[:-1])
    if stem.endswith("i"):
        found.add(stem[:-1] + "y")
    return found


def _regular(word: str) -> set[Reading]:
    found: set[Reading] = {(word, "base")}
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) >= _SHORT - 1:
        found |= {(word[:-1], "s")}
        if word.endswith("es"):
            found |= {(stem, "s") for stem in ({word[:-3] + "y"} if word.endswith("ies") else {word[:-2]})}
    if word.endswith("ed") and len(word) >= _SHORT:
        found |= {(stem, form) for stem in _stems(word[:-2]) for form in ("past", "participle")}
    if word.endswith("ing") and len(word) > _SHORT:
        found |= {(stem, "ing") for stem in _stems(word[:-3])}
    return found


@lru_cache(maxsize=8192)
def _readings(word: str) -> frozenset[Reading]:
    return frozenset(_regular(word))


def readings(word: str, language: Language) -> frozenset[Reading]:
    """Return every (lemma, form) that `word` may be; form is one of base, s, past, participle, ing."""
    irregular = language.lemmas.get(word)
    regular = _readings(word)
    return regular if irregular is None else irregular | {reading for reading in regular if reading[1] != "base"}
