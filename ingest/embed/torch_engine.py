"""Runs any model through the sentence-transformers library: slower to start, but takes everything that library takes."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np

from ingest.embed.quiet import quiet
from ingest.errors import ModelMissingError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ingest.embed.protocol import PassagesDone
    from ingest.embed.recipe import Recipe
    from ingest.values import Matrix, Vector

_BATCH = 32
_SLICE = 256
"""Texts between two reports of progress; inside a slice the library sorts by length."""


class TorchEmbedder:
    """One model in sentence-transformers on the CPU."""

    def __init__(self, recipe: Recipe, *, folder: Path, precision: str, threads: int | None = None) -> None:
        """Load the model from a local folder.

        Args:
            recipe: The model's facts.
            folder: Its sentence-transformers folder.
            precision: `bf16`, worth choosing only where the CPU computes it, or `f32`.
            threads: Cores to compute on, for all of torch in this process; None for as many as torch thinks best.

        Raises:
            ModelMissingError: The library cannot load the folder.
        """
        logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
        import torch  # noqa: PLC0415 - heavy
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - heavy

        if threads:
            torch.set_num_threads(threads)
        self._recipe = recipe
        self._precision = precision
        dtype = torch.bfloat16 if precision == "bf16" else torch.float32
        try:
            with quiet():
                self._model: Any = SentenceTransformer(
                    str(folder), device="cpu", local_files_only=True, trust_remote_code=False, model_kwargs={"dtype": dtype}
                )
        except (OSError, ValueError, TypeError, KeyError, ImportError, RuntimeError) as error:
            raise ModelMissingError(f"sentence-transformers cannot load {recipe.id} from {folder}: {error}") from error
        self._model.max_seq_length = recipe.max_tokens

    @property
    def id(self) -> str:
        """The model's name."""
        return self._recipe.id

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return int(self._model.get_embedding_dimension())

    @property
    def fingerprint(self) -> str:
        """The recipe's fingerprint."""
        return self._recipe.fingerprint

    @property
    def engine(self) -> str:
        """`sentence-transformers-` and the precision."""
        return f"sentence-transformers-{self._precision}"

    @property
    def prompts(self) -> dict[str, str]:
        """The recipe's prompts."""
        return self._recipe.prompts

    def embed_passages(self, texts: Sequence[str], *, progress: PassagesDone | None = None) -> Matrix:
        """Return the vectors of texts to be found: shape (len(texts), dimension), float32, rows of length 1."""
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for start in range(0, len(texts), _SLICE):
            slice_ = [self._recipe.passage_prompt + text for text in texts[start : start + _SLICE]]
            vectors[start : start + len(slice_)] = self._encode(slice_)
            if progress:
                progress(start + len(slice_))
        return vectors

    def embed_query(self, text: str) -> Vector:
        """Return the vector of a search: shape (dimension,), float32, of length 1."""
        vector: Vector = self._encode([self._recipe.query_prompt + text])[0]
        return vector

    def count_tokens(self, text: str) -> int:
        """Return how many tokens the model sees in a passage before it cuts it."""
        ids = self._model.tokenizer(self._recipe.passage_prompt + text, truncation=False, verbose=False)["input_ids"]
        return len(ids)

    def _encode(self, texts: list[str]) -> Matrix:
        encoded = self._model.encode(texts, batch_size=_BATCH, prompt="", convert_to_tensor=True, show_progress_bar=False)
        vectors: Matrix = encoded.float().numpy()
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors
