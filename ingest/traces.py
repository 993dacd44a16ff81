"""Search every stored file of a home for the sentences of a text: the proof that the text is gone.

Each file is searched as it stands on the disk, in every way the sentences could be spelt there, and each SQLite database once
more value by value, where a sentence is not torn by the border of a page.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ingest import lexical
from ingest.sentences import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_WINDOW = 32
"""Characters searched for at a time: short enough that the border of a page spoils one window and not the sentence."""
_SHORTEST = 16
"""Characters, and bytes: shorter sentences stand in many texts by chance."""
_PIECE = 1 << 22
_OVERLAP = 1 << 10
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_SQLITE = b"SQLite format 3\0"
_Window = tuple[int, str]
"""The number of a sentence, and a stretch of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A file that still holds sentences."""

    path: str
    sentences: int

    def __str__(self) -> str:
        return f"{self.path} still holds {self.sentences} of its sentences"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a search of a whole home found."""

    files: int
    bytes: int
    sentences: int
    """Sentences long enough to be searched for."""
    shared: int
    """Sentences of these that also stand in texts that were to stay; nothing can be proven about them."""
    found: tuple[Trace, ...] = ()

    def __str__(self) -> str:
        held = f", but for parts of {self.shared} that other texts say too" if self.shared else ""
        looked = f"searched {self.files} files ({self.bytes:,} bytes) for {self.sentences} sentences{held}"
        return "\n".join([f"{looked}: found {'these' if self.found else 'nothing'}", *map(str, self.found)])


def search(home: Path, texts: Iterable[str], staying: Iterable[str] = ()) -> Proof:
    """Search all files below `home` for the sentences of `texts`, but for those that `staying` texts hold as well.

    Raises:
        OSError: a file cannot be read, so that nothing is proven.
    """
    sentences = list(dict.fromkeys(said for text in texts for said in _sentences(text)))
    needles = _Needles(sentences)
    below = (Path(folder, name) for folder, _, names in os.walk(home) for name in names)
    paths = [path for path in sorted(below) if path.is_file() and not path.is_symlink()]
    hits = {path: needles.found_in(_contents(path)) for path in paths}
    elsewhere: set[_Window] = set()
    if any(hits.values()):
        elsewhere = needles.found_in(spelt.encode() for text in staying for spelt in (text, *_folded(text)))
    return Proof(
        files=len(paths),
        bytes=sum(path.stat().st_size for path in paths if path.exists()),
        sentences=len(sentences),
        shared=len({sentence for sentence, _ in elsewhere & set().union(*hits.values())}),
        found=tuple(
            Trace(path=path.relative_to(home).as_posix(), sentences=len({sentence for sentence, _ in hit - elsewhere}))
            for path, hit in hits.items()
            if hit - elsewhere
        ),
    )


class _Needles:
    """Many byte strings to be found at once (Karp and Rabin, 1987): by a hash of sixteen bytes, then by themselves."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self._by_hash: dict[int, list[tuple[bytes, _Window]]] = {}
        for number, sentence in enumerate(sentences):
            for window, needle in _spellings(sentence):
                self._by_hash.setdefault(int(_hashes(needle)[0]), []).append((needle, (number, window)))
        self._wanted = np.array(sorted(self._by_hash), dtype=np.uint64)
        self._maybe = np.zeros(1 << 16, dtype=np.bool_)
        self._maybe[(self._wanted >> np.uint64(48)).astype(np.int64)] = True

    def found_in(self, pieces: Iterable[bytes]) -> set[_Window]:
        """Return the windows that stand in one of `pieces`."""
        found: set[_Window] = set()
        for piece in pieces:
            if len(piece) < _SHORTEST or not len(self._wanted):
                continue
            hashes = _hashes(piece)
            places = np.flatnonzero(self._maybe[(hashes >> np.uint64(48)).astype(np.int64)])
            for place in places[np.isin(hashes[places], self._wanted)].tolist():
                known = self._by_hash[int(hashes[place])]
                found.update(window for needle, window in known if piece.startswith(needle, place))
        return found


def _hashes(piece: bytes) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """Return a hash of the sixteen bytes from each place of `piece` on."""
    words = np.ndarray((len(piece) - 7,), dtype="<u8", buffer=piece, strides=(1,))
    return np.asarray((words[:-8] * _MULTIPLIER) ^ words[8:] * np.uint64(3), dtype=np.uint64) * _MULTIPLIER


def _spellings(sentence: str) -> Iterator[tuple[str, bytes]]:
    """Yield the windows of a sentence as a file may hold them: as text, as JSON text, and as the terms of the search."""
    for window in dict.fromkeys(_windows(sentence)):
        yield from ((window, window.encode(encoding)) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
        yield window, json.dumps(window)[1:-1].encode()
    for folded in _folded(sentence):
        windows = dict.fromkeys(_windows(folded))
        yield from ((window, window.encode()) for window in windows if len(window.encode()) >= _SHORTEST)


def _windows(text: str) -> Iterator[str]:
    for start in range(0, max(len(text) - _WINDOW, 0) + 1, _WINDOW):
        yield text[start : start + _WINDOW]
    yield text[-_WINDOW:]


def _folded(text: str) -> tuple[str, str]:
    return " ".join(lexical.indexed_words(text)), " ".join(lexical.bigrams(text))


def _sentences(text: str) -> Iterator[str]:
    said = (span.of(text) for span in split(text))
    return (sentence for sentence in said if len(sentence) >= _SHORTEST or len(sentence.encode()) >= 2 * _SHORTEST)


def _contents(path: Path) -> Iterator[bytes]:
    """Yield the bytes of a file in pieces that overlap, then, of a database, all values; nothing of one gone meanwhile."""
    with contextlib.suppress(FileNotFoundError):
        yield from _bytes(path)


def _bytes(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        head = file.read(len(_SQLITE))
        file.seek(0)
        rest = b""
        while piece := file.read(_PIECE):
            yield rest + piece
            rest = piece[-_OVERLAP:]
    if head == _SQLITE:
        yield from _values(path)


def _values(path: Path) -> Iterator[bytes]:
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0").fetchall()
        for (table,) in tables:
            quoted = table.replace('"', '""')
            for row in connection.execute(f'SELECT * FROM "{quoted}"'):  # noqa: S608 (a name of the file's own)
                yield b"\0".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
