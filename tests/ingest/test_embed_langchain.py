"""The LangChain adapter keeps LangChain's contract for embeddings."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_tests.integration_tests import EmbeddingsIntegrationTests
from langchain_tests.unit_tests import EmbeddingsUnitTests

from ingest.embed import HashEmbedder
from ingest.embed.langchain import CareerEmbeddings

# LangChain's tests may not be overridden, and its asynchronous ones carry no mark of their own.
for _asynchronous in (EmbeddingsIntegrationTests.test_aembed_query, EmbeddingsIntegrationTests.test_aembed_documents):
    pytest.mark.asyncio(_asynchronous)


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


def test_a_query_and_a_passage_of_the_same_words_are_the_same_vector() -> None:
    """The adapter adds nothing to what the embedder says."""
    embeddings = CareerEmbeddings(HashEmbedder())
    assert embeddings.embed_documents(["learn to program"])[0] == pytest.approx(embeddings.embed_query("learn to program"))
