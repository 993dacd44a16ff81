"""Read a SentencePiece model file: its pieces with their scores, and the character map of its normaliser.

The file is a protocol buffer (`sentencepiece_model.proto`): field 1 repeats the pieces (1 text, 2 score), field 3 is the
normaliser (2 the precompiled character map). Nothing else of it is needed here, which saves a dependency.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECES, _NORMALISER = 1, 3
_TEXT, _SCORE, _CHARACTER_MAP = 1, 2, 2
_VARINT, _EIGHT_BYTES, _COUNTED, _FOUR_BYTES = 0, 1, 2, 5


def read_sentencepiece(content: bytes) -> tuple[list[str], list[float], bytes]:
    """Return (pieces, their scores, character map) of the model file with this `content`.

    Raises:
        ValueError: this is no such file.
    """
    pieces: list[str] = []
    scores: list[float] = []
    character_map = b""
    for field, value in _fields(content):
        if field == _PIECES:
            parts = dict(_fields(value))
            pieces.append(parts[_TEXT].decode())
            scores.append(struct.unpack("<f", parts[_SCORE])[0] if _SCORE in parts else 0.0)
        elif field == _NORMALISER:
            character_map = dict(_fields(value)).get(_CHARACTER_MAP, b"")
    if not pieces or not character_map:
        raise ValueError("not a SentencePiece model with a normaliser")
    return pieces, scores, character_map


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield number and bytes of each field; numbers written as varints are skipped over."""
    position = 0
    while position < len(message):
        tag, position = _varint(message, position)
        field, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            _, position = _varint(message, position)
            continue
        if wire == _COUNTED:
            size, position = _varint(message, position)
        elif wire in (_EIGHT_BYTES, _FOUR_BYTES):
            size = 8 if wire == _EIGHT_BYTES else 4
        else:
            raise ValueError(f"not a SentencePiece model: wire type {wire}")
        yield field, message[position : position + size]
        position += size


def _varint(message: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if position >= len(message):
            raise ValueError("a SentencePiece model cut short")
        byte = message[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 - the bit that says "more follows"
            return value, position
        shift += 7
