"""Words and CJK bigrams: the terms by which a text is found literally.

Documents and queries take the same path, so that a term made here from a question equals the one made from a passage.
Chinese and Japanese have no spaces: runs of their characters become overlapping pairs, because FTS5's own tokenizers find
nothing for the two-character words that most Chinese words are.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

_IDEOGRAPHS = "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U000323af"
_FIRST_IDEOGRAPH = "\u3005"
_CJK = re.compile(f"[{_IDEOGRAPHS}]")
_RUN = re.compile(f"[{_IDEOGRAPHS}]+|[^ {_IDEOGRAPHS}]+")
_PLUS_PLUS = re.compile(r"(?<!\w)([a-z])\+\+(?![\w+])")
_SHARP = re.compile(r"(?<!\w)([a-z])#(?!\w)")
_LONGEST_WORD = 64
_SHORTEST_PLURAL = 4
"""Letters of a word whose last s may be that of a plural."""


def fold(text: str) -> str:
    """Return `text` as it is compared: NFKC, case-folded, `c++` and `c#` spelt so that they survive as words."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _SHARP.sub(r"\1sharp", _PLUS_PLUS.sub(r"\1plusplus", folded)) if "+" in folded or "#" in folded else folded


def words(text: str) -> list[str]:
    """Return the words of scripts that separate them, folded, in order; accents stay (FTS5 takes them off)."""
    return _words(_runs(text))


def bigrams(text: str) -> list[str]:
    """Return the overlapping pairs of each run of CJK characters, in order; a run of one character stands alone."""
    return _bigrams(_runs(text))


def terms(text: str) -> list[str]:
    """Return all terms of `text`: its words, then its CJK bigrams, with repetitions."""
    runs = _runs(text)
    return _words(runs) + _bigrams(runs)


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


def _words(runs: list[str]) -> list[str]:
    return [run[:_LONGEST_WORD] for run in runs if not _is_cjk(run)]


def _bigrams(runs: list[str]) -> list[str]:
    grams: list[str] = []
    for run in runs:
        if _is_cjk(run):
            grams += [first + second for first, second in pairwise(run)] or [run]
    return grams


def _is_cjk(run: str) -> bool:
    # All but a few words begin below the first of these characters.
    return run >= _FIRST_IDEOGRAPH and bool(_CJK.match(run))


def _runs(text: str) -> list[str]:
    """Return the longest stretches of word characters and of CJK characters, in order."""
    return _RUN.findall(fold(text).translate(_SPACED))


class _Spaced(dict[int, int]):
    """A table for `str.translate` that keeps the characters of terms and makes a space of any other; it grows as it is used.

    Marks belong to words: the vowels of Hindi are written with them.
    """

    def __missing__(self, code: int) -> int:
        character = chr(code)
        kept = unicodedata.category(character)[0] in "LNM" or _CJK.match(character)
        self[code] = code if kept else ord(" ")
        return self[code]


_SPACED = _Spaced()
