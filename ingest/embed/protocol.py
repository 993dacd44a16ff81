"""What every embedder can do, whatever runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ingest.values import Matrix, Vector

PassagesDone = Callable[[int], None]
"""Called with the number of passages embedded so far."""


class Embedder(Protocol):
    """Turns text into vectors of one space."""

    @property
    def id(self) -> str:
        """The model's name, e.g. "intfloat/multilingual-e5-small"."""
        ...

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        ...

    @property
    def fingerprint(self) -> str:
        """SHA-256 over all that shapes the vectors: equal for all engines of one model."""
        ...

    @property
    def engine(self) -> str:
        """What runs the model here, e.g. "openvino-bf16"."""
        ...

    @property
    def prompts(self) -> Mapping[str, str]:
        """What the model is shown in front of a text, by what the text is: `query` and `passage`."""
        ...

    def embed_passages(self, texts: Sequence[str], *, progress: PassagesDone | None = None) -> Matrix:
        """Return the vectors of texts to be found: shape (len(texts), dimension), float32, rows of length 1."""
        ...

    def embed_query(self, text: str) -> Vector:
        """Return the vector of a search: shape (dimension,), float32, of length 1."""
        ...

    def count_tokens(self, text: str) -> int:
        """Return how many tokens the model sees in a passage, prompt and special tokens included, before it cuts it."""
        ...
