"""The bot's parts as LangChain components, held against LangChain's own tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from invented_corpus import BilingualEmbedder
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_tests.integration_tests import RetrieversIntegrationTests
from scripted import ScriptedModel

from bot.langchain import CareerChatModel, CareerRetriever

if TYPE_CHECKING:
    from langchain_core.retrievers import BaseRetriever

    from ingest.index.reader import Index


# LangChain's tests may not be overridden, and its asynchronous one carries no mark of its own.
pytest.mark.asyncio(RetrieversIntegrationTests.test_ainvoke_returns_documents)


class TestRetriever(RetrieversIntegrationTests):
    """LangChain's tests on the invented corpus."""

    _index: Index

    @pytest.fixture(autouse=True)
    def _opened(self, index: Index) -> None:
        self._index = index

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        """Return what is tested."""
        return CareerRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        """Return what it is made of."""
        return {"index": self._index, "embedder": BilingualEmbedder()}

    @property
    def retriever_query_example(self) -> str:
        """Return a question that the corpus answers."""
        return "What hardware do you use at home?"


def test_documents_are_exact_quotes_with_their_place(index: Index) -> None:
    """Each document is a slice of its source, and says which."""
    retriever = CareerRetriever(index=index, embedder=BilingualEmbedder())
    documents = retriever.invoke("How did Nora Vale become a robotics engineer?")
    assert documents
    for found in documents:
        facts = found.metadata
        text = index.document(facts["source_id"]).text
        assert text[facts["char_start"] : facts["char_end"]] == found.page_content
    assert documents[0].metadata["speaker"] == "Nora Vale"
    assert documents[0].metadata["published"] == "2019-05-04"
    assert documents[0].metadata["url"] == "https://example.org/nora"


def test_a_chat_model_answers() -> None:
    """Turns reach the model in their roles, and its words come back as a message."""
    model = ScriptedModel(["Fine. STOP more"])
    chat = CareerChatModel(model=model)
    reply = chat.invoke(
        [SystemMessage("Be brief."), HumanMessage("Hello"), AIMessage("Hi"), HumanMessage("How?")], stop=["STOP"]
    )
    assert reply.text == "Fine. "
    assert [message.role for message in model.prompts[0].fixed] == ["system", "user", "assistant"]
    assert model.prompts[0].asked == "How?"


def test_the_limit_can_be_given_for_one_call() -> None:
    """`max_tokens` of a call wins over the model's own."""
    seen: list[int] = []

    class Counting(ScriptedModel):
        def write(self, prompt: Any, *, max_tokens: int, cancellation: Any) -> str:
            seen.append(max_tokens)
            return super().write(prompt, max_tokens=max_tokens, cancellation=cancellation)

    chat = CareerChatModel(model=Counting(["a", "b"]), max_tokens=7)
    chat.invoke("x")
    chat.invoke("x", max_tokens=3)
    assert seen == [7, 3]


def test_other_messages_are_refused() -> None:
    """The models know no tools, and say so."""
    with pytest.raises(ValueError, match="tool"):
        CareerChatModel(model=ScriptedModel(["x"])).invoke([ToolMessage("1", tool_call_id="a")])


def test_the_model_is_identified() -> None:
    """LangChain's tracing sees which model answered."""
    chat = CareerChatModel(model=ScriptedModel(name="tiny"))
    assert chat._identifying_params == {"model_name": "tiny"}
    assert chat._llm_type == "careerbot"
