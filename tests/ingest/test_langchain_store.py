"""The LangChain vector store keeps the promises that LangChain's own tests ask of one, and its own."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest
from langchain_core.embeddings import Embeddings
from langchain_tests.integration_tests import VectorStoreIntegrationTests
from small_index import direction

from ingest.langchain import CareerVectorStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from langchain_core.vectorstores import VectorStore


for _test in vars(VectorStoreIntegrationTests).values():
    if inspect.iscoroutinefunction(_test):  # whatever mode pytest-asyncio is in
        pytest.mark.asyncio(_test)


class WordHashes(Embeddings):
    """Texts with the same words have the same direction."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return one vector for each text."""
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """Return a vector that is not of length one, as some models give."""
        return [3 * float(value) for value in direction(text)]


class TestStandard(VectorStoreIntegrationTests):
    """LangChain's tests, in memory."""

    @pytest.fixture
    def vectorstore(self) -> Iterator[VectorStore]:
        """Return an empty store."""
        store = CareerVectorStore(self.get_embeddings())
        yield store
        store.close()


class TestStandardOnDisk(VectorStoreIntegrationTests):
    """LangChain's tests, in a folder."""

    @pytest.fixture
    def vectorstore(self, tmp_path: Path) -> Iterator[VectorStore]:
        """Return an empty store."""
        store = CareerVectorStore(self.get_embeddings(), tmp_path / "store")
        yield store
        store.close()


TEXTS = ["a welder likes trains", "a nurse likes trains", "a nurse likes chess", "nothing in common whatsoever"]
FACTS = [{"trade": "welding"}, {"trade": "care"}, {"trade": "care"}, {}]


def test_a_folder_is_found_again(tmp_path: Path) -> None:
    """A folder is found again."""
    first = CareerVectorStore.from_texts(TEXTS, WordHashes(), FACTS, ids=["1", "2", "3", "4"], folder=tmp_path)
    first.close()
    again = CareerVectorStore(WordHashes(), tmp_path)
    document, score = again.similarity_search_with_score("a nurse likes chess", k=1)[0]
    assert (document.id, document.metadata) == ("3", {"trade": "care"})
    assert score == pytest.approx(1.0, abs=1e-3)
    again.delete()
    assert again.similarity_search("chess") == []
    again.close()


def test_filters_apply_before_ranking() -> None:
    """Filters apply before ranking."""
    store = CareerVectorStore.from_texts(TEXTS, WordHashes(), FACTS)
    by_value = store.similarity_search("a welder likes trains", k=1, filter={"trade": "care"})
    assert by_value[0].page_content == "a nurse likes trains"
    by_call = store.similarity_search("a welder likes trains", k=1, filter=lambda document: "chess" in document.page_content)
    assert by_call[0].page_content == "a nurse likes chess"
    assert store.similarity_search("trains", filter={"trade": "none"}) == []
    store.close()


def test_relevance_lies_between_nought_and_one_and_diverse_results_differ() -> None:
    """Relevance lies between nought and one and diverse results differ."""
    store = CareerVectorStore.from_texts([*TEXTS, "a welder likes trains too"], WordHashes())
    assert store.embeddings.embed_query("a")
    scored = store.similarity_search_with_relevance_scores("a welder likes trains", k=5)
    assert all(0 <= score <= 1 for _, score in scored)
    query = "a welder likes trains"
    nearest = [document.page_content for document in store.similarity_search_by_vector(WordHashes().embed_query(query), k=2)]
    diverse = [document.page_content for document in store.max_marginal_relevance_search(query, k=2, lambda_mult=0.1)]
    assert nearest == ["a welder likes trains", "a welder likes trains too"]
    assert diverse[0] == nearest[0]
    assert diverse != nearest
    assert CareerVectorStore(WordHashes()).max_marginal_relevance_search(query) == []
    store.close()
