"""Every call that makes a change survive a power cut: fsync, rename and replace, in one place.

Tests put a callable into `hook` to stop the process, or to fail, immediately before or after any of these boundaries.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

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
    aside.write_text(text, encoding="utf-8")
    sync_file(aside)
    with boundary("replace", path):
        aside.replace(path)
    sync_folder(path.parent)


def remove_tree(folder: Path, aside: Path) -> None:
    """Delete a folder, first moving it to `aside`, so that a half-deleted one never stands under its own name."""
    rename(folder, aside)
    with boundary("delete", aside):
        shutil.rmtree(aside)
