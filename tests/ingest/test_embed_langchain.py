"""The LangChain adapter keeps LangChain's contract for embeddings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from langchain_tests.integration_tests import EmbeddingsIntegrationTests
from langchain_tests.unit_tests import EmbeddingsUnitTests

from ingest.embed import HashEmbedder
from ingest.embed.langchain import CareerEmbeddings

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings


class TestUnit(EmbeddingsUnitTests):
    """LangChain's own unit tests hold."""

    @property
    def embeddings_class(self) -> type[CareerEmbeddings]:
        """The adapter under test."""
        return CareerEmbeddings

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        """An embedder that needs no model."""
        return {"embedder": HashEmbedder()}


class TestIntegration(EmbeddingsIntegrationTests):
    """LangChain's own behaviour tests hold; nothing here needs a network."""

    @property
    def embeddings_class(self) -> type[CareerEmbeddings]:
        """The adapter under test."""
        return CareerEmbeddings

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        """An embedder that needs no model."""
        return {"embedder": HashEmbedder()}

    @pytest.mark.asyncio
    async def test_aembed_query(self, model: Embeddings) -> None:
        """LangChain's test, marked so that it runs."""
        await super().test_aembed_query(model)

    @pytest.mark.asyncio
    async def test_aembed_documents(self, model: Embeddings) -> None:
        """LangChain's test, marked so that it runs."""
        await super().test_aembed_documents(model)


def test_a_query_and_a_passage_of_the_same_words_are_the_same_vector() -> None:
    """The adapter adds nothing to what the embedder says."""
    embeddings = CareerEmbeddings(HashEmbedder())
    assert embeddings.embed_documents(["learn to program"])[0] == pytest.approx(embeddings.embed_query("learn to program"))
