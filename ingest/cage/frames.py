"""Messages between the cage and its worker: one byte that says what it is, eight that say how long, then the body."""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from enum import Enum

_HEADER = struct.Struct(">cQ")
MAX_BYTES = 256 * 1024 * 1024
"""No honest message is longer: five million characters with their passages take less."""


class Tag(bytes, Enum):
    """What a message is."""

    READY = b"R"
    """The parsers are loaded; the body is JSON: what is enforced."""
    READ = b"Q"
    """Please read a file; the body is JSON: path and folder."""
    PARSED = b"P"
    """The body is a source as `ingest.cage.answer` writes it."""
    UNREADABLE = b"U"
    """The body is the line that says why the file cannot be read."""
    FAILED = b"F"
    """The body is the kind and text of an error that nobody foresaw."""
    MEMORY = b"M"
    """There was not enough memory."""
    AGAIN = b"A"
    """The file failed before everything was loaded, which it is now: please ask again."""
    DIED = b"D"
    """The child ended in the middle of a file; the body is its wait status in decimal."""


class BrokenFrameError(Exception):
    """The bytes are not a message: the other side is not what it should be."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message."""

    tag: Tag
    body: bytes = b""


def send(descriptor: int, frame: Frame) -> None:
    """Write a message in full.

    Raises:
        OSError: the other side is gone.
    """
    for part in (_HEADER.pack(frame.tag.value, len(frame.body)), frame.body):
        left = memoryview(part)
        while left:
            left = left[os.write(descriptor, left) :]


def receive(descriptor: int) -> Frame | None:
    """Read a message in full; None where the other side has closed.

    Raises:
        BrokenFrameError: what came is no message.
    """
    header = _exactly(descriptor, _HEADER.size)
    if header is None:
        return None
    tag, length = _HEADER.unpack(header)
    if length > MAX_BYTES:
        raise BrokenFrameError(f"a message of {length:,} bytes")
    body = _exactly(descriptor, length)
    if body is None:
        raise BrokenFrameError("a message was cut short")
    try:
        return Frame(Tag(tag), body)
    except ValueError as error:
        raise BrokenFrameError("a message of an unknown kind") from error


def _exactly(descriptor: int, length: int) -> bytes | None:
    """Return `length` bytes; None where the stream ends before them."""
    parts: list[bytes] = []
    while length:
        part = os.read(descriptor, min(length, 1 << 20))
        if not part:
            return None
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
