"""Big model files on this machine: where they live, whether they are what they claim to be, and how they are written.

Files appear whole or not at all: they are written under a temporary name beside their place and renamed. Two processes may do
so at once; both write the same bytes and the last rename wins. Nothing here touches the network.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from ingest.errors import ModelMissingError

Progress = Callable[[int, int], None]
"""Called with the bytes done and the bytes in all."""

BLOCK = 1 << 20
"""Bytes read or written at a time."""
LEDGER = "checksums.json"
"""Name of the file in the models directory that remembers checksums of files already read."""
STALE_SECONDS = 3600.0
"""A temporary file that nobody has touched for this long was left by a process that died."""
_PARTIAL = ".partial-"


def models_dir(override: Path | None = None) -> Path:
    """Return the directory that holds unpacked models: `override`, else `CAREERBOT_MODELS`, else the user's cache."""
    if override is not None:
        return override
    if named := os.environ.get("CAREERBOT_MODELS"):
        return Path(named).expanduser()
    from platformdirs import user_cache_dir  # noqa: PLC0415 - only the last resort needs it

    return Path(user_cache_dir("careerbot", appauthor=False)) / "models"


def sha256_of(path: Path, progress: Progress | None = None) -> str:
    """Return the SHA-256 of a file in hexadecimal, reading it in blocks."""
    total, done, digest = path.stat().st_size, 0, hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            done += len(block)
            if progress:
                progress(done, total)
    return digest.hexdigest()


def verify_sha256(path: Path, expected: str, progress: Progress | None = None) -> None:
    """Check that a file has the expected SHA-256.

    Raises:
        ModelMissingError: The file is absent or its checksum differs; the text names both sums.
    """
    if not path.is_file():
        raise ModelMissingError(f"{path} is missing")
    actual = sha256_of(path, progress)
    if actual != expected:
        raise ModelMissingError(f"{path.name} has sha256 {actual}, expected {expected}: install its package again")


def require_space(directory: Path, needed: int) -> None:
    """Check that `needed` bytes are free where `directory` is or will be.

    Raises:
        ModelMissingError: They are not; the text says how many there are and what to do.
    """
    existing = next(parent for parent in (directory, *directory.absolute().parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    if free < needed:
        raise ModelMissingError(
            f"needs {_gigabytes(needed)} GB free in {directory}, has {_gigabytes(free)} GB: free some or set CAREERBOT_MODELS"
        )


@contextmanager
def new_file(path: Path, size: int) -> Iterator[BinaryIO]:
    """Open a temporary file that becomes `path` when the block ends well and disappears when it does not.

    Args:
        path: Where the whole file shall stand.
        size: Bytes it will hold; as much must be free.

    Raises:
        ModelMissingError: The disk has not enough room, or the directory cannot be written.
    """
    with _writing_to(path.parent):
        _prepare(path.parent, size)
        handle, name = tempfile.mkstemp(prefix=_PARTIAL, dir=path.parent)
        partial = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            partial.chmod(0o644)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


@contextmanager
def new_directory(path: Path, size: int) -> Iterator[Path]:
    """Open a temporary directory that becomes `path` when the block ends well and disappears when it does not.

    Where another process has put a directory at `path` meanwhile, that one stays.

    Args:
        path: Where the whole directory shall stand.
        size: Bytes it will hold; as much must be free.

    Raises:
        ModelMissingError: The disk has not enough room, or the parent directory cannot be written.
    """
    with _writing_to(path.parent):
        _prepare(path.parent, size)
        partial = Path(tempfile.mkdtemp(prefix=_PARTIAL, dir=path.parent))
        try:
            yield partial
            partial.chmod(0o755)
            try:
                partial.rename(path)
            except OSError:
                if not path.is_dir():
                    raise
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def known_sha256(path: Path, ledger: Path, progress: Progress | None = None) -> str:
    """Return the SHA-256 of a file, from `ledger` when this very file (size and time of change) was read before.

    Args:
        path: The file, which may be anywhere and need not be writable.
        ledger: A JSON file in the models directory; it is made when missing.
        progress: Told the bytes read, when the file has to be read.
    """
    entry = _ledger(ledger).get(str(path.resolve()))
    if entry and entry == _record(path, str(entry["sha256"])):
        return str(entry["sha256"])
    found = sha256_of(path, progress)
    remember_sha256(path, found, ledger)
    return found


def remember_sha256(path: Path, sha256: str, ledger: Path) -> None:
    """Note the checksum of a file, so that `known_sha256` need not read all of it.

    Of two processes that write at once one loses its entry, and a later start reads that file once more.
    """
    content = json.dumps({**_ledger(ledger), str(path.resolve()): _record(path, sha256)}, indent=1).encode()
    # A models directory that cannot be written (an image, a shared mount) only costs reading the file again.
    with suppress(ModelMissingError), new_file(ledger, len(content)) as file:
        file.write(content)


def _ledger(path: Path) -> dict[str, dict[str, str | int]]:
    try:
        known: dict[str, dict[str, str | int]] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return known


def _record(path: Path, sha256: str) -> dict[str, str | int]:
    facts = path.stat()
    return {"sha256": sha256, "bytes": facts.st_size, "modified_ns": facts.st_mtime_ns}


@contextmanager
def _writing_to(directory: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ModelMissingError(
            f"cannot write models to {directory} ({error.strerror or error}): set CAREERBOT_MODELS"
        ) from error


def _prepare(directory: Path, size: int) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    _sweep(directory)
    require_space(directory, size)


def _sweep(directory: Path) -> None:
    """Remove what processes that were killed left behind."""
    for left in directory.glob(f"{_PARTIAL}*"):
        if time.time() - left.stat().st_mtime > STALE_SECONDS:
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f}"
