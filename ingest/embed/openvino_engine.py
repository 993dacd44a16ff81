"""Runs an exported model on OpenVINO: no torch, no transformers, ready in a fraction of a second."""

from __future__ import annotations

import json
import os
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from ingest.embed.batches import by_length, padded
from ingest.embed.openvino_export import FACTS_FILE, GRAPH_FILE, TABLE_FILE, import_openvino
from ingest.embed.tokens import TokenIds, open_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ingest.embed.protocol import PassagesDone
    from ingest.embed.recipe import Recipe
    from ingest.values import Matrix, Vector

BATCH_TOKENS = 2048
"""Tokens in a batch, padding counted: enough to keep two cores busy, little enough to stay in their cache."""


class OpenVinoEmbedder:
    """One model on the OpenVINO CPU plugin, in the precision that was chosen for this machine."""

    def __init__(self, recipe: Recipe, *, folder: Path, export: Path, precision: str, threads: int | None = None) -> None:
        """Load the graph.

        Args:
            recipe: The model's facts.
            folder: Its sentence-transformers folder, for the tokenizer.
            export: Its exported directory (`openvino_export.exported`).
            precision: `bf16`, `f16` or `f32`.
            threads: Cores to compute on; None for as many as OpenVINO thinks best.
        """
        self._recipe = recipe
        self._precision = precision
        self._dimension = int(json.loads((export / FACTS_FILE).read_text("utf-8"))["dimension"])
        self._table = np.load(export / TABLE_FILE, mmap_mode="r")
        openvino = import_openvino()
        settings: dict[str, str | int] = {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"}
        if threads:
            settings["INFERENCE_NUM_THREADS"] = threads
        if os.access(export, os.W_OK):
            settings["CACHE_DIR"] = str(export / "cache")
        self._request: Any = openvino.Core().compile_model(str(export / GRAPH_FILE), "CPU", settings).create_infer_request()
        # A request that is asked again while it runs fails; servers embed from several threads.
        self._one_at_a_time = Lock()
        self._tokens: TokenIds = open_tokens(folder)

    @property
    def id(self) -> str:
        """The model's name."""
        return self._recipe.id

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return self._dimension

    @property
    def fingerprint(self) -> str:
        """The recipe's fingerprint."""
        return self._recipe.fingerprint

    @property
    def engine(self) -> str:
        """`openvino-` and the precision."""
        return f"openvino-{self._precision}"

    @property
    def prompts(self) -> dict[str, str]:
        """The recipe's prompts."""
        return self._recipe.prompts

    def embed_passages(self, texts: Sequence[str], *, progress: PassagesDone | None = None) -> Matrix:
        """Return the vectors of texts to be found: shape (len(texts), dimension), float32, rows of length 1."""
        cut = self._cut([self._recipe.passage_prompt + text for text in texts])
        vectors = np.zeros((len(texts), self._dimension), np.float32)
        done = 0
        for batch in by_length([len(ids) for ids in cut], tokens=BATCH_TOKENS):
            vectors[batch] = self._infer([cut[position] for position in batch])
            done += len(batch)
            if progress:
                progress(done)
        return vectors

    def embed_query(self, text: str) -> Vector:
        """Return the vector of a search: shape (dimension,), float32, of length 1."""
        vector: Vector = self._infer(self._cut([self._recipe.query_prompt + text]))[0]
        return vector

    def count_tokens(self, text: str) -> int:
        """Return how many tokens the model sees in a passage before it cuts it."""
        return len(self._tokens.encode([self._recipe.passage_prompt + text])[0])

    def _cut(self, texts: Sequence[str]) -> list[list[int]]:
        """Return ids of at most the model's length; the last one, which ends a text, stays."""
        limit = self._recipe.max_tokens
        return [ids if len(ids) <= limit else [*ids[: limit - 1], ids[-1]] for ids in self._tokens.encode(texts)]

    def _infer(self, batch: Sequence[Sequence[int]]) -> Matrix:
        ids, mask = padded(batch)
        words = self._table[ids].astype(np.float32)
        with self._one_at_a_time:
            vectors: Matrix = np.array(self._request.infer([words, mask])[0], np.float32)
        # Half precision normalises to three digits only.
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors
