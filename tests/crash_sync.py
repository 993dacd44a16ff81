"""Run one sync, or one removal, of the invented corpus in a process of its own, to be killed from outside or at a boundary.

Usage: crash_sync.py HOME CORPUS (sync | remove ID) [KILL_AT]

With KILL_AT the process kills itself with SIGKILL at that durable boundary, counted from 1; otherwise it prints their number.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from small_index import STAGES, CountingEmbedder

from ingest.home import Home
from ingest.index import durable
from ingest.progress import Silent
from ingest.sync import remove, sync


def count_boundaries(kill_at: int) -> list[str]:
    """Install the hook; return the list it fills."""
    passed: list[str] = []

    def hook(operation: str, path: Path) -> None:
        passed.append(f"{operation} {path.name}")
        if len(passed) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    durable.hook = hook
    return passed


def run(home: Home, corpus: str, task: str) -> None:
    """Do the task."""
    if task == "sync":
        sync([corpus], home=home, embedder=CountingEmbedder(), stages=STAGES, report=Silent())
    else:
        remove([task.removeprefix("remove ")], home=home)


if __name__ == "__main__":
    place, folder, wanted, *boundary = sys.argv[1:]
    seen = count_boundaries(int(boundary[0]) if boundary else 0)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    run(Home(Path(place)), folder, wanted)
    sys.stdout.write(f"{len(seen)}\n")
