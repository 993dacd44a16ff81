"""The bot's parts as LangChain components: a retriever that returns exact quotes, and a chat model over any `LanguageModel`.

Other LangChain programs can use them; the bot itself does not go through them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain_core.documents import Document
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from bot.cite import cite
from bot.evidence import select
from bot.links import link
from bot.llm import Cancellation, Message, Prompt
from bot.people import mentioned_by
from bot.question import understand
from bot.retrieve import retrieve

if TYPE_CHECKING:
    from langchain_core.callbacks import CallbackManagerForLLMRun, CallbackManagerForRetrieverRun

    from bot.values import Citation

_ROLES = {"system": "system", "human": "user", "ai": "assistant"}


class CareerRetriever(BaseRetriever):
    """Return the quotes that answer a question, each a `Document` whose content is the exact words."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    index: Any
    """An `ingest.index.reader.Index`."""
    embedder: Any
    """The `ingest.embed.Embedder` the index was made with."""
    k: int = 5
    """How many quotes at most."""

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[Document]:
        del run_manager
        question = understand(query, language=None, history=(), model=None, cancellation=Cancellation())
        retrieval = retrieve(question, self.index, self.embedder, mentioned_by(question, self.index))
        evidence = select(question, retrieval, self.index, limit=self.k if k is None else k)
        return [_document(cite(item, n, question.language, self.index)) for n, item in enumerate(evidence, start=1)]


class CareerChatModel(BaseChatModel):
    """A `bot.llm.LanguageModel` (llama.cpp in this process, or remote) as a LangChain chat model; greedy decoding."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    model: Any
    """The `LanguageModel`."""
    max_tokens: int = 256

    @property
    def _llm_type(self) -> str:
        return "careerbot"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self.model.name}

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,  # noqa: ANN401 - LangChain's signature
    ) -> ChatResult:
        del run_manager
        turns = [Message(role=_role(message), content=str(message.text)) for message in messages]
        prompt = Prompt(fixed=tuple(turns[:-1]), asked=turns[-1].content)
        limit = int(kwargs.get("max_tokens") or self.max_tokens)
        text = _cut(self.model.write(prompt, max_tokens=limit, cancellation=Cancellation()), stop or ())
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=text))])


def _role(message: BaseMessage) -> Any:  # noqa: ANN401 - one of three literals
    if message.type not in _ROLES:
        raise ValueError(f"the model takes system, human and AI messages, not {message.type}")
    return _ROLES[message.type]


def _cut(text: str, stop: list[str] | tuple[()]) -> str:
    for mark in stop:
        text = text.split(mark, 1)[0]
    return text


def _document(citation: Citation) -> Document:
    source = citation.source
    facts = {
        "source_id": source.id,
        "title": source.title,
        "speaker": citation.speaker,
        "role": citation.role,
        "url": link(citation),
        "published": source.published.isoformat() if source.published else None,
        "language": source.language,
        "char_start": citation.span.start,
        "char_end": citation.span.end,
        "time_start": citation.second,
    }
    return Document(page_content=citation.quote, metadata=facts)
