"""The index follows what is published, and no question fails meanwhile."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from small_index import ADA, BO, FACTS, build

from bot.api import served as module
from bot.api.served import Corpus, Served
from ingest.errors import IndexDamagedError, IndexMismatchError, NoIndexError
from ingest.home import Home
from ingest.index.reader import open_index
from ingest.values import Span

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def small_home(tmp_path: Path) -> Home:
    """Return a home with one source."""
    home = Home(tmp_path)
    build(home, [ADA])
    return home


def test_a_publication_is_followed_by_the_next_question(small_home: Home) -> None:
    """The next lease sees the new generation; one taken before keeps reading the old one, which is closed afterwards."""
    served = Served(small_home, FACTS.fingerprint)
    with served.lease() as before:
        build(small_home, [BO])
        with served.lease() as after:
            assert len(after.index.sources()) == 2
        assert before.index.document("ada-quill-en").text
        assert not served._corpus or served._corpus is not before
    with pytest.raises(Exception, match="closed"):
        before.index.document("bo-fern-en")
    served.close()


class Overtaken(Corpus):
    """A generation that is replaced by a newer one the moment after somebody took it."""

    after: Callable[[], None] | None = None

    def take(self) -> bool:
        """Take it, then let the others go on."""
        taken = super().take()
        if after := self.after:
            self.after = None
            after()
        return taken


def test_a_publication_in_the_middle_of_a_lease_mixes_nothing_up(small_home: Home) -> None:
    """What was taken is what is read and given back, though another thread has followed a publication meanwhile."""
    old = Overtaken(open_index(small_home, fingerprint=FACTS.fingerprint))
    served = Served(small_home, FACTS.fingerprint)
    served._corpus, served._seen = old, old.index.manifest.generation

    def publish() -> None:
        build(small_home, [BO])
        with served.lease() as newer:
            assert len(newer.index.sources()) == 2

    old.after = publish
    with served.lease() as held:
        assert held is old
        assert held.index.document("ada-quill-en").text
    with pytest.raises(Exception, match="closed"):
        old.index.document("bo-fern-en")
    with served.lease() as now:
        assert now._users == 1
    served.close()


def test_nothing_published_yet_is_an_error_until_something_is(tmp_path: Path) -> None:
    """The service may start before the first sync."""
    home = Home(tmp_path)
    served = Served(home, FACTS.fingerprint)
    with pytest.raises(NoIndexError), served.lease():
        pass
    build(home, [ADA])
    with served.lease() as corpus:
        assert corpus.index.manifest.sources == 1


def test_an_index_of_another_embedder_is_refused(small_home: Home) -> None:
    """Questions embedded with one model are never searched among vectors of another; asked again, the answer is quick."""
    served = Served(small_home, "other")
    for _ in range(2):
        with pytest.raises(IndexMismatchError), served.lease():
            pass


def test_a_damaged_publication_leaves_the_old_one_served(
    small_home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A generation that cannot be opened is not tried again at every question, but later."""
    served = Served(small_home, FACTS.fingerprint)
    with served.lease():
        pass
    tries = []

    def damaged(*_: object, **__: object) -> None:
        tries.append(1)
        raise IndexDamagedError("a byte is wrong")

    monkeypatch.setattr(module, "open_index", damaged)
    build(small_home, [BO])
    for _ in range(3):
        with served.lease() as corpus:
            assert corpus.index.manifest.sources == 1
    assert len(tries) == 1
    assert "index kept" in caplog.messages
    monkeypatch.undo()
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.0)
    build(small_home, [])
    with served.lease() as corpus:
        assert corpus.index.manifest.sources == 2


def test_no_question_fails_while_generations_come_and_go(small_home: Home) -> None:
    """Twenty publications under four readers: every read succeeds."""
    served = Served(small_home, FACTS.fingerprint)
    failures: list[Exception] = []
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            try:
                with served.lease() as corpus:
                    assert corpus.index.document("ada-quill-en").text
            except Exception as error:  # noqa: BLE001 - whatever it is, the test has to see it
                failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for n in range(20):
        build(small_home, [BO] if n % 2 else [], removed=[] if n % 2 else ["bo-fern-en"])
    over.set()
    for reader in readers:
        reader.join()
    assert failures == []


def test_a_span_is_found_in_its_passage(small_home: Home) -> None:
    """The passage that holds a quote's start is named; a source without passages has none."""
    served = Served(small_home, FACTS.fingerprint)
    with served.lease() as corpus:
        keys = corpus.index.keys("ada-quill-en")
        spans = [corpus.index.passage(key).passage.span for key in keys]
        ids = [f"{key:016x}" for key in keys]
        assert [corpus.passage_id("ada-quill-en", Span(span.start + 3, span.end)) for span in spans] == ids
        assert corpus.passage_id("ada-quill-en", Span(0, 1)) == ids[0]
        assert corpus.passage_id("nobody", Span(0, 1)) is None
