"""A BERT of two layers and 32 numbers with a vocabulary of a few pieces, written in the 4-bit format: all of it invented."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np

from ingest.embed.pieces import Pieces

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

HIDDEN, LAYERS, INTERMEDIATE, POSITIONS = 32, 2, 64, 16
PIECES = Pieces(
    texts=(
        "<s>",
        "<pad>",
        "</s>",
        "<unk>",
        "▁",
        "a",
        "b",
        "c",
        "d",
        "e",
        "é",
        "f",
        "i",
        "1",
        "2",
        "⁄",
        "de",
        "▁abc",
        "bc",
        "中",
    ),
    scores=(
        0.0,
        0.0,
        0.0,
        0.0,
        -3.0,
        -4.0,
        -4.5,
        -5.0,
        -5.5,
        -6.0,
        -6.5,
        -7.0,
        -7.5,
        -8.0,
        -8.5,
        -9.0,
        -5.25,
        -3.25,
        -6.0,
        -9.5,
    ),
    begin=0,
    end=2,
    padding=1,
    unknown=3,
    normalised={"\n": " ", "\u200b": " ", "\u3000": " ", "½": "1⁄2", "ﬁ": "fi", "\x07": ""},
)


def pack(weights: NDArray[np.float32], scale: float) -> bytes:
    """Return one block of 32 weights that are multiples of `scale` from -8 to 7."""
    halves = np.round(weights / scale + 8).astype(np.uint8)
    return np.float16(scale).tobytes() + (halves[:16] | halves[16:] << 4).tobytes()


def four_bit_file(path: Path) -> Path:
    """Write the miniature model and return its path."""
    tensors = list(_tensors())
    directory_size = 4 + sum(2 + len(name) + 21 for name, *_ in tensors)
    head = _head()
    offset = len(head) + directory_size
    directory = struct.pack("<i", len(tensors))
    for name, kind, count, content in tensors:
        directory += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, count, offset, len(content))
        offset += len(content)
    path.write_bytes(head + directory + b"".join(content for *_, content in tensors))
    return path


def _head() -> bytes:
    texts = [text.encode() for text in PIECES.texts]
    offsets = np.cumsum([0, *map(len, texts)]).astype("<u4")
    normaliser = b"".join(
        struct.pack(f"<IB{len(value)}I", ord(key), len(value), *map(ord, value)) for key, value in PIECES.normalised.items()
    )
    sizes = (HIDDEN, LAYERS, 4, INTERMEDIATE, len(texts), POSITIONS, 2)
    special = (len(texts), PIECES.begin, PIECES.end, PIECES.padding, PIECES.unknown)
    return (
        struct.pack("<4sI7ifi", b"E5S1", 1, *sizes, 1e-12, 32)
        + struct.pack("<5iQ", *special, int(offsets[-1]))
        + offsets.tobytes()
        + np.array(PIECES.scores, "<f4").tobytes()
        + b"".join(texts)
        + struct.pack("<iI", len(PIECES.normalised), len(normaliser))
        + normaliser
    )


def _tensors() -> Iterator[tuple[str, int, int, bytes]]:
    random = np.random.default_rng(7)
    sizes = {"q": (HIDDEN, HIDDEN), "k": (HIDDEN, HIDDEN), "v": (HIDDEN, HIDDEN), "ao": (HIDDEN, HIDDEN)}
    sizes |= {"fi": (INTERMEDIATE, HIDDEN), "fo": (HIDDEN, INTERMEDIATE)}
    yield _four_bit("emb.word", len(PIECES.texts) * HIDDEN, random)
    yield _plain("emb.pos", random.normal(size=POSITIONS * HIDDEN) * 0.1)
    yield _plain("emb.type", np.zeros(2 * HIDDEN))
    yield _plain("emb.ln.w", np.ones(HIDDEN))
    yield _plain("emb.ln.b", np.zeros(HIDDEN))
    for layer in range(LAYERS):
        for name, (rows, columns) in sizes.items():
            yield _four_bit(f"l{layer}.{name}.w", rows * columns, random)
            yield _plain(f"l{layer}.{name}.b", random.normal(size=rows) * 0.1)
        for name in ("aln", "oln"):
            yield _plain(f"l{layer}.{name}.w", np.ones(HIDDEN))
            yield _plain(f"l{layer}.{name}.b", np.zeros(HIDDEN))


def _plain(name: str, values: NDArray[np.float64]) -> tuple[str, int, int, bytes]:
    return name, 0, values.size, values.astype("<f4").tobytes()


def _four_bit(name: str, count: int, random: np.random.Generator) -> tuple[str, int, int, bytes]:
    blocks = random.integers(-8, 8, size=(count // 32, 32)).astype(np.float32) * 0.0625
    return name, 1, count, b"".join(pack(block, 0.0625) for block in blocks)
