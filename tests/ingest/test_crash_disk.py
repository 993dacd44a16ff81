"""A disk that is full, failing or cut short: the old index serves, one clear line says why, and the next run goes through."""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from crash_corpus import ROOT, TASKS, Corpus, Killer, contents, start_corpus, start_killer
from crash_sync import run

from ingest.errors import StorageError
from ingest.index import durable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FAULTS = {"full": errno.ENOSPC, "failing": errno.EIO}
CASES = 24
"""Calls of each task that fail, of some hundred."""


@pytest.fixture(params=TASKS)
def corpus(request: pytest.FixtureRequest) -> Iterator[Corpus]:
    """Yield what the test starts from."""
    with start_corpus(request.param) as corpus:
        yield corpus


@pytest.fixture(scope="module")
def killer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killer]:
    """Yield a server whose processes have calls to the system that can be made to fail."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("needs a C compiler and Linux")
    library = tmp_path_factory.mktemp("faults") / "faults.so"
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(ROOT / "tests" / "faults.c"), "-ldl"]
    subprocess.run(command, check=True)
    with start_killer({"LD_PRELOAD": str(library)}) as killer:
        yield killer


def told(outcome: dict[str, Any]) -> None:
    """Assert that a failure was told in one clear line, by an error that the command prints as one."""
    assert outcome["error"] in ("StorageError", "OSError"), outcome
    assert "\n" not in outcome["message"]


@pytest.mark.parametrize("number", FAULTS.values(), ids=FAULTS)
def test_a_boundary_that_fails_leaves_a_whole_index(corpus: Corpus, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sample of the boundaries, inside one process: fsync, rename and replace that the system refuses."""
    for boundary in (2, 9, 14):
        passed = 0

        def hook(operation: str, path: Path, at: int = boundary) -> None:
            nonlocal passed
            passed += 1
            if passed >= at and operation.startswith("before"):
                raise OSError(number, "it does not fit", str(path))

        corpus.restore()
        with monkeypatch.context() as patch, suppress(StorageError, OSError):
            patch.setattr(durable, "hook", hook)
            run(corpus.home, str(corpus.files), corpus.task)
        assert contents(corpus.home) in (corpus.old, corpus.new)
    corpus.survived(acknowledged=False)


@pytest.mark.services
@pytest.mark.parametrize("fault", [*FAULTS, "short, then full", "short"])
def test_calls_that_fail_leave_a_whole_index(corpus: Corpus, killer: Killer, fault: str) -> None:
    """SQLite's, FAISS's and our own writes, fsyncs and truncations fail from the n-th on, or write half of what they should."""
    whole = killer.attempt(corpus)
    assert whole["calls"] > 20
    how = {"errno": FAULTS.get(fault, 0 if fault == "short" else errno.ENOSPC), "short": int("short" in fault)}
    failures = 0
    for call in range(1, whole["calls"] + 1, max(1, whole["calls"] // CASES)):
        outcome = killer.attempt(corpus, fault_at=call, **how)
        assert outcome["signal"] == 0
        if not outcome["acknowledged"]:
            told(outcome)
            failures += 1
        corpus.survived(acknowledged=outcome["acknowledged"])
    assert fault == "short" or failures > 5


@pytest.mark.services
def test_files_that_may_not_grow_leave_a_whole_index(corpus: Corpus, killer: Killer) -> None:
    """A limit on the size of files, smaller than each of those that are written."""
    for largest in (0, 100, 700, 4096, 9000, 20_000, 50_000, 100_000):
        outcome = killer.attempt(corpus, largest=largest)
        if not outcome["acknowledged"]:
            told(outcome)
        corpus.survived(acknowledged=outcome["acknowledged"])
