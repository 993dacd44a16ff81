"""Tokens of the second encoder: SentencePiece unigram pieces, cut word by word and remembered.

The same ids as the encoder's own package gives, faster: no piece of its vocabulary reaches over a space, so the best cut of a
text is the best cut of each of its words, and words repeat.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_PIECES, _SCORES, _CHARACTER_MAP = "pieces.txt", "scores.npy", "normaliser.bin"
_UNKNOWN, _BEGIN, _END = 0, 1, 2
_SPACE = "▁"
_UNKNOWN_PENALTY = 10.0
"""How far an unknown character lies below the least likely piece (SentencePiece's constant)."""
_WORDS_KEPT = 100_000


def save_tokens(pieces: Sequence[str], scores: Sequence[float], character_map: bytes, folder: Path) -> None:
    """Write a vocabulary in the form that `UniversalTokens` opens fast."""
    (folder / _PIECES).write_text("\n".join(pieces), "utf-8", newline="\n")
    np.save(folder / _SCORES, np.array(scores, np.float32))
    (folder / _CHARACTER_MAP).write_bytes(character_map)


class UniversalTokens:
    """The most likely cut into unigram pieces (Kudo 2018, arXiv:1804.10959)."""

    def __init__(self, folder: Path) -> None:
        """Open the vocabulary that `save_tokens` wrote into `folder`."""
        from tokenizers.normalizers import Precompiled  # noqa: PLC0415 - only where a text is to be cut

        texts = (folder / _PIECES).read_text("utf-8").split("\n")
        self._scores: list[float] = np.load(folder / _SCORES).tolist()
        self._pieces = dict(zip(texts, range(len(texts)), strict=True))
        self._longest: dict[str, int] = {}
        for text in texts:
            self._longest[text[0]] = max(self._longest.get(text[0], 1), len(text))
        self._unknown_score = min(self._scores) - _UNKNOWN_PENALTY
        self._normaliser: Any = Precompiled((folder / _CHARACTER_MAP).read_bytes())
        self._words: dict[str, list[int]] = {}

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the ids of each text, begin and end included, never cut short."""
        return [[_BEGIN, *self._ids(text), _END] for text in texts]

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = []
        for word in self._normaliser.normalize_str(unicodedata.normalize("NFC", text)).split(" "):
            if not word:
                continue
            known = self._words.get(word)
            if known is None:
                known = self._cut(_SPACE + word)
                if len(self._words) < _WORDS_KEPT:
                    self._words[word] = known
            ids += known
        return ids or [_UNKNOWN]

    def _cut(self, word: str) -> list[int]:
        """Return the pieces of the cut with the highest sum of scores (Viterbi); the shorter piece wins a tie."""
        size = len(word)
        best: list[float] = [0.0, *[-1e38] * size]
        step: list[tuple[int, int]] = [(0, _UNKNOWN)] * (size + 1)
        for start in range(size):
            score = best[start]
            for stop in range(start + 1, min(start + self._longest.get(word[start], 1), size) + 1):
                piece = self._pieces.get(word[start:stop])
                if piece is not None and score + self._scores[piece] > best[stop]:
                    best[stop] = score + self._scores[piece]
                    step[stop] = (start, piece)
            if word[start] not in self._pieces and score + self._unknown_score > best[start + 1]:
                best[start + 1] = score + self._unknown_score
                step[start + 1] = (start, _UNKNOWN)
        ids: list[int] = []
        stop = size
        while stop:
            stop, piece = step[stop]
            ids.append(piece)
        return ids[::-1]
