"""An index of invented interviews to be interrupted: its state before a task, the task, and what may be found after it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crash_sync import run

from ingest.errors import NoIndexError
from ingest.home import Home
from ingest.index.check import check
from ingest.index.reader import open_index

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[1]
TASKS = ("first", "again", "same", "remove", "reembed", "forget")
"""The first ingest; one with a changed, a new and a deleted file; all of the same documents again; the removal of a source; a
change of the embedder; and the forgetting of a source."""
COMMANDS = {"same": "rebuild", "remove": "remove cy-en", "forget": "forget cy-en", "reembed": "reembed"}
BELONGS = {"CURRENT", "generations", "lock", "checksums.json", "failed.json", "forgotten.json"}

UNFINISHED = re.compile(r"\.[a-z]+\.json\.\d+")
"""A small file that was being replaced: the next run that publishes deletes it."""
Contents = dict[str, object]


class Corpus:
    """The state before a task, from which every attempt starts anew, and what may be found after it."""

    def __init__(self, folder: Path, task: str) -> None:
        self.task = COMMANDS.get(task, "sync")
        self.files = folder / "corpus"
        self.start = folder / "start"
        self.home = Home(folder / "home")
        self.files.mkdir()
        for name in ("ada", "bo", "cy"):
            self._write(name, "first")
        self.old: Contents | None = None
        if task != "first":
            run(Home(self.start), str(self.files), "sync")
            self.old = contents(Home(self.start))
        if task == "again":
            self._write("ada", "second")
            self._write("di", "first")
            (self.files / "bo.txt").unlink()
        self.restore()
        run(self.home, str(self.files), self.task)
        self.new = contents(self.home)
        assert task == "same" or self.new != self.old

    def _write(self, name: str, version: str) -> None:
        lines = [
            f"What about {version} thing {number}?|{name} made thing {number}. It {version} worked." for number in range(6)
        ]
        (self.files / f"{name}.txt").write_text("\n".join([f"{name} en", *lines]), encoding="utf-8")

    def restore(self) -> None:
        """Put the home back to where the task starts from."""
        shutil.rmtree(self.home.path, ignore_errors=True)
        if self.start.exists():
            shutil.copytree(self.start, self.home.path)

    def survived(self, *, acknowledged: bool) -> None:
        """Assert that the old or the new state is served whole, the new one once it was acknowledged; then do the task again.

        That leads to the new state and leaves nothing unfinished behind.
        """
        found = contents(self.home)
        assert found in ((self.new,) if acknowledged else (self.old, self.new))
        done = found == self.new and self.task.startswith("remove")  # which complains where there is nothing to remove
        run(self.home, str(self.files), "sync" if done else self.task)
        assert contents(self.home) == self.new
        left = {path.name for path in self.home.path.iterdir() if not UNFINISHED.fullmatch(path.name)}
        assert left <= BELONGS, left - BELONGS
        assert len(self.home.published()) <= 2


def contents(home: Home) -> Contents | None:
    """Check the served index from end to end: every passage by its own vector and its own words, nothing doubled.

    Returns:
        Its sources' texts and its passages with the place of each, and which embedder made it; None for no index.
    """
    try:
        assert [str(result) for result in check(home) if result.faults] == []
    except NoIndexError:
        return None
    with open_index(home) as index:
        assert index.warning is None
        passages = [one.passage for one in index.passages(index.keys())]
        return {
            "texts": {source.id: index.document(source.id).text for source in index.sources()},
            "passages": sorted((one.source_id, one.span.start, one.span.end, one.id) for one in passages),
            "embedder": index.manifest.embedder.fingerprint,
        }


class Killer:
    """A server that forks a process for each attempt: see `crash_sync`."""

    def __init__(self, server: subprocess.Popen[str]) -> None:
        self._server = server

    def attempt(self, corpus: Corpus, *, kill_after: float | None = None, **how: object) -> dict[str, Any]:
        """Do the task in a process, killed after some seconds or troubled as `crash_sync` says; return what became of it."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        corpus.restore()
        request = {"home": str(corpus.home.path), "corpus": str(corpus.files), "task": corpus.task, **how}
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        process = int(self._server.stdout.readline())
        if kill_after is not None:
            time.sleep(kill_after)
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        answer: dict[str, Any] = json.loads(self._server.stdout.readline())
        return answer


@contextlib.contextmanager
def start_killer(environment: Mapping[str, str]) -> Iterator[Killer]:
    """Yield a server with more variables in its environment."""
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    command = [sys.executable, str(ROOT / "tests" / "crash_sync.py")]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | threads | {"PYTHONPATH": path} | dict(environment),
    ) as server:
        yield Killer(server)


@contextlib.contextmanager
def start_corpus(task: str) -> Iterator[Corpus]:
    """Yield the state before a task, in memory where that can be: a killed process needs no disk to lose things."""
    memory = Path("/dev/shm")  # noqa: S108 (a folder of our own below it)
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Corpus(Path(folder), task)
