"""Where sentences end, in ten scripts' worth of punctuation, by rules.

The rules follow Unicode Annex 29 (sentence boundaries) with the abbreviation, initial and decimal exceptions of Kiss and
Strunk, "Unsupervised Multilingual Sentence Boundary Detection" (2006), their lists written by hand in `data/sentences.toml`.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ingest.values import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

MINIMUM_WORDS = 3
"""Shorter fragments ("Thanks!", "100%!") join their neighbour."""

CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_CLOSERS = "\"'”’»)\\]}」』）》】〉*_"
_TERMINATOR = re.compile(
    rf"(?P<wide>[。！？｡；]+[{_CLOSERS}]*)"
    rf"|(?P<spaced>[؟۔।॥]+[{_CLOSERS}]*(?=\s|$))"
    rf"|(?P<mark>[!?‽]+[.!?]*[{_CLOSERS}]*(?=\s|$|[{CJK}]))"
    rf"|(?P<stop>(?:\.+|…+)[{_CLOSERS}]*(?=\s|$))"
)
_CONTINUES = re.compile(r"\s*[,，、;:：)\]）」』]")
_LAST_TOKEN = re.compile(r"[^\s(\[“\"'«—–/]+$")
_WORD = re.compile(rf"[{CJK}]|[^\W_{CJK}]+(?:['’\-.][^\W_{CJK}]+)*")
_CJK_CHARACTER = re.compile(f"[{CJK}]")
_ENUMERATION = re.compile(r"\(?(?:\d{1,2}|[A-Za-z])$")


@cache
def _abbreviations() -> dict[str, frozenset[str]]:
    text = files("ingest").joinpath("data/sentences.toml").read_text(encoding="utf-8")
    return {name: frozenset(words) for name, words in tomllib.loads(text).items()}


def word_count(text: str) -> int:
    """Return the length of `text` in words; two Chinese, Japanese or Korean characters count as one word."""
    tokens = _WORD.findall(text)
    wide = sum(1 for token in tokens if _CJK_CHARACTER.match(token))
    return len(tokens) - wide + (wide + 1) // 2


def split(text: str) -> tuple[Span, ...]:
    """Return the sentences of `text` in order, without the white space between them.

    The spans do not overlap and together cover every character that is not white space. A line break always ends a sentence;
    a fragment of fewer than `MINIMUM_WORDS` words joins its neighbour on the same line.
    """
    return tuple(sentence for line in _lines(text) for sentence in _merged(text, list(_sentences(text, line))))


def _lines(text: str) -> Iterator[Span]:
    for match in re.finditer(r"[^\n]+", text):
        if match.group().strip():
            yield Span(match.start(), match.end())


def _sentences(text: str, line: Span) -> Iterator[Span]:
    start = line.start
    for match in _TERMINATOR.finditer(text, line.start, line.end):
        if match.end() < line.end and not _ends(text, match, line.end):
            continue
        yield from _trimmed(text, start, match.end())
        start = match.end()
    yield from _trimmed(text, start, line.end)


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    piece = text[start:end]
    if piece.strip():
        yield Span(start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip()))


def _ends(text: str, match: re.Match[str], limit: int) -> bool:
    """Tell whether the punctuation in `match` ends a sentence, given what stands on both sides of it."""
    after = text[match.end() : limit]
    if _CONTINUES.match(after):
        return False
    if match.lastgroup != "stop":
        return not (match.lastgroup == "mark" and _starts_low(after))
    if _starts_low(after):
        return False
    if match.group().startswith(("..", "…")):
        return not _CJK_CHARACTER.match(after.lstrip())
    return not _is_abbreviation(text[max(0, match.start() - 24) : match.start()], after.lstrip())


def _starts_low(after: str) -> bool:
    letter = after.lstrip().lstrip("\"'“‘«([")[:1]
    return letter.islower()


def _is_abbreviation(before: str, after: str) -> bool:
    """Tell whether the stop between `before` and `after` belongs to an abbreviation, an initial or an item's number."""
    found = _LAST_TOKEN.search(before)
    if found is None:
        return False
    token, lists = found.group().casefold(), _abbreviations()
    if token in lists["inner"] or (token in lists["before_number"] and after[:1].isdigit()):
        return True
    if token in lists["either"]:
        return not after[:1].isupper()
    at_start = not before[: found.start()].strip()
    if at_start and _ENUMERATION.match(found.group()):
        return True
    return len(token) == 1 and token.isalpha() and found.group().isupper() and found.group() != "I"


def _merged(text: str, sentences: list[Span]) -> Iterator[Span]:
    """Join fragments forwards, and a last fragment backwards."""
    done: list[Span] = []
    start: int | None = None
    for sentence in sentences:
        whole = Span(sentence.start if start is None else start, sentence.end)
        if word_count(whole.of(text)) < MINIMUM_WORDS:
            start = whole.start
            continue
        done.append(whole)
        start = None
    if start is not None:
        first = done.pop().start if done else start
        done.append(Span(first, sentences[-1].end))
    return iter(done)
