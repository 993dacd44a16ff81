"""A sync or a removal killed at any moment leaves the old index or the new one, whole, and the next one mends all else."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from crash_sync import run

from ingest.errors import NoIndexError
from ingest.home import Home
from ingest.index import durable, generation
from ingest.index.check import check
from ingest.index.reader import open_index

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "tests" / "crash_sync.py"
TASKS = ("first", "again", "remove")
"""The first ingest, a second one with a changed, a new and a deleted file, and the removal of a source."""


class Killed(BaseException):
    """Stands for SIGKILL inside one process: nothing but clean-up of open files may happen after it."""


class Corpus:
    """The state before a task, from which every attempt starts anew, and what may be found after it."""

    def __init__(self, folder: Path, task: str) -> None:
        self.task = "remove cy-en" if task == "remove" else "sync"
        self.files = folder / "corpus"
        self.start = folder / "start"
        self.home = Home(folder / "home")
        self.files.mkdir()
        for name in ("ada", "bo", "cy"):
            self._write(name, "first")
        self.old: dict[str, int] | None = None
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
        assert self.new != self.old

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

    def survived(self) -> None:
        """Assert that the old or the new state is served whole, and that doing the task again leads to the new one."""
        found = contents(self.home)
        assert found in (self.old, self.new)
        if found != self.new:
            run(self.home, str(self.files), self.task)
            assert contents(self.home) == self.new

    def start_process(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the task in a process of its own."""
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
        command = [sys.executable, str(SCRIPT), str(self.home.path), str(self.files), self.task, *arguments]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def contents(home: Home) -> dict[str, int] | None:
    """Check the served index from end to end; return its sources' ids with a hash of their words, None for no index."""
    try:
        assert [str(result) for result in check(home) if result.faults] == []
    except NoIndexError:
        return None
    with open_index(home) as index:
        return {source.id: hash(index.document(source.id).text) for source in index.sources()}


@pytest.fixture(params=TASKS)
def corpus(request: pytest.FixtureRequest, tmp_path: Path) -> Corpus:
    """Return what the test starts from."""
    return Corpus(tmp_path, request.param)


def test_stopping_at_every_boundary_leaves_a_whole_index(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside one process: quick, and every boundary; clean-up that a kill would not leave time for is taken away."""
    monkeypatch.setattr(generation, "shutil", SimpleNamespace(rmtree=lambda *_, **__: None))
    passed: list[str] = []
    stop_at = 0

    def hook(operation: str, path: Path) -> None:
        passed.append(f"{operation} {path.name}")
        if len(passed) == stop_at:
            raise Killed

    while True:
        stop_at += 1
        corpus.restore()
        passed.clear()
        with monkeypatch.context() as patch:
            patch.setattr(durable, "hook", hook)
            try:
                run(corpus.home, str(corpus.files), corpus.task)
            except Killed:
                pass
            else:
                break
        corpus.survived()
    assert stop_at > 20


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_real_kill_at_some_boundaries_leaves_a_whole_index(corpus: Corpus) -> None:
    """In a process of its own, at the boundaries around the step that readers see."""
    corpus.restore()
    with corpus.start_process() as process:
        assert process.stdout is not None
        boundaries = int(process.stdout.read().split()[-1])
    chosen = random.Random(7).randrange(1, boundaries)  # noqa: S311
    corpus.restore()
    with corpus.start_process(str(chosen)) as process:
        assert process.wait() == -signal.SIGKILL
    corpus.survived()


@pytest.mark.services
@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_kills_at_every_boundary_and_at_fifty_random_moments(corpus: Corpus) -> None:
    """The long version: each attempt is a process that dies by SIGKILL."""
    corpus.restore()
    with corpus.start_process() as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        started = time.perf_counter()
        boundaries = int(process.stdout.readline())
        lasts = time.perf_counter() - started
    for boundary in range(1, boundaries + 1):
        corpus.restore()
        with corpus.start_process(str(boundary)) as process:
            assert process.wait() == -signal.SIGKILL
        corpus.survived()
    moments = random.Random(11)  # noqa: S311
    for _ in range(20):  # of three tasks: sixty moments
        corpus.restore()
        with corpus.start_process() as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(moments.uniform(0, lasts))
            process.kill()
            process.wait()
        corpus.survived()
