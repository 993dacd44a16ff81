"""The index that is served: it follows what `ingest` publishes without failing a question that still reads the old one."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING

from ingest.errors import IngestError
from ingest.index.reader import Index, open_index

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.home import Home
    from ingest.values import Span

RETRY_SECONDS = 5.0
"""After which a generation that could not be opened is tried again."""
_log = logging.getLogger("bot.api")


class Corpus:
    """One open generation and where its passages are."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._users = 0
        self._retired = False
        self._lock = threading.Lock()
        self._places = lru_cache(maxsize=256)(self._read_places)

    def passage_id(self, source_id: str, span: Span) -> str | None:
        """Return the id of the passage that holds the start of `span`, or of the nearest before it; None for no passage."""
        starts, keys = self._places(source_id)
        return f"{keys[max(0, bisect_right(starts, span.start) - 1)]:016x}" if keys else None

    def _read_places(self, source_id: str) -> tuple[list[int], list[int]]:
        places = self.index.starts(source_id)
        return [start for start, _ in places], [key for _, key in places]

    def take(self) -> bool:
        """Hold the generation open; False where it is closed already."""
        with self._lock:
            if self._retired and not self._users:
                return False
            self._users += 1
            return True

    def release(self) -> None:
        """Let go of it."""
        with self._lock:
            self._users -= 1
            self._close_if_unused()

    def retire(self) -> None:
        """Close it as soon as nobody reads it."""
        with self._lock:
            self._retired = True
            self._close_if_unused()

    def _close_if_unused(self) -> None:
        if self._retired and not self._users:
            self.index.close()


class Served:
    """The generation that CURRENT names, opened when first needed and again after each publication.

    Args:
        home: the folder that `ingest sync` writes to.
        fingerprint: of the embedder that questions are embedded with.
        index: a generation that is open already; it is closed when a newer one takes its place.
    """

    def __init__(self, home: Home, fingerprint: str, index: Index | None = None) -> None:
        self.home, self._fingerprint = home, fingerprint
        self._opening = threading.Lock()
        self._corpus = Corpus(index) if index else None
        self._seen = index.manifest.generation if index else None
        self._trouble: tuple[float, Exception] | None = None

    @contextlib.contextmanager
    def lease(self) -> Iterator[Corpus]:
        """Yield the served generation and keep it open meanwhile.

        Raises:
            NoIndexError: nothing was ingested yet.
            IndexMismatchError: the index was made by another embedder.
            IndexDamagedError: no whole generation is left.
        """
        corpus = self._current()
        try:
            yield corpus
        finally:
            corpus.release()

    def close(self) -> None:
        """Let go of the index."""
        if self._corpus:
            self._corpus.retire()

    def _current(self) -> Corpus:
        while True:
            named = self.home.current()
            # Whoever sees the change opens the new generation; others go on with the old one and wait only for the first.
            if (self._corpus is None or named != self._seen) and self._opening.acquire(blocking=self._corpus is None):
                try:
                    self._follow(named)
                finally:
                    self._opening.release()
            corpus = self._corpus  # looked at once: somebody else may put a newer one in its place at any moment
            if corpus is not None and corpus.take():
                return corpus

    def _follow(self, named: str | None) -> None:
        if (self._corpus is not None and named == self._seen) or self._failed_lately(named):
            return
        try:
            corpus = Corpus(open_index(self.home, fingerprint=self._fingerprint))
        except IngestError as error:
            self._seen, self._trouble = named, (time.monotonic(), error)
            if self._corpus is None:
                raise
            _log.warning("index kept", extra={"fields": {"reason": str(error)}})
            return
        before, self._corpus, self._seen, self._trouble = self._corpus, corpus, named, None
        if before:
            before.retire()

    def _failed_lately(self, named: str | None) -> bool:
        if self._trouble is None or named != self._seen or named is None:
            return False
        when, error = self._trouble
        if time.monotonic() - when > RETRY_SECONDS:
            return False
        if self._corpus is None:
            raise error
        return True
