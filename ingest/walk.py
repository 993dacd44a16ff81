"""Find the files to ingest and tell the changed ones from the unchanged."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


_ABOUT_FOLDERS = frozenset({"README", "LICENSE", "LICENCE", "CONTRIBUTING", "CHANGELOG"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file at or below one of the roots, both absolute."""

    path: Path
    root: Path
    """The folder or file that was named."""

    @property
    def folder(self) -> Path:
        """The folder that the file's relative path starts from."""
        return self.root.parent if self.path == self.root else self.root

    @property
    def relative(self) -> str:
        """The path below `folder`, with forward slashes on every system."""
        return self.path.relative_to(self.folder).as_posix()

    def sha256(self) -> str:
        """Return the checksum of the file's bytes."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """What the roots hold."""

    files: tuple[Found, ...]
    roots: tuple[Path, ...]
    unreadable: tuple[str, ...] = ()
    """Folders that could not be listed: what they held must not be taken for deleted."""

    def gone(self, path: str) -> bool:
        """Tell whether a file once read below these roots is certainly there no more."""
        known = Path(path)
        below = any(known == root or root in known.parents for root in self.roots)
        hidden = any(Path(folder) in known.parents for folder in self.unreadable)
        return below and not hidden and not known.exists()


def walk(paths: Iterable[str | Path], accepts: Callable[[Path], bool]) -> Walk:
    """List the files at `paths`, folders with everything below them, in a stable order.

    Hidden files and folders, a folder's README and licence, and files that `accepts` refuses are left out of folders; a file
    named itself is always taken.

    Raises:
        UsageError: one of the paths does not exist.
    """
    roots = tuple(dict.fromkeys(Path(path).expanduser().resolve() for path in paths))
    found: dict[Path, Found] = {}
    unreadable: list[str] = []
    for root in roots:
        if root.is_file():
            found.setdefault(root, Found(path=root, root=root))
        elif root.is_dir():
            for path in _below(root, unreadable):
                if accepts(path):
                    found.setdefault(path, Found(path=path, root=root))
        else:
            raise UsageError(f"no such file or folder: {root}")
    return Walk(files=tuple(found.values()), roots=roots, unreadable=tuple(unreadable))


def _below(root: Path, unreadable: list[str]) -> Sequence[Path]:
    files: list[Path] = []
    for folder, folders, names in os.walk(root, onerror=lambda error: unreadable.append(str(error.filename))):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files += (Path(folder, name) for name in sorted(names) if not name.startswith(".") and not _is_about_folder(name))
    return files


def _is_about_folder(name: str) -> bool:
    """Tell whether a file speaks of its folder (README.md, LICENSE.txt) and not of anybody's career."""
    return name.partition(".")[0].upper() in _ABOUT_FOLDERS
