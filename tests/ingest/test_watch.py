"""A watched folder is kept in step: flurries are one sync, bad files and busy homes do not stop it, and it ends cleanly."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest
from patience import PATIENCE, until
from sync_world import ADA_TEXT, BO_TEXT, World

from ingest.errors import UnreadableError, UsageError
from ingest.home import Home
from ingest.index.check import check
from ingest.index.reader import open_index
from ingest.watch import Watcher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ingest.sync import SyncReport

pytestmark = pytest.mark.services  # real processes and real waiting

ROOT = Path(__file__).parents[2]


class Watched:
    """A watcher in a thread, and what it said."""

    def __init__(self, world: World, *paths: Path, quiet_milliseconds: int = 100) -> None:
        self.world = world
        self.told: list[SyncReport] = []
        self.warned: list[str] = []
        self.troubles: list[Exception] = []
        self.stop = threading.Event()
        given = paths or (world.corpus,)
        watcher = Watcher(
            paths=given,
            home=world.home.path,
            sync=lambda: self._sync(given),
            tell=self.told.append,
            warn=self.warned.append,
            stop=self.stop,
            quiet_milliseconds=quiet_milliseconds,
        )
        self._thread = threading.Thread(target=watcher.run)

    def _sync(self, paths: tuple[Path, ...]) -> SyncReport:
        if self.troubles:
            raise self.troubles.pop()
        return self.world.sync(*paths)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self._thread.join()

    def until(self, wanted: Callable[[], bool]) -> None:
        """Wait for something to become true."""
        until(wanted, lambda: f"{self.warned} {[report.steps for report in self.told]}")

    def settled(self) -> None:
        """Wait until the first sync is done, and the one that catches up once the folder is watched."""
        self.until(lambda: len(self.told) > 1)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a corpus of one interview, and an empty home."""
    world = World(tmp_path)
    world.write("ada.txt", ADA_TEXT)
    return world


@pytest.fixture
def watched(world: World) -> Iterator[Watched]:
    """Return a watcher that is at work."""
    with Watched(world) as watcher:
        watcher.settled()
        yield watcher


def test_changes_are_followed_and_a_flurry_is_one_sync(world: World) -> None:
    """A new file, a change and a deletion within a moment are taken together; the index stays whole."""
    # No machine takes a second between two writes, and then again.
    with Watched(world, quiet_milliseconds=1000) as watched:
        watched.settled()
        before = len(watched.told)
        world.write("bo.txt", BO_TEXT)
        world.write("ada.txt", ADA_TEXT + "And then?|I rest.\n")
        world.write("deep/cy.txt", BO_TEXT.replace("Bo", "Cy"))
        watched.until(lambda: any(report.manifest and report.manifest.sources == 3 for report in watched.told))
        assert len(watched.told) - before <= 2  # two where the machine pauses in the middle
        (world.corpus / "bo.txt").unlink()
        watched.until(lambda: watched.told[-1].removed == ("bo-en",))
    assert world.ids() == ["ada-en", "cy-en"]
    assert watched.warned == []


def test_what_goes_wrong_is_told_and_watching_goes_on(watched: Watched) -> None:
    """A bad file, an error of ours, and a failing disk: the next change is followed all the same."""
    for error in (UsageError("this would take much out"), UnreadableError("odd"), OSError(28, "No space left", "somewhere")):
        seen = len(watched.warned)
        watched.troubles.append(error)
        watched.world.write("noise.txt", f"bad {error}")
        watched.until(lambda seen=seen: len(watched.warned) > seen)  # type: ignore[misc]
    assert watched.warned == ["this would take much out", "odd", "No space left: somewhere"]
    watched.world.write("bo.txt", BO_TEXT)
    watched.until(lambda: bool(watched.told[-1].manifest and watched.told[-1].manifest.sources == 2))


def test_a_busy_home_is_waited_for(world: World) -> None:
    """The holder is named once; as soon as it is done the sync comes about. Told to stop while waiting, it stops."""
    with contextlib.ExitStack() as busy, contextlib.ExitStack() as watching:
        busy.enter_context(world.home.lock("is at work"))
        watcher = watching.enter_context(Watched(world))
        watcher.until(lambda: bool(watcher.warned))
        assert watcher.told == []
        busy.close()
        watcher.until(lambda: bool(watcher.told))
    assert len(watcher.warned) == 1
    assert "is at work since" in watcher.warned[0]
    with world.home.lock("is at work"), Watched(world) as other:
        other.until(lambda: bool(other.warned))
    assert other.told == []


def test_the_index_in_a_watched_folder_is_not_watched(tmp_path: Path) -> None:
    """Else every sync would cause the next one."""
    world = World(tmp_path)
    world.write("ada.txt", ADA_TEXT)
    world.home = Home(world.corpus / "home")
    with Watched(world) as watcher:
        watcher.settled()
        syncs = len(watcher.told)
        written = world.write("../bo.txt", BO_TEXT)
        written.replace(world.corpus / "bo.txt")  # one change, however busy the machine is
        watcher.until(lambda: bool(watcher.told[-1].manifest and watcher.told[-1].manifest.sources == 2))
        time.sleep(1.0)
        assert len(watcher.told) - syncs <= 2


def test_a_list_that_names_another_folder_is_followed_there(world: World) -> None:
    """The places that are watched follow the list."""
    outside = world.corpus.parent / "outside"
    outside.mkdir()
    listing = world.write("sources.toml", '[[source]]\npath = "ada.txt"\n')
    with Watched(world, listing) as watcher:
        watcher.settled()
        listing.write_text(f'[[source]]\npath = ["ada.txt", "{outside.as_posix()}"]\n', encoding="utf-8")
        ends = time.monotonic() + PATIENCE
        while not (watcher.told[-1].manifest and watcher.told[-1].manifest.sources == 2):
            assert time.monotonic() < ends
            (outside / "bo.txt").write_text(BO_TEXT, encoding="utf-8")
            time.sleep(0.3)


@pytest.mark.services
@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
@pytest.mark.parametrize("farewell", [signal.SIGTERM, signal.SIGINT])
def test_the_command_ends_cleanly(tmp_path: Path, farewell: signal.Signals) -> None:
    """`ingest watch` follows a folder with real parsers, says what it does, and leaves with 0 when told to."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    environment = os.environ | {"CAREERBOT_HOME": str(tmp_path / "home"), "CAREERBOT_EMBEDDER": "hash"}
    command = [sys.executable, "-c", "from ingest.cli import main; main()", "watch", str(corpus)]
    talk = "# An invented talk with Nell Brook\n\n**Host:** How?\n\n**Nell Brook:** I copied listings from library books.\n"
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as process:
        assert process.stderr is not None
        watchdog = threading.Timer(PATIENCE, process.kill)  # a test that fails must not hang
        watchdog.start()
        assert "watching" in process.stderr.readline()
        (corpus / "noise.pdf").write_bytes(b"noise")
        (corpus / "nell.md").write_text(talk, encoding="utf-8")
        assert any("1 added" in line for line in process.stderr)
        process.send_signal(farewell)
        assert "stopped" in process.stderr.read()
        assert process.wait() == 0
        watchdog.cancel()
    assert [str(result) for result in check(Home(tmp_path / "home")) if result.faults] == []
    with open_index(Home(tmp_path / "home")) as index:
        assert len(index.sources()) == 1
