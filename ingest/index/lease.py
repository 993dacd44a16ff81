"""Readers hold the generation they have open, so that tidying up leaves it alone. The system lets go when a process ends."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ingest.index.manifest import NAME

if TYPE_CHECKING:
    from pathlib import Path

if sys.platform != "win32":
    import fcntl


class Lease:
    """A shared lock on one generation's folder.

    On Windows an open file cannot be moved or deleted anyway, so that holding it open is enough.
    """

    def __init__(self, folder: Path) -> None:
        """Take the lock.

        Raises:
            OSError: the generation is not there any more, or is being deleted.
        """
        self._file: int | None = os.open(folder / NAME, os.O_RDONLY)
        try:
            if sys.platform != "win32":
                fcntl.flock(self._file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            self.release()
            raise

    def release(self) -> None:
        """Let go; once is enough, more does no harm."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def is_read(folder: Path) -> bool:
    """Tell whether a living reader holds the generation in `folder`."""
    if sys.platform == "win32":
        return False
    try:
        file = os.open(folder / NAME, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # a file system without locks
        return False
    finally:
        os.close(file)
    return False
