"""An embedder with a second one beside it, whose scores a search adds to the first one's."""

from __future__ import annotations

import contextlib
from threading import Lock, Thread
from typing import TYPE_CHECKING

from ingest.embed import universal
from ingest.errors import IngestError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ingest.embed.protocol import Embedder, PassagesDone
    from ingest.values import Matrix, Vector


def second_of(embedder: Embedder) -> Embedder | None:
    """Return the second encoder that stands beside `embedder`; None where there is none."""
    second: Embedder | None = getattr(embedder, "second", None)
    return second


def prepare_second(embedder: Embedder, fingerprint: str | None) -> None:
    """Have the second encoder opened in another thread while other models load, if it is the one a search will need.

    Args:
        embedder: what will embed the questions.
        fingerprint: of the second vectors that are to be searched; None where there are none.
    """
    second = second_of(embedder)
    if isinstance(second, LateEncoder) and second.fingerprint == fingerprint:
        second.open_ahead()


class PairedEmbedder:
    """Does what its first embedder does; `second` is the other."""

    def __init__(self, first: Embedder, second: Embedder | None) -> None:
        self.first, self.second = first, second

    @property
    def id(self) -> str:
        """See `Embedder`."""
        return self.first.id

    @property
    def dimension(self) -> int:
        """See `Embedder`."""
        return self.first.dimension

    @property
    def fingerprint(self) -> str:
        """See `Embedder`."""
        return self.first.fingerprint

    @property
    def engine(self) -> str:
        """See `Embedder`."""
        return self.first.engine

    @property
    def prompts(self) -> Mapping[str, str]:
        """See `Embedder`."""
        return self.first.prompts

    def embed_passages(self, texts: Sequence[str], *, progress: PassagesDone | None = None) -> Matrix:
        """See `Embedder.embed_passages`."""
        return self.first.embed_passages(texts, progress=progress)

    def embed_query(self, text: str) -> Vector:
        """See `Embedder.embed_query`."""
        return self.first.embed_query(text)

    def count_tokens(self, text: str) -> int:
        """See `Embedder.count_tokens`."""
        return self.first.count_tokens(text)


class LateEncoder:
    """The second encoder, opened when first used, so that a search over an index without its vectors never waits for it."""

    dimension = universal.DIMENSION
    id = universal.MODEL_ID
    engine = "numpy"

    def __init__(self, directory: Path) -> None:
        """Note that the weights live under `directory`."""
        self._directory = directory
        self._encoder: universal.UniversalEncoder | None = None
        self._opening = Lock()

    @property
    def fingerprint(self) -> str:
        """See `Embedder`."""
        return universal.fingerprint()

    @property
    def prompts(self) -> Mapping[str, str]:
        """See `Embedder`."""
        return {}

    def embed_passages(self, texts: Sequence[str], *, progress: PassagesDone | None = None) -> Matrix:
        """See `Embedder.embed_passages`."""
        return self._open().embed_passages(texts, progress=progress)

    def embed_query(self, text: str) -> Vector:
        """See `Embedder.embed_query`."""
        return self._open().embed_query(text)

    def count_tokens(self, text: str) -> int:
        """See `Embedder.count_tokens`."""
        return self._open().count_tokens(text)

    def open_ahead(self) -> None:
        """Open the weights in another thread; what is wrong with them is said at the first use."""
        Thread(target=self._open_quietly, name="second encoder", daemon=True).start()

    def _open(self) -> universal.UniversalEncoder:
        with self._opening:
            if self._encoder is None:
                self._encoder = universal.open_second(self._directory)
            return self._encoder

    def _open_quietly(self) -> None:
        with contextlib.suppress(IngestError):  # raised again, to whoever asks
            self._open()
