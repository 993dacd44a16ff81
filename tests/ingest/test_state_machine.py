"""Any sequence of changes, syncs, interruptions and forgetting ends in the index that a fresh ingest of the files gives."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from small_index import STAGES, CountingEmbedder

from ingest.errors import NoIndexError
from ingest.forget import forget
from ingest.home import Home
from ingest.index import durable, generation
from ingest.index.check import check
from ingest.index.reader import Index, open_index
from ingest.progress import Silent
from ingest.sync import sync

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = st.sampled_from(["ada", "bo", "cy", "di"])
FILES = st.sampled_from(["one.txt", "two.txt", "sub/three.txt", "sub/four.txt"])
VERSIONS = st.integers(0, 3)
MOMENTS = st.integers(1, 45)


class Killed(BaseException):
    """Stands for SIGKILL."""


def text_of(name: str, version: int) -> str:
    """Return an invented interview; versions of one differ in one answer of four."""
    told = [f"{name} built engine number {number} out of old parts. It ran well for years." for number in range(3)]
    changed = f"In version {version} there was something more that {name} said."
    return "\n".join([f"{name} en", *(f"What about {name} {place}?|{one}" for place, one in enumerate([*told, changed]))])


def everything(index: Index) -> dict[str, object]:
    """Return all that retrieval and citing see of an index, but for where files are."""
    found: dict[str, object] = {}
    for source in index.sources():
        stored = index.passages(index.keys(source.id))
        facts = [(one.key, one.passage, one.vector.tobytes(), one.sentence_vectors.tobytes()) for one in stored]
        found[source.id] = (source.title, index.document(source.id).text, index.segments(source.id), facts)
    return found


class Ingesting(RuleBasedStateMachine):
    """Files on one side, a home on the other, and what has to be kept out."""

    @initialize()
    def start(self) -> None:
        """Begin with nothing."""
        memory = Path("/dev/shm")  # noqa: S108 (a folder of our own below it)
        self.folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
        self.files, self.home = self.folder / "files", Home(self.folder / "home")
        self.files.mkdir()
        self.forgotten: set[str] = set()
        self.index: Index | None = None

    def teardown(self) -> None:
        """Delete everything."""
        if self.index:
            self.index.close()
        shutil.rmtree(self.folder)

    @rule(file=FILES, name=NAMES, version=VERSIONS)
    def write(self, file: str, name: str, version: int) -> None:
        """Add a file or change one. Files that hold another version of the same interview make room for it.

        Of two files that give one id with different words, the one that came first stays: there a fresh ingest may choose
        otherwise. The same words in several files are one source, wherever they are.
        """
        path = self.files / file
        for other in self.files.rglob("*.txt"):
            words = other.read_text(encoding="utf-8")
            if words.split()[0] == name and words != text_of(name, version):
                other.unlink()
        path.parent.mkdir(exist_ok=True)
        path.write_text(text_of(name, version), encoding="utf-8")

    @rule(old=FILES, new=FILES)
    def rename(self, old: str, new: str) -> None:
        """Move a file, maybe over another one."""
        if (self.files / old).exists():
            (self.files / new).parent.mkdir(exist_ok=True)
            (self.files / old).replace(self.files / new)

    @rule(file=FILES)
    def delete(self, file: str) -> None:
        """Delete a file."""
        (self.files / file).unlink(missing_ok=True)

    @rule()
    def bring(self) -> None:
        """Sync: the index equals a fresh ingest of the files without what was forgotten."""
        self._sync()
        self._compare()

    @rule(moment=MOMENTS)
    def bring_and_die(self, moment: int) -> None:
        """Sync, killed at a boundary: whatever is served is whole; the next sync mends the rest."""
        self._killed(moment, self._sync)

    @rule(name=NAMES)
    def forget(self, name: str) -> None:
        """Forget a source: it is gone at once, and stays out whatever its file becomes."""
        if self._knows(f"{name}-en"):
            assert forget([f"{name}-en"], home=self.home).proof.found == ()
            self.forgotten.add(name)
            assert f"{name}-en" not in self._served()

    @rule(name=NAMES, moment=MOMENTS)
    def forget_and_die(self, name: str, moment: int) -> None:
        """Forget a source, killed at a boundary: a second run finishes what the first one began."""
        if self._knows(f"{name}-en"):
            self._killed(moment, lambda: forget([f"{name}-en"], home=self.home))
            assert forget([f"{name}-en"], home=self.home).proof.found == ()
            self.forgotten.add(name)
            assert f"{name}-en" not in self._served()

    @precondition(lambda self: self.forgotten)
    @rule(name=NAMES)
    def include(self, name: str) -> None:
        """Let a forgotten source in again."""
        if name in self.forgotten:
            self._sync(f"{name}-en")
            self.forgotten.discard(name)
            self._compare()

    @rule()
    def reopen(self) -> None:
        """A reader opens what is served, and closes what it had."""
        if self.index:
            self.index.close()
        try:
            self.index = open_index(self.home)
        except NoIndexError:
            self.index = None

    @invariant()
    def an_open_index_stays_whole(self) -> None:
        """A reader finds every passage of the generation it opened, whatever was published since."""
        if getattr(self, "index", None):
            assert self.index is not None
            for one in self.index.passages(self.index.keys()):
                assert self.index.dense(one.vector, 1)[0][1] > 0.999

    def _sync(self, *include: str, home: Home | None = None, without: frozenset[str] = frozenset()) -> None:
        def accepts(path: Path) -> bool:
            return path.suffix == ".txt" and path.read_text(encoding="utf-8").split()[0] not in without

        stages = replace(STAGES, accepts=accepts)
        sync(
            [self.files],
            home=home or self.home,
            embedder=CountingEmbedder(),
            stages=stages,
            report=Quiet(),
            many_may_go=True,
            include=include,
        )

    def _killed(self, moment: int, work: Callable[[], object]) -> None:
        passed = 0

        def hook(*_: object) -> None:
            nonlocal passed
            passed += 1
            if passed >= moment:
                raise Killed

        no_time_for_cleaning = SimpleNamespace(rmtree=lambda *_, **__: None)
        with patch.object(durable, "hook", hook), patch.object(generation, "shutil", no_time_for_cleaning), suppress(Killed):
            work()
        self._served()

    def _knows(self, source_id: str) -> bool:
        try:
            with open_index(self.home) as index:
                return any(source.id == source_id for source in index.sources())
        except NoIndexError:
            return False

    def _served(self) -> dict[str, object]:
        """Check the served index from end to end and return what it holds."""
        try:
            assert [str(result) for result in check(self.home) if result.faults] == []
        except NoIndexError:
            return {}
        with open_index(self.home) as index:
            assert index.warning is None
            return everything(index)

    def _compare(self) -> None:
        fresh = Home(self.folder / "fresh")
        shutil.rmtree(fresh.path, ignore_errors=True)
        self._sync(home=fresh, without=frozenset(self.forgotten))
        try:
            with open_index(fresh) as index:
                expected = everything(index)
        except NoIndexError:
            expected = {}
        assert self._served() == expected


class Quiet(Silent):
    """Says nothing at all."""

    def warn(self, message: str) -> None:
        """Ignore the warning."""


_NO_SHRINKING = [Phase.reuse, Phase.generate]
"""It takes minutes, and the sequences are short enough to be read."""
_QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much]


def test_any_sequence_equals_a_fresh_ingest() -> None:
    """A sample of sequences, always the same."""
    chosen = settings(max_examples=8, stateful_step_count=12, deadline=None, derandomize=True, suppress_health_check=_QUIET)
    run_state_machine_as_test(Ingesting, settings=chosen)


@pytest.mark.services
def test_any_of_many_sequences_equals_a_fresh_ingest() -> None:
    """Many long sequences, other ones each time."""
    chosen = settings(
        max_examples=120, stateful_step_count=40, deadline=None, phases=_NO_SHRINKING, suppress_health_check=_QUIET
    )
    run_state_machine_as_test(Ingesting, settings=chosen)
