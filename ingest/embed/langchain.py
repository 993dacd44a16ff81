"""Any of our embedders as LangChain `Embeddings`, for programs built on LangChain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langchain_core.embeddings import Embeddings

if TYPE_CHECKING:
    from ingest.embed.protocol import Embedder


class CareerEmbeddings(Embeddings):
    """Hands LangChain's calls to an `Embedder`; prompts for passages and questions are applied there."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return one vector per text."""
        vectors: list[list[float]] = self.embedder.embed_passages(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a search."""
        vector: list[float] = self.embedder.embed_query(text).tolist()
        return vector
