"""Lines of a terminal: columns are counted as they are shown, and Chinese and Japanese break between characters.

A wide character takes two columns, a combining one none. No line begins with a closing mark or a citation number.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

_BREAKABLE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_PARTS = re.compile(
    r"(?=[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])|(?<=[\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f])"
)
_NOT_FIRST = tuple("\u3001\u3002\u300b\u300d\u300f\u3011\u201d\u2019\u2026\u30fc\uff01\uff09\uff0c\uff1a\uff1b\uff1f)]}.,:;!?")
_NOT_LAST = tuple("\u300a\u300c\u300e\u3010\u201c\u2018\uff08([{")
_NUMBER = re.compile(r"(?:\[\d+\])+")


def wrap(text: str, width: int) -> Iterator[str]:
    """Yield the lines of `text`, each at most `width` columns where its words allow it; ANSI styles take none."""
    for paragraph in text.split("\n"):
        line = ""
        for unit in _units(paragraph):
            if line and columns(line) + columns(unit.rstrip()) > width:
                yield line.rstrip()
                line = ""
            line += unit
        yield line.rstrip()


def columns(text: str) -> int:
    """Return how many columns a terminal shows `text` in."""
    return sum(_columns(character) for character in click.unstyle(text))


def _columns(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _units(paragraph: str) -> Iterator[str]:
    """Yield what is never broken: a word with the space behind it, or one wide character with the marks that belong to it."""
    unit = ""
    for part in _parts(paragraph):
        if unit and not _belongs(unit, part):
            yield unit
            unit = ""
        unit += part
    if unit:
        yield unit


def _parts(paragraph: str) -> Iterator[str]:
    for word in re.findall(r"\S+\s*|\s+", paragraph):
        yield from (part for part in _PARTS.split(word) if part) if _BREAKABLE.search(word) else (word,)


def _belongs(unit: str, part: str) -> bool:
    """Tell whether `part` must stand on the line of `unit`."""
    bare = click.unstyle(part)
    return bare.startswith(_NOT_FIRST) or bool(_NUMBER.match(bare)) or click.unstyle(unit).endswith(_NOT_LAST)
