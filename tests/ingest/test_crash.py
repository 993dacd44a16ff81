"""Whatever kills an ingest, at any moment: the old index or the new one is served, whole, and the next run mends all else."""

from __future__ import annotations

import random
import signal
import sys
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from crash_corpus import TASKS, Corpus, Killer, start_corpus, start_killer
from crash_sync import run

from ingest.index import durable, generation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KILLS = 40
"""At random moments, of each task: 240 in all."""


class Killed(BaseException):
    """Stands for SIGKILL inside one process: nothing but clean-up of open files may happen after it."""


@pytest.fixture(params=TASKS)
def corpus(request: pytest.FixtureRequest) -> Iterator[Corpus]:
    """Yield what the test starts from."""
    with start_corpus(request.param) as corpus:
        yield corpus


@pytest.fixture(scope="module")
def killer() -> Iterator[Killer]:
    """Yield a server of processes to be killed."""
    if sys.platform == "win32":
        pytest.skip("needs fork and SIGKILL")
    with start_killer({}) as killer:
        yield killer


def stop_at(corpus: Corpus, boundary: int, monkeypatch: pytest.MonkeyPatch) -> tuple[int, bool]:
    """Do the task in this process, stopping at a boundary; return how many were passed and whether it stopped."""
    passed = 0

    def hook(_operation: str, _path: Path) -> None:
        nonlocal passed
        passed += 1
        if passed == boundary:
            raise Killed

    corpus.restore()
    with monkeypatch.context() as patch:
        patch.setattr(durable, "hook", hook)
        # A kill would not leave time for this clean-up.
        patch.setattr(generation, "shutil", SimpleNamespace(rmtree=lambda *_, **__: None))
        try:
            run(corpus.home, str(corpus.files), corpus.task)
        except Killed:
            return passed, True
    return passed, False


def test_stopping_at_a_boundary_leaves_a_whole_index(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sample, inside one process: one in six of the boundaries that each task passes."""
    boundaries, _ = stop_at(corpus, 0, monkeypatch)
    assert boundaries > 15
    for boundary in range(3, boundaries + 1, 6):
        _, stopped = stop_at(corpus, boundary, monkeypatch)
        assert stopped
        corpus.survived(acknowledged=False)


@pytest.mark.services
def test_a_kill_at_every_boundary_leaves_a_whole_index(corpus: Corpus, killer: Killer) -> None:
    """Before and after each fsync, rename, replace and delete, the process dies by SIGKILL."""
    whole = killer.attempt(corpus)
    assert whole["acknowledged"]
    corpus.survived(acknowledged=True)
    for boundary in range(1, whole["boundaries"] + 1):
        killed = killer.attempt(corpus, kill_at=boundary)
        assert killed["signal"] == signal.SIGKILL
        assert not killed["acknowledged"]
        corpus.survived(acknowledged=False)


@pytest.mark.services
def test_a_kill_at_random_moments_leaves_a_whole_index(corpus: Corpus, killer: Killer) -> None:
    """Forty kills of each task, spread over the time that it takes, SQLite's and FAISS's own writing included."""
    moments = random.Random(11)  # noqa: S311
    started = time.perf_counter()
    assert killer.attempt(corpus)["acknowledged"]
    lasts = time.perf_counter() - started
    kills = 0
    for _ in range(4 * KILLS):
        outcome = killer.attempt(corpus, kill_after=moments.uniform(0, lasts))
        assert outcome["acknowledged"] or outcome["signal"] == signal.SIGKILL, outcome
        corpus.survived(acknowledged=outcome["acknowledged"])
        kills += outcome["signal"] == signal.SIGKILL
        lasts *= 1 if outcome["signal"] else 0.95  # the first attempt was slow
        if kills == KILLS:
            break
    assert kills == KILLS
