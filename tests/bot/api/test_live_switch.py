"""Many threads ask while many generations are published: no query fails, and every answer is of one generation."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from small_index import FACTS, build, direction, interview

from bot.api.served import Served
from ingest.home import Home
from ingest.rollback import rollback

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.index.reader import Index
    from ingest.values import Ingested

THREADS = 8
GUESTS = ("Ada Quill", "Bo Fern", "Cy Marsh")


def edition(number: int) -> list[Ingested]:
    """Return the invented interviews of one generation: all of them name its number and no other."""
    return [interview(guest, [("What did you build?", f"I built robot edition{number}. It walked.")]) for guest in GUESTS]


def ask(index: Index) -> set[str]:
    """Query an index in every way an answer does; return all edition numbers that were met."""
    dense = [key for key, _ in index.dense(direction("robot"), 3)]
    lexical = [key for key, _ in index.lexical("robot walked", 3)]
    scores = index.dense_scores(direction("robot"), dense)
    assert set(dense) == set(lexical) == set(scores) == set(index.keys())
    said = [stored.passage.span.of(index.document(stored.passage.source_id).text) for stored in index.passages(dense)]
    assert len(said) == len(GUESTS)
    return {word.strip(".") for text in said for word in text.split() if word.startswith("edition")}


class Asking:
    """Threads that ask until enough queries were asked and nothing more is published, and what went wrong in them."""

    def __init__(self, served: Served, queries: int) -> None:
        self._served, self._queries = served, queries
        self._lock = threading.Lock()
        self.over = threading.Event()
        self.asked = 0
        self.failures: list[str] = []
        self.seen: set[str] = set()
        self.threads = [threading.Thread(target=self._run) for _ in range(THREADS)]

    def _next(self) -> bool:
        with self._lock:
            self.asked += 1
            return self.asked <= self._queries or not self.over.is_set()

    def _run(self) -> None:
        while self._next():
            try:
                with self._served.lease() as corpus:
                    editions = ask(corpus.index)
                    if len(editions) != 1 or corpus.index.warning:
                        self.failures.append(f"{corpus.index.manifest.generation}: {editions} {corpus.index.warning}")
                    self.seen |= editions
            except Exception as error:  # noqa: BLE001 (whatever it is, the test has to see it)
                self.failures.append(repr(error))


@pytest.mark.parametrize(
    ("queries", "generations"), [(400, 6), pytest.param(10_000, 50, marks=pytest.mark.services, id="the whole promise")]
)
def test_no_query_fails_or_mixes_while_generations_are_published(tmp_path: Path, queries: int, generations: int) -> None:
    """From eight threads: 0 errors, every answer from one generation, and many generations were indeed asked."""
    home = Home(tmp_path)
    build(home, edition(0))
    served = Served(home, FACTS.fingerprint)
    asking = Asking(served, queries)
    for thread in asking.threads:
        thread.start()
    try:
        for number in range(1, generations + 1):
            while asking.asked < queries * (number - 1) / generations:  # spread over the queries, however fast the machine is
                time.sleep(0.001)
            build(home, edition(number))
    finally:
        asking.over.set()
        for thread in asking.threads:
            thread.join()
    assert asking.failures == []
    assert asking.asked >= queries
    assert len(asking.seen) > generations / 4
    with served.lease() as corpus:
        assert ask(corpus.index) == {f"edition{generations}"}
    served.close()
    build(home, [])
    assert len(home.published()) == 2, "what nobody reads any more is collected"


def test_a_publication_and_a_step_back_are_served_at_once(tmp_path: Path) -> None:
    """The very next question after either is answered from what is served then."""
    home = Home(tmp_path)
    build(home, edition(1))
    served = Served(home, FACTS.fingerprint)
    with served.lease() as corpus:
        assert ask(corpus.index) == {"edition1"}
    build(home, edition(2))
    for change, expected in ((lambda: None, "edition2"), (lambda: rollback(home), "edition1")):
        change()
        with served.lease() as corpus:
            assert ask(corpus.index) == {expected}
    served.close()
