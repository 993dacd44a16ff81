"""From text to token ids: by the `tokenizers` library or, for the bundled model, by a table that loads many times faster.

The library needs about one second and 300 MB to read a vocabulary of 250,000 pieces, more than all the rest of answering a
question; the table needs 0.1 s and 60 MB. Both give the same ids (a test compares them over six languages).
"""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ingest.embed.pieces import Pieces

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_SPACE = "▁"
_UNKNOWN_PENALTY = 10.0
"""How far an unknown character lies below the least likely piece (SentencePiece's constant)."""
_WORDS_KEPT = 100_000


class TokenIds(Protocol):
    """Cuts text into the ids of a model, special tokens included."""

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the ids of each text, never cut short."""
        ...


class LibraryTokens:
    """A `tokenizer.json` of any kind, read by the `tokenizers` library."""

    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer  # noqa: PLC0415 - heavy, and not needed for the bundled model

        self._tokenizer: Any = Tokenizer.from_file(str(path))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the ids of each text, never cut short."""
        return [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]


class UnigramTokens:
    """The most likely cut into unigram pieces (Kudo 2018, arXiv:1804.10959), in plain Python over a dictionary."""

    def __init__(self, pieces: Pieces) -> None:
        self._frame = (pieces.begin, pieces.end)
        self._unknown = pieces.unknown
        special = {pieces.begin, pieces.end, pieces.padding, pieces.unknown}
        self._pieces = dict(zip(pieces.texts, range(len(pieces.texts)), strict=True))
        for index in special:
            del self._pieces[pieces.texts[index]]
        self._scores = pieces.scores
        self._unknown_score = min(pieces.scores) - _UNKNOWN_PENALTY
        self._longest = max(map(len, self._pieces), default=1)
        self._normalised = str.maketrans(dict(pieces.normalised))
        self._words: dict[str, list[int]] = {}

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the ids of each text, never cut short."""
        return [self._encode(text) for text in texts]

    def _encode(self, text: str) -> list[int]:
        ids = [self._frame[0]]
        for word in unicodedata.normalize("NFC", text).translate(self._normalised).split():
            known = self._words.get(word)
            if known is None:
                known = self._cut(_SPACE + word)
                if len(self._words) < _WORDS_KEPT:
                    self._words[word] = known
            ids += known
        ids.append(self._frame[1])
        return ids

    def _cut(self, word: str) -> list[int]:
        """Return the pieces of the cut with the highest sum of scores (Viterbi); runs of unknown characters become one."""
        size = len(word)
        best: list[float] = [0.0, *[-1e30] * size]
        step: list[tuple[int, int]] = [(0, 0)] * (size + 1)
        for start in range(size):
            score = best[start]
            for stop in range(start + 1, min(start + self._longest, size) + 1):
                piece = self._pieces.get(word[start:stop])
                if piece is not None and score + self._scores[piece] > best[stop]:
                    best[stop] = score + self._scores[piece]
                    step[stop] = (start, piece)
            if score + self._unknown_score > best[start + 1] and word[start] not in self._pieces:
                best[start + 1] = score + self._unknown_score
                step[start + 1] = (start, self._unknown)
        return self._walk(step)

    def _walk(self, step: list[tuple[int, int]]) -> list[int]:
        ids: list[int] = []
        stop = len(step) - 1
        while stop:
            stop, piece = step[stop]
            if not (piece == self._unknown and ids and ids[-1] == self._unknown):
                ids.append(piece)
        return ids[::-1]


def save_pieces(pieces: Pieces, folder: Path) -> None:
    """Write a unigram vocabulary in the form that `load_pieces` reads fast."""
    folder.mkdir()
    (folder / "pieces.txt").write_text("\n".join(pieces.texts), "utf-8", newline="\n")
    np.save(folder / "scores.npy", np.array(pieces.scores))
    special = {"begin": pieces.begin, "end": pieces.end, "padding": pieces.padding, "unknown": pieces.unknown}
    content = {**special, "normalised": dict(pieces.normalised)}
    (folder / "unigram.json").write_text(json.dumps(content), "utf-8")


def load_pieces(folder: Path) -> Pieces:
    """Read what `save_pieces` wrote."""
    return Pieces(
        texts=(folder / "pieces.txt").read_text("utf-8").split("\n"),
        scores=np.load(folder / "scores.npy").tolist(),
        **json.loads((folder / "unigram.json").read_text("utf-8")),
    )


def open_tokens(folder: Path) -> TokenIds:
    """Return the fastest tokenizer that a model's folder holds the files for."""
    table = folder / "unigram"
    return UnigramTokens(load_pieces(table)) if table.is_dir() else LibraryTokens(folder / "tokenizer.json")
