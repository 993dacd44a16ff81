"""Paragraphs out of lines that were cut at the width of a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_BULLET = re.compile(r"\s*(?:[•‣▪●◦·\uf0b7]|[-*–]\s|\(?\d{1,2}[.)]\s)")
_SENTENCE_END = re.compile(r"[.!?…。！？:：;][\"'”’)\]]*$")
_FOOTNOTE = re.compile(r"\[\d{1,3}\]$")
_HYPHEN = re.compile(r"(\w+)-$")
_FULL_LINE = 0.8
"""A line at least this share of the usual width was cut by the page, not by the writer."""
_MAX_HEADING_WORDS = 12
_MAX_HEADING_CHARACTERS = 90
_MAX_SHORT_HEADING_WORDS = 5
"""So short a line that starts with a capital and has no end mark is a heading even after a full line."""
_MAX_WORDS_BEFORE_LOWER_CASE = 2


def is_heading_like(line: str, following: str | None) -> bool:
    """Tell whether a line has the form of a heading: short, a capital first, no end mark, something new after it."""
    words = line.split()
    if not words or len(words) > _MAX_HEADING_WORDS or len(line) > _MAX_HEADING_CHARACTERS or following is None:
        return False
    first = line[0]
    line = _FOOTNOTE.sub("", line)
    if first.islower() or not (first.isalnum() or first in "\"'“¿¡") or _BULLET.match(line):
        return False
    if re.search(r"[.!…。！,，;；:：、|@]$", line) or "://" in line or not re.search(r"[^\W\d_]", line):
        return False
    # A cut paragraph goes on in lower case after a long line; after a word or two a letter was lost.
    return bool(following) and (not following[0].islower() or len(words) <= _MAX_WORDS_BEFORE_LOWER_CASE)


def paragraphs(lines: Sequence[str]) -> list[str]:
    """Return the paragraphs of a page's lines, a cut word joined where the text shows that its hyphen is the page's."""
    width = _width(lines)
    text = " ".join(lines)
    result: list[str] = []
    open_paragraph = False
    for index, raw in enumerate(lines):
        line = raw.strip()
        if not line:
            open_paragraph = False
            continue
        following = next((later.strip() for later in lines[index + 1 : index + 4] if later.strip()), None)
        if open_paragraph and not _BULLET.match(line) and not _is_short_heading(line, following):
            result[-1] = _join(result[-1], line, text)
        else:
            result.append(line)
        open_paragraph = _goes_on(line, following, width)
    return result


def _width(lines: Sequence[str]) -> float:
    lengths = sorted(len(line.strip()) for line in lines if line.strip())
    return float(lengths[int(len(lengths) * 0.9)]) if lengths else 0.0


def _goes_on(line: str, following: str | None, width: float) -> bool:
    if following is not None and following[0].islower() and (len(line) > width / 2 or line.endswith("-")):
        return True
    if len(line) >= _FULL_LINE * width:
        return True
    return not _SENTENCE_END.search(line) and not is_heading_like(line, following) and len(line) > width / 2


def _is_short_heading(line: str, following: str | None) -> bool:
    return len(line.split()) <= _MAX_SHORT_HEADING_WORDS and is_heading_like(line, following)


def _join(before: str, after: str, text: str) -> str:
    cut = _HYPHEN.search(before)
    if not cut or not after[0].islower():
        return f"{before} {after}"
    rest = re.match(r"\w+", after)
    hyphenated = f"{cut[1]}-{rest[0]}" if rest else ""
    return before + after if hyphenated and hyphenated in text else before[:-1] + after
