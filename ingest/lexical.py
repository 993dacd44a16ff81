"""Words and CJK bigrams: the terms by which a text is found literally.

Documents and queries take the same path, so that a term made here from a question equals the one made from a passage.
Chinese and Japanese have no spaces: runs of their characters become overlapping pairs, because FTS5's own tokenizers find
nothing for the two-character words that most Chinese words are.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import groupby, pairwise
from typing import Literal

_Class = Literal["word", "cjk", "gap"]

_CJK = re.compile(
    "[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U000323af]"
)
_PLUS_PLUS = re.compile(r"(?<!\w)([a-z])\+\+(?![\w+])")
_SHARP = re.compile(r"(?<!\w)([a-z])#(?!\w)")
_LONGEST_WORD = 64
_SHORTEST_PLURAL = 4
"""Letters of a word whose last s may be that of a plural."""


def fold(text: str) -> str:
    """Return `text` as it is compared: NFKC, case-folded, `c++` and `c#` spelt so that they survive as words."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _SHARP.sub(r"\1sharp", _PLUS_PLUS.sub(r"\1plusplus", folded))


def words(text: str) -> list[str]:
    """Return the words of scripts that separate them, folded, in order; accents stay (FTS5 takes them off)."""
    return [run[:_LONGEST_WORD] for kind, run in _runs(text) if kind == "word"]


def bigrams(text: str) -> list[str]:
    """Return the overlapping pairs of each run of CJK characters, in order; a run of one character stands alone."""
    grams: list[str] = []
    for kind, run in _runs(text):
        if kind == "cjk":
            grams += [first + second for first, second in pairwise(run)] or [run]
    return grams


def terms(text: str) -> list[str]:
    """Return all terms of `text`: its words, then its CJK bigrams, with repetitions."""
    return words(text) + bigrams(text)


def indexed_words(text: str) -> list[str]:
    """Return the words of `text` in the form in which the index holds and finds them: a plural as its singular."""
    return [_singular(word) for word in words(text)]


def phrase(text: str) -> str:
    """Return `text` as a phrase of FTS5's query language: its terms in order, quoted, so that nothing inside is an operator.

    Words take the form in which the index holds them. Empty where the text holds no term.
    """
    found = indexed_words(text) + bigrams(text)
    return f'"{" ".join(found)}"' if found else ""


def _singular(word: str) -> str:
    """Take the s off an English plural, as Harman's "S" stemmer does (1991, "How effective is suffixing?").

    More would conflate names; words of other languages lose an s too, in the index and in the question alike.
    """
    if len(word) < _SHORTEST_PLURAL or not word.endswith("s") or word.endswith("ss"):
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word[:-1]


def _runs(text: str) -> list[tuple[_Class, str]]:
    return [(kind, "".join(characters)) for kind, characters in groupby(fold(text), key=_character_class)]


@cache
def _character_class(character: str) -> _Class:
    if _CJK.match(character):
        return "cjk"
    # Marks belong to words: the vowels of Hindi are written with them.
    return "word" if unicodedata.category(character)[0] in "LNM" else "gap"
