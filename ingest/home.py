"""The folder that holds the index: generations, the pointer to the one that is served, and the writer's lock.

generations/<id>/{index.sqlite, vectors.faiss, manifest.json}
CURRENT                      one line: the id of the served generation
lock                         who writes at the moment
building-<pid>-<random>/     a generation in the making, invisible to readers
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
from ingest.index import durable

if TYPE_CHECKING:
    from collections.abc import Iterator

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_STAMP = "%Y%m%dT%H%M%S.%f"
_GENERATION = re.compile(r"\d{8}T\d{6}\.\d{6}-[0-9a-f]{8}")


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
        try:
            text = self.pointer.read_bytes().decode("utf-8", errors="replace")
        except FileNotFoundError:
            return None
        return text.partition("\n")[0].strip()

    def folder(self, generation: str) -> Path:
        """Return where the files of a generation stand."""
        return self.generations / (generation if _GENERATION.fullmatch(generation) else "not-a-generation")

    def published(self) -> tuple[str, ...]:
        """Return the ids of all generations on disk, newest first."""
        if not self.generations.is_dir():
            return ()
        names = (path.name for path in self.generations.iterdir())
        return tuple(sorted((name for name in names if _GENERATION.fullmatch(name)), reverse=True))

    def behind(self, generation: str) -> str | None:
        """Return the newest generation on disk older than `generation`, or the newest of all where that is not on disk."""
        known = self.folder(generation).exists()
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

    def publish(self, building: Path, generation: str) -> None:
        """Make the finished folder `building` the served generation, durably and in one step for readers."""
        self.generations.mkdir(parents=True, exist_ok=True)
        durable.sync_tree(building)
        durable.rename(building, self.folder(generation))
        durable.replace_text(self.pointer, generation + "\n")

    def collect(self, base: str | None = None) -> None:
        """Delete generations but the served one and `base` (by default the one behind it), and unfinished building folders.

        Call it only while holding the lock.
        """
        current = self.current()
        kept = {current, base or (self.behind(current) if current else None)}
        for generation in self.published():
            if generation not in kept:
                durable.remove_tree(self.folder(generation), self._aside("building"))
        for pattern in ("building-*", f".{self.pointer.name}.*"):
            for stale in self.path.glob(pattern):
                shutil.rmtree(stale) if stale.is_dir() else stale.unlink()

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the writer's lock of this home. The system frees it when the process ends, however it ends.

        Raises:
            HomeBusyError: another process holds it; the text names that process.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "lock").open("a+", encoding="utf-8") as file:
            if not _try_lock(file.fileno()):
                file.seek(0)
                holder = file.read().strip() or "another process"
                raise HomeBusyError(f"{self.path} is being written to by {holder}; try again when it has finished")
            file.truncate(0)
            file.write(f"process {os.getpid()} on {socket.gethostname()}\n")
            file.flush()
            try:
                yield
            finally:
                file.truncate(0)

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
