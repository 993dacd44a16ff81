"""Checksums of files, remembered with the size, times and inode they had, so that a file left alone is not read again.

As git does with its index: equal facts mean equal bytes, except for a file changed so shortly before it was read that a further
change could leave the same times. Such a file is read again next time. Losing this memory costs time and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import time
from typing import TYPE_CHECKING

from ingest.index import durable

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from ingest.home import Home

FILE = "checksums.json"
RACY_NANOSECONDS = 2_500_000_000
"""The coarsest clock of a file system in use (FAT: two seconds), and some."""
Facts = tuple[int, int, int, int, str]
"""Size, time of the last write, time of the last change of the inode (both in nanoseconds), inode, SHA-256."""


class Seen:
    """The checksums known in one home."""

    def __init__(self, home: Home) -> None:
        """Read what is remembered; whatever is not as it was written counts as nothing."""
        self._path = home.path / FILE
        self._changed = False
        self._known: dict[str, Facts] = {}
        try:
            for path, (size, written, inode_changed, inode, sha256) in json.loads(self._path.read_bytes()).items():
                self._known[path] = (int(size), int(written), int(inode_changed), int(inode), str(sha256))
        except (OSError, ValueError, TypeError, AttributeError):
            self._known = {}

    def sha256(self, path: Path) -> str:
        """Return the checksum of a file's bytes.

        Raises:
            OSError: it cannot be read.
        """
        before = _facts(path.stat())
        known = self._known.get(str(path))
        if known is not None and known[:4] == before:
            return known[4]
        started = time.time_ns()
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self._changed = self._known.pop(str(path), None) is not None or self._changed
        if _facts(path.stat()) == before and max(before[1:3]) < started - RACY_NANOSECONDS:
            self._known[str(path)] = (*before, digest)
            self._changed = True
        return digest

    def forget(self, path: str) -> None:
        """Drop a file that is not there any more."""
        self._changed = self._known.pop(path, None) is not None or self._changed

    def write(self) -> None:
        """Remember what was learnt; call it only while holding the home's lock."""
        if self._changed:
            durable.replace_text(self._path, json.dumps(self._known, ensure_ascii=False, separators=(",", ":")) + "\n")
            self._changed = False


def _facts(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
