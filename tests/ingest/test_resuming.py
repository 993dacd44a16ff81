"""An interrupted ingest resumes: what was embedded is not embedded again, and what is remembered is trusted only if whole."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from small_index import CountingEmbedder, direction
from sync_world import World

from ingest.embed.resuming import ResumingEmbedder, drop_memories
from ingest.home import Home

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.embed.protocol import PassagesDone
    from ingest.values import Matrix

ROOT = Path(__file__).parents[2]


class Interrupted(BaseException):
    """Stands for Ctrl-C."""


class Failing(CountingEmbedder):
    """Stops at the n-th call."""

    def __init__(self, calls: int) -> None:
        super().__init__()
        self._calls = calls

    def embed_passages(self, texts: Sequence[str], *, progress: PassagesDone | None = None) -> Matrix:
        """Embed, or be interrupted."""
        self._calls -= 1
        if self._calls < 0:
            raise Interrupted
        return super().embed_passages(texts, progress=progress)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a corpus of six interviews that share no sentence, and an empty home."""
    world = World(tmp_path)
    for number in range(6):
        turns = "".join(
            f"What about {number}-{one}?|Thing {number}-{one} works. Part {number}-{one} too.\n" for one in range(3)
        )
        world.write(f"guest{number}.txt", f"Guest{number} en\n{turns}")
    return world


def memories(home: Home) -> list[str]:
    """Return the names of what unfinished work left in a home."""
    return [path.name for path in home.path.glob("embedding-*")]


def test_what_was_embedded_before_an_interruption_is_not_embedded_again(world: World) -> None:
    """Each text is embedded exactly once over both runs, and the memory is gone once all is published."""
    failing = Failing(calls=4)
    world.embedder = failing
    with pytest.raises(Interrupted):
        world.sync()
    assert world.home.current() is None
    before = list(failing.embedded)
    assert memories(world.home)
    world.embedder = CountingEmbedder()
    report = world.sync()
    assert not set(before) & set(world.embedder.embedded)
    assert len(before) == len(set(before))
    assert (report.embedded, report.resumed) == (2 * 3, len(before))
    assert len(world.ids()) == 6
    assert memories(world.home) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_kill_loses_no_vector_that_was_made(world: World) -> None:
    """The process dies without any farewell; the next one goes on where it was."""
    script = (
        "import os, signal, sys; from pathlib import Path; from small_index import STAGES, CountingEmbedder;"
        "from ingest.home import Home; from ingest.progress import Silent; from ingest.sync import sync\n"
        "class Dying(CountingEmbedder):\n"
        "    def embed_passages(self, texts, **options):\n"
        "        if len(self.embedded) > 20: os.kill(os.getpid(), signal.SIGKILL)\n"
        "        print(*texts, sep='\\n', flush=True)\n"
        "        return super().embed_passages(texts, **options)\n"
        "sync([sys.argv[2]], home=Home(Path(sys.argv[1])), embedder=Dying(), stages=STAGES, report=Silent())"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    command = [sys.executable, "-c", script, str(world.home.path), str(world.corpus)]
    killed = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    report = world.sync()
    assert report.resumed > 20
    again = [text for text in world.embedder.embedded if text in killed.stdout]
    assert again == []
    assert len(world.ids()) == 6


def test_a_sync_that_has_nothing_to_do_drops_what_is_left(world: World) -> None:
    """A kill between publishing and tidying up leaves the memory; it does not stay. Work with another embedder does."""
    world.sync()
    left, other = (world.home.path / f"embedding-{name}" for name in (world.embedder.fingerprint, "other"))
    left.mkdir()
    other.mkdir()
    world.sync()
    assert not left.exists()
    assert other.exists()


def test_vectors_of_another_embedder_are_never_taken(tmp_path: Path) -> None:
    """The memory is kept under the fingerprint of the model."""
    home = Home(tmp_path)
    one, other = ResumingEmbedder(CountingEmbedder("one"), home), ResumingEmbedder(CountingEmbedder("two", 16), home)
    one.embed_passages(["words"])
    assert other.embed_passages(["words"]).shape == (1, 16)
    assert other.resumed == 0
    assert one.embed_passages([]).shape == (0, one.dimension)
    one.close()
    drop_memories(tmp_path)
    assert memories(home) == []
    other.close()


def test_a_vector_that_is_not_what_was_written_is_made_again(tmp_path: Path) -> None:
    """Bytes that changed on the disk do not become an answer's vector."""
    embedder = ResumingEmbedder(CountingEmbedder(), Home(tmp_path))
    embedder.embed_passages(["some words", "other words"])
    embedder.close()
    (path,) = tmp_path.glob("embedding-*/vectors.sqlite")
    with sqlite3.connect(path) as connection:
        vectors = connection.execute("SELECT text, vector FROM vectors").fetchall()
        connection.execute("UPDATE vectors SET vector = ? WHERE text = ?", (vectors[1][1], vectors[0][0]))
    connection.close()
    again = ResumingEmbedder(CountingEmbedder(), Home(tmp_path))
    assert np.allclose(again.embed_passages(["some words", "other words"]), [direction("some words"), direction("other words")])
    assert again.resumed == 1
    again.close()


def test_a_memory_that_cannot_be_read_is_done_without(tmp_path: Path) -> None:
    """Embedding goes on, nothing is remembered."""
    embedder = ResumingEmbedder(CountingEmbedder(), Home(tmp_path))
    embedder.embed_passages(["words"])
    embedder.close()
    (path,) = tmp_path.glob("embedding-*/vectors.sqlite")
    path.write_bytes(b"noise" * 1000)
    again = ResumingEmbedder(CountingEmbedder(), Home(tmp_path))
    assert again.embed_passages(["words"]).shape == (1, again.dimension)
    assert (again.resumed, memories(Home(tmp_path))) == (0, [])


def test_it_passes_for_what_it_wraps(tmp_path: Path) -> None:
    """All facts and searches are the embedder's own."""
    inner = CountingEmbedder()
    embedder = ResumingEmbedder(inner, Home(tmp_path))
    facts = (embedder.id, embedder.dimension, embedder.fingerprint, embedder.engine, embedder.prompts)
    assert facts == (inner.id, inner.dimension, inner.fingerprint, inner.engine, inner.prompts)
    assert embedder.count_tokens("two words") == 2
    assert np.allclose(embedder.embed_query("words"), direction("words"))
