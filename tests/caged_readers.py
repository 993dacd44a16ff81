"""Readers for the cage's worker that misbehave when a file says so, in place of the real parsers."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from small_index import interview

from ingest.cage.worker import Reader
from ingest.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.values import Ingested


def misbehaving(registry_path: str | None) -> Reader:
    """Return a reader that does what the first word of a file says."""
    del registry_path
    return Reader(read=_read, load=_load)


def broken(registry_path: str | None) -> Reader:
    """Fail to load."""
    raise ImportError(f"no such parser ({registry_path})")


def _read(path: Path, folder: Path) -> Ingested:
    word, _, rest = path.read_text(encoding="utf-8").partition(" ")
    if deed := _DEEDS.get(word):
        deed(rest.strip())
    if word == "unreadable":
        raise UnreadableError(f"{path.relative_to(folder)}: {rest.strip()}")
    return interview("Ada", [("Why?", "Because I wanted to.")])


def _load() -> None:
    _LOADED.append("everything")


def _need(_rest: str) -> None:
    if not _LOADED:
        raise ModuleNotFoundError("something that is loaded before a file is given up")


def _hog(rest: str) -> None:
    kept = []
    while True:
        kept.append(bytearray(int(rest) * 1024 * 1024))


def _keep(rest: str) -> None:
    _KEPT.append(bytearray(os.urandom(1024)) * (int(rest) * 1024))


def _spin(_rest: str) -> None:
    while True:
        pass


def _crash(_rest: str) -> None:
    ctypes.string_at(0)


def _kill(_rest: str) -> None:
    signal.raise_signal(signal.SIGKILL)


def _recurse(rest: str) -> None:
    _recurse(rest)


def _connect(rest: str) -> None:
    socket.create_connection(("127.0.0.1", int(rest)), timeout=2)


def _native_connect(rest: str) -> None:
    """Connect as native code does, past Python's audit hooks."""
    made = _SYSTEM.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
    address = int(socket.AF_INET).to_bytes(2, sys.byteorder) + int(rest).to_bytes(2, "big") + bytes([127, 0, 0, 1]) + bytes(8)
    if _SYSTEM.connect(made, address, len(address)) == 0:
        raise AssertionError("it connected")
    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _native_write(rest: str) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    opened = _SYSTEM.open(rest.encode(), os.O_WRONLY | os.O_CREAT, 0o600)
    if _SYSTEM.write(opened, b"words", 5) != 5:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _write(rest: str) -> None:
    Path(rest).write_text("words", encoding="utf-8")


def _run(rest: str) -> None:
    subprocess.run([rest], check=False)


def _print(rest: str) -> None:
    sys.stdout.write(rest * 1000)


def _lie(_rest: str) -> None:
    """Write something that is no message where the parent listens."""
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, b"X" * 9)
        except OSError:
            continue


_SYSTEM = ctypes.CDLL(None, use_errno=True)
"""Loaded before the cage closes."""
_LOADED: list[str] = []
_KEPT: list[bytearray] = []
_DEEDS: dict[str, Callable[[str], None]] = {
    "need": _need,
    "hog": _hog,
    "keep": _keep,
    "spin": _spin,
    "sleep": lambda rest: time.sleep(float(rest)),
    "crash": _crash,
    "kill": _kill,
    "recurse": _recurse,
    "connect": _connect,
    "native-connect": _native_connect,
    "native-write": _native_write,
    "write": _write,
    "run": _run,
    "print": _print,
    "lie": _lie,
}
