"""Runs of words that a digest shares with somebody else's text: each run is hashed once, texts at hand are read once.

Ten words in a row make a copy, or sixteen characters where Chinese or Japanese is among them (about ten words).
The hash is a polynomial over word numbers (Karp and Rabin 1987); a hit is compared word by word before it counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from bot.corpus.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from bot.corpus.digest import Digest

RUN = 10
"""Words in a row that make a copy."""
CJK_RUN = 16
"""Words in a row, each Chinese or Japanese character being one, that make a copy where such characters are among them."""
SUFFIXES = frozenset({".txt", ".md", ".markdown", ".jsonl", ".json", ".vtt", ".srt", ".html", ".tsv", ".csv", ".xml"})
_TOKEN = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff]|(?:[^\W_\u3040-\u30ff\u3400-\u9fff]|[\u0300-\u036f\u0900-\u0963\u064b-\u065f])+"
)
"""A Chinese or Japanese character, or a word: the vowel signs of Hindi and Arabic, no letters to Python, belong to theirs."""
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})|\\[nrt]")
_BETWEEN = re.compile(
    r"^\s*(?:-\s*)?(?:sec|time|who|header):.*$|^(?:-\s+)?line:|\(?(?:\d+:)?\d\d:\d\d(?:[.,]\d+)?\)?:?|-->|<[^<>\n]*>",
    re.MULTILINE,
)
"""What stands between two words that are said in a row: times, who speaks, tags."""
_BASE = 1_000_003


@dataclass(frozen=True, slots=True)
class _Place:
    digest: Digest
    line: int
    words: tuple[str, ...]


def copies(digests: Sequence[Digest], folders: Sequence[Path]) -> Iterator[Fault]:
    """Yield every run that a digest shares with a text in `folders`, once for each text and line."""
    ours = _Runs(digests)
    seen: set[tuple[Path, int, Path]] = set()
    for path in texts(folders):
        words = _words(spoken(path))
        for place in ours.shared_with(words):
            if (key := (place.digest.path, place.line, path)) not in seen:
                seen.add(key)
                text = f"shares a run with {path.name}: {' '.join(place.words)}"
                yield Fault(path=place.digest.path, line=place.line, text=text)


def texts(folders: Sequence[Path]) -> Iterator[Path]:
    """Yield the files of text in `folders`."""
    for folder in folders:
        yield from (path for path in sorted(folder.rglob("*")) if path.suffix.lower() in SUFFIXES and path.is_file())


def spoken(path: Path) -> str:
    """Return a file's words as they were said in a row: JSON unescaped, times, speakers' keys and tags left out."""
    text = path.read_text("utf-8", "ignore").lower()
    if path.suffix.startswith(".json"):
        text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else " ", text)
    return _BETWEEN.sub(" ", text)


def _words(text: str) -> list[str]:
    return _TOKEN.findall(text.lower())


class _Runs:
    """The runs of all digests by their hash."""

    def __init__(self, digests: Sequence[Digest]) -> None:
        self._numbers: dict[str, int] = {}
        self._places: dict[int, dict[int, list[_Place]]] = {RUN: {}, CJK_RUN: {}}
        for digest in digests:
            self._add(digest)
        self._hashes = {length: np.array(sorted(places), np.uint64) for length, places in self._places.items()}

    def shared_with(self, words: Sequence[str]) -> Iterator[_Place]:
        """Yield where our runs stand in `words`."""
        numbers = np.array([self._numbers.get(word, 0) for word in words], np.uint64)
        for length, places in self._places.items():
            starts, hashes = _hash(numbers, length)
            for n in _members(hashes, self._hashes[length]):
                run = tuple(words[starts[n] : starts[n] + length])
                yield from (place for place in places[int(hashes[n])] if place.words == run)

    def _add(self, digest: Digest) -> None:
        pairs = [(word, line.number) for line in digest.lines for word in _words(line.text)]
        words = [word for word, _ in pairs]
        numbers = np.array([self._numbers.setdefault(word, len(self._numbers) + 1) for word in words], np.uint64)
        for length, places in self._places.items():
            starts, hashes = _hash(numbers, length)
            for start, value in zip(starts.tolist(), hashes.tolist(), strict=True):
                run = tuple(words[start : start + length])
                if any(map(_CJK.match, run)) == (length == CJK_RUN):
                    places.setdefault(value, []).append(_Place(digest, pairs[start][1], run))


def _members(values: NDArray[np.uint64], ordered: NDArray[np.uint64]) -> list[int]:
    """Return where `values` holds one of the `ordered` values; `numpy.isin` would put them in order again for every text."""
    if not len(ordered):
        return []
    places = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return [int(n) for n in np.flatnonzero(ordered[places] == values)]


def _hash(numbers: NDArray[np.uint64], length: int) -> tuple[NDArray[np.intp], NDArray[np.uint64]]:
    """Return where runs of known words start, and their hashes (modulo 2^64)."""
    if len(numbers) < length:
        return np.empty(0, np.intp), np.empty(0, np.uint64)
    # A run of known words: `length` words further on, as many known words more have been counted.
    known = np.concatenate(([0], np.cumsum(numbers != 0)))
    starts = np.flatnonzero(known[length:] - known[:-length] == length)
    powers = np.array([pow(_BASE, n, 2**64) for n in range(length)], np.uint64)
    return starts, (sliding_window_view(numbers, length)[starts] * powers).sum(axis=1, dtype=np.uint64)
