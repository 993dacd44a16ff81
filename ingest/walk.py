"""Find the files to ingest, and tell which of those known before are certainly there no more."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import UsageError
from ingest.listing import is_listing, listed_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

_ABOUT_FOLDERS = frozenset({"README", "LICENSE", "LICENCE", "CONTRIBUTING", "CHANGELOG"})
_MAGIC = re.compile(r"[*?\[]")
_ANY_DEPTH = "**"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file that a root holds."""

    path: Path
    root: str
    """The name of the root: see `Root`."""
    folder: Path
    """The folder that the file's relative path starts from."""

    @property
    def relative(self) -> str:
        """The path below `folder`, with forward slashes on every system."""
        return self.path.relative_to(self.folder).as_posix() if self.path.is_relative_to(self.folder) else self.path.name


@dataclass(slots=True, kw_only=True)
class Root:
    """What was named to be read: a file, a folder, a pattern, or a list of sources."""

    name: str
    """Absolute path, or absolute pattern."""
    folder: Path
    """Where relative paths start: the folder itself, or the one that holds the file, the list or the pattern's first star."""
    listed: bool = False
    """Whether it is a list: what it does not name any more is gone, even where the file is still there."""
    unreadable: list[str] = field(default_factory=list)
    """What could not be read. A root that was not wholly read proves nothing about what is missing."""

    def covers(self, path: Path, root: str) -> bool:
        """Tell whether a file, once read as part of `root`, would have to be found here now."""
        return root == self.name or path == Path(self.name) or Path(self.name) in path.parents


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """What the roots hold."""

    files: tuple[Found, ...]
    roots: tuple[Root, ...] = ()

    @property
    def unreadable(self) -> tuple[str, ...]:
        """What could not be read, of all roots."""
        return tuple(dict.fromkeys(place for root in self.roots for place in root.unreadable))

    def gone(self, path: str, root: str) -> bool:
        """Tell whether a file, once read as part of `root`, is certainly not to be read any more."""
        covering = [one for one in self.roots if one.covers(Path(path), root)]
        if not covering or any(one.unreadable for one in covering):
            return False
        return all(one.listed for one in covering) or is_absent(path)


def walk(paths: Iterable[str | Path], accepts: Callable[[Path], bool], known: Collection[str] = ()) -> Walk:
    """List the files at `paths`, in a stable order: files, folders with everything below them, patterns, lists of sources.

    Hidden files and folders, a folder's README and licence, and files that `accepts` refuses are left out of folders and
    patterns; a file named itself is always taken.

    Args:
        paths: what to look at.
        accepts: tells whether a file is of a kind that can be read.
        known: names of roots that were read before: a pattern among them may match nothing any more.

    Raises:
        UsageError: one of the paths does not exist, a pattern matches nothing, or a list cannot be read.
    """
    found: dict[Path, Found] = {}
    roots: dict[str, Root] = {}
    for given in paths:
        root = _root(Path(given).expanduser())
        if root.name not in roots:
            roots[root.name] = root
            for path in _files_of(root, accepts, known):
                found.setdefault(path, Found(path=path, root=root.name, folder=root.folder))
    return Walk(files=tuple(found.values()), roots=tuple(roots.values()))


def is_absent(path: str | Path) -> bool:
    """Tell whether there is certainly nothing at `path`: a folder that may not be looked into proves nothing."""
    try:
        Path(path).stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def is_pattern(name: str | Path) -> bool:
    """Tell whether a root stands for whatever matches it."""
    return bool(_MAGIC.search(str(name))) and not Path(name).exists()


def folder_to_watch(name: str | Path) -> Path:
    """Return the folder in which changes to a root show."""
    return _root(Path(name).expanduser()).folder


def _root(given: Path) -> Root:
    if given.exists() or not _MAGIC.search(str(given)):
        path = given.resolve()
        return Root(name=str(path), folder=path if path.is_dir() else path.parent, listed=is_listing(path))
    parts = given.absolute().parts
    plain = next(index for index, part in enumerate(parts) if _MAGIC.search(part))
    folder = Path(*parts[:plain]).resolve()
    return Root(name=str(folder.joinpath(*parts[plain:])), folder=folder)


def _files_of(root: Root, accepts: Callable[[Path], bool], known: Collection[str] = ()) -> Iterator[Path]:
    path = Path(root.name)
    if root.listed:
        for named in listed_paths(path):
            yield from _listed(root, path.parent / Path(named).expanduser(), accepts)
    elif path.is_file():
        yield path
    elif path.is_dir():
        yield from filter(accepts, _below(path, root.unreadable))
    elif _MAGIC.search(root.name):
        nothing = True
        for path in _matching_files(root, accepts):
            nothing = False
            yield path
        if nothing and not root.unreadable and root.name not in known:
            raise UsageError(f"no such file or folder: nothing matches {root.name}")
    else:
        raise UsageError(f"no such file or folder: {root.name}")


def _listed(root: Root, named: Path, accepts: Callable[[Path], bool]) -> Iterator[Path]:
    """Yield what one path of a list stands for; one that is not there is noted and the others are read."""
    part = _root(named)
    try:
        yield from _files_of(part, accepts)
    except UsageError:
        root.unreadable.append(str(named))
    root.unreadable += part.unreadable


def _matching_files(root: Root, accepts: Callable[[Path], bool]) -> Iterator[Path]:
    pattern = Path(root.name).relative_to(root.folder).parts
    for path in _matching(root.folder, pattern, root.unreadable):
        if path.is_dir():
            yield from filter(accepts, _below(path, root.unreadable))
        elif accepts(path) and not _is_about_folder(path.name):
            yield path


def _matching(folder: Path, pattern: tuple[str, ...], unreadable: list[str]) -> Iterator[Path]:
    """Yield what matches below a folder; unlike `glob`, note which folders could not be listed."""
    first, *rest = pattern
    if first == _ANY_DEPTH:
        yield from _matching(folder, tuple(rest) or ("*",), unreadable)
    for name in _names(folder, unreadable):
        path = folder / name
        if first == _ANY_DEPTH:
            if path.is_dir() and not path.is_symlink():
                yield from _matching(path, pattern, unreadable)
        elif fnmatch(name, first):
            if not rest:
                yield path
            elif path.is_dir():
                yield from _matching(path, tuple(rest), unreadable)


def _names(folder: Path, unreadable: list[str]) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if not name.startswith("."))  # noqa: PTH208 (names are enough)
    except OSError as error:
        unreadable.append(str(error.filename))
        return []


def _below(root: Path, unreadable: list[str]) -> list[Path]:
    files: list[Path] = []
    for folder, folders, names in os.walk(root, onerror=lambda error: unreadable.append(str(error.filename))):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files += (Path(folder, name) for name in sorted(names) if not name.startswith(".") and not _is_about_folder(name))
    return files


def _is_about_folder(name: str) -> bool:
    """Tell whether a file speaks of its folder (README.md, LICENSE.txt) and not of anybody's career."""
    return name.partition(".")[0].upper() in _ABOUT_FOLDERS
