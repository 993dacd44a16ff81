"""Every call that makes a change survive a power cut: fsync, rename and replace, in one place.

Tests put a callable into `hook` to stop the process, or to fail, immediately before or after any of these boundaries.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
import sys
from typing import TYPE_CHECKING

from ingest.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_DISK = frozenset({errno.ENOSPC, errno.EIO, errno.EROFS, errno.EFBIG, errno.EDQUOT})
_SQLITE_DISK = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN})
hook: Callable[[str, Path], None] | None = None
"""Called with the operation's name and path at each boundary, before and after it; None outside tests."""


@contextlib.contextmanager
def boundary(operation: str, path: Path) -> Iterator[None]:
    """Report to the hook that `operation` on `path` is about to happen, and that it has."""
    if hook is not None:
        hook(f"before {operation}", path)
    yield
    if hook is not None:
        hook(f"after {operation}", path)


@contextlib.contextmanager
def storage(folder: Path) -> Iterator[None]:
    """Turn what a disk that is full, failing or read only makes of a write below `folder` into one clear line.

    Raises:
        StorageError: saying what the system said and what to do.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _DISK:
            raise
        said = error.strerror
    except sqlite3.Error as error:
        # Extended codes keep the plain one in their lowest byte: https://sqlite.org/rescode.html
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _SQLITE_DISK:
            raise
        said = str(error)
    else:
        return
    mend = "the index still serves; make room or mend the disk, then run this again"
    raise StorageError(f"cannot write below {folder}: {said}; {mend}")


def sync_file(path: Path) -> None:
    """Force the content of a file to the disk."""
    with boundary("fsync", path), path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Force the names in a folder to the disk (Windows has no such call and needs none)."""
    if sys.platform == "win32":
        return
    with boundary("fsync", path):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Force a flat folder to the disk: each file, then the folder itself."""
    for path in sorted(folder.iterdir()):
        sync_file(path)
    sync_folder(folder)


def rename(source: Path, target: Path) -> None:
    """Give a file or folder a new name and force both parents' names to the disk. `target` must not exist."""
    with boundary("rename", target):
        source.rename(target)
    sync_folder(target.parent)
    if source.parent != target.parent:
        sync_folder(source.parent)


def replace_text(path: Path, text: str) -> None:
    """Put `text` into the file at `path` so that a reader sees the old text or the new one, never a mixture."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_text(text, encoding="utf-8")
        sync_file(aside)
        with boundary("replace", path):
            aside.replace(path)
    except OSError:
        aside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def move(source: Path, target: Path) -> None:
    """Put a finished file in the place of `target`, making its folder, so that either the old one or the new one is there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    sync_file(source)
    with boundary("replace", target):
        source.replace(target)
    sync_folder(target.parent)


def remove(path: Path) -> None:
    """Delete a file, if it is there."""
    with boundary("delete", path):
        path.unlink(missing_ok=True)
    sync_folder(path.parent)


def remove_tree(folder: Path, aside: Path) -> None:
    """Delete a folder, first moving it to `aside`, so that a half-deleted one never stands under its own name."""
    rename(folder, aside)
    with boundary("delete", aside):
        shutil.rmtree(aside)
