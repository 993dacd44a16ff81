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
    """The second encoder, opened when first used; `start` has it opened meanwhile, while other models load."""

    dimension = universal.DIMENSION
    id = universal.MODEL_ID
    engine = "numpy"

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._encoder: universal.UniversalEncoder | None = None
        self._opening = Lock()

    @classmethod
    def start(cls, directory: Path) -> LateEncoder:
        """Return the encoder whose weights live under `directory`, opening already in another thread."""
        encoder = cls(directory)
        Thread(target=encoder._open_ahead, name="second encoder", daemon=True).start()
        return encoder

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

    def _open(self) -> universal.UniversalEncoder:
        with self._opening:
            if self._encoder is None:
                self._encoder = universal.open_second(self._directory)
            return self._encoder

    def _open_ahead(self) -> None:
        with contextlib.suppress(IngestError):  # raised again, to whoever asks
            self._open()
