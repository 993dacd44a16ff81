"""The folder that holds the index: generations, the pointer to the one that is served, and the writer's lock.

generations/<id>/{index.sqlite, vectors.faiss, manifest.json}
CURRENT                      the id of the served generation; on the next line, that of the one before it
lock                         who writes at the moment
building-<pid>-<random>/     a generation in the making, invisible to readers
embedding-<fingerprint>/     vectors of an ingest that is not finished: what was embedded before a kill is not embedded again
checksums.json, failed.json  what sync remembers beside the index: see `ingest.seen` and `ingest.failures`
aliases.toml                 names as captions mishear them, written by the user: see `bot.aliases`
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import socket
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from ingest.errors import HomeBusyError
from ingest.index import durable, lease

if TYPE_CHECKING:
    from collections.abc import Iterator

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

ALIASES = "aliases.toml"
"""In a home: misheard names of the user's own."""
_STAMP = "%Y%m%dT%H%M%S.%f"
_GENERATION = re.compile(r"\d{8}T\d{6}\.\d{6}-[0-9a-f]{8}")
_STALE = re.compile(r"building-.+|\.(?:CURRENT|[\w-]+\.json)\.\d+")
"""What writers that died leave in a home."""
_IN_USE = (PermissionError,) if sys.platform == "win32" else ()
"""What deleting a folder raises while somebody reads its files."""


@dataclass(frozen=True, slots=True)
class Home:
    """The paths of one home and the rules for changing them. Readers never lock; one process at a time writes."""

    path: Path

    @classmethod
    def resolve(cls, given: str | Path | None = None) -> Home:
        """Return the home to use: `given`, else the variable CAREERBOT_HOME, else the user's data folder."""
        chosen = given or os.environ.get("CAREERBOT_HOME") or platformdirs.user_data_dir("careerbot", appauthor=False)
        return cls(Path(chosen).expanduser().absolute())

    @property
    def generations(self) -> Path:
        """The folder of published generations."""
        return self.path / "generations"

    @property
    def pointer(self) -> Path:
        """The file that names the served generation."""
        return self.path / "CURRENT"

    def current(self) -> str | None:
        """Return the id of the served generation; None where nothing was published.

        A pointer whose text is not an id yields that text's first line as it stands: `folder` of it will not exist.
        """
        lines = self._pointed_at()
        return lines[0] if lines else None

    def folder(self, generation: str) -> Path:
        """Return where the files of a generation stand."""
        return self.generations / (generation if _GENERATION.fullmatch(generation) else "not-a-generation")

    def pointer_fault(self) -> str | None:
        """Return what is wrong with the pointer where it names no generation that is there; None where nothing is."""
        current = self.current()
        if current is None or self.folder(current).is_dir():
            return None
        return f"{self.pointer} is damaged: it names {current!r}, and there is no such generation"

    def published(self) -> tuple[str, ...]:
        """Return the ids of all generations on disk, newest first."""
        if not self.generations.is_dir():
            return ()
        names = (path.name for path in self.generations.iterdir())
        return tuple(sorted((name for name in names if _GENERATION.fullmatch(name)), reverse=True))

    def behind(self, generation: str) -> str | None:
        """Return the generation that `generation` was built on, where that is still on disk.

        Where that is unknown: the newest on disk older than `generation`, or the newest of all if that is not on disk.
        """
        served, before, *_ = (*self._pointed_at(), "", "")
        known = self.folder(generation).exists()
        if known and served == generation != before and self.folder(before).is_dir():
            return before
        return next((name for name in self.published() if name < generation or not known), None)

    def new_generation(self) -> str:
        """Return a fresh id that sorts after every generation on disk even if the clock went back."""
        now = datetime.now(UTC)
        newest = next(iter(self.published()), None)
        if newest is not None:
            last = datetime.strptime(newest.partition("-")[0], _STAMP).replace(tzinfo=UTC)
            now = max(now, last + timedelta(microseconds=1))
        return f"{now.strftime(_STAMP)}-{secrets.token_hex(4)}"

    def new_building(self) -> Path:
        """Create and return an empty folder in which to build a generation, unseen by readers."""
        folder = self._aside("building")
        folder.mkdir(parents=True)
        return folder

    def publish(self, building: Path, generation: str, before: str | None = None) -> None:
        """Make the finished folder `building` the served generation, durably and in one step for readers.

        Args:
            building: what `new_building` returned, filled.
            generation: the id it gets.
            before: the generation it was built on; the one served so far if None.
        """
        self.generations.mkdir(parents=True, exist_ok=True)
        durable.sync_tree(building)
        durable.rename(building, self.folder(generation))
        self.serve(generation, before or self.current())

    def serve(self, generation: str, before: str | None) -> None:
        """Point readers to a published generation, durably; `before` is the one that stands behind it."""
        durable.replace_text(self.pointer, "".join(f"{line}\n" for line in (generation, before) if line))

    def collect(self, *kept: str | None, read: bool = False) -> None:
        """Delete unfinished work and all generations but the served one and `kept` (by default the one behind it).

        Call it only while holding the lock.

        Args:
            kept: what stays besides the served generation.
            read: delete even what a living reader has open; otherwise that stays until a later call.
        """
        current = self.current()
        staying = {current, *(kept or (self.behind(current) if current else None,))}
        for generation in self.published():
            folder = self.folder(generation)
            if generation not in staying and (read or not lease.is_read(folder)):
                with contextlib.suppress(*_IN_USE):
                    durable.remove_tree(folder, self._aside("building"))
        for stale in self.path.iterdir() if self.path.is_dir() else ():
            if _STALE.fullmatch(stale.name):
                shutil.rmtree(stale) if stale.is_dir() else stale.unlink()

    @contextlib.contextmanager
    def lock(self, work: str = "changes the index") -> Iterator[None]:
        """Hold the writer's lock of this home. The system frees it when the process ends, however it ends.

        Args:
            work: what the holder does, for whoever finds the home locked: the end of a sentence about the process.

        Raises:
            HomeBusyError: another process holds it; the text says which, since when and what for.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "lock").open("a+", encoding="utf-8") as file:
            if not _try_lock(file.fileno()):
                file.seek(0)
                holder = file.read().strip() or "another process is at work"
                raise HomeBusyError(f"{self.path} is locked: {holder}; try again when it has finished")
            since = datetime.now(UTC).isoformat(sep=" ", timespec="seconds").replace("+00:00", " UTC")
            file.truncate(0)
            file.write(f"process {os.getpid()} on {socket.gethostname()} {work} since {since}\n")
            file.flush()
            try:
                yield
            finally:
                file.truncate(0)

    def _pointed_at(self) -> list[str]:
        try:
            text = self.pointer.read_bytes().decode("utf-8", errors="replace")
        except FileNotFoundError:
            return []
        return [line.strip() for line in text.split("\n", 2)[:2]]

    def _aside(self, kind: str) -> Path:
        return self.path / f"{kind}-{os.getpid()}-{secrets.token_hex(4)}"


def _try_lock(descriptor: int) -> bool:
    """Take the exclusive lock of an open file without waiting; tell whether it was free."""
    try:
        if sys.platform == "win32":
            os.lseek(descriptor, 1 << 20, os.SEEK_SET)  # far beyond the text, which others have to read
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
