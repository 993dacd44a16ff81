"""The gateway's two transport compressions: one stream over all messages of a connection, flushed after each."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def compressor(name: str | None) -> Callable[[Any], bytes | str]:
    """Return the function that packs what the gateway sends on one connection.

    Args:
        name: `zlib-stream`, `zstd-stream`, or None for plain JSON.
    """
    if name == "zlib-stream":
        stream = zlib.compressobj()
        return lambda data: stream.compress(_bytes(data)) + stream.flush(zlib.Z_SYNC_FLUSH)
    if name == "zstd-stream":
        import zstandard  # noqa: PLC0415 - only where discord.py found it too

        frame = zstandard.ZstdCompressor().compressobj()
        return lambda data: frame.compress(_bytes(data)) + frame.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    return json.dumps


def _bytes(data: Any) -> bytes:
    return json.dumps(data).encode()
