"""The bodies of OpenAI's chat API, as far as this service reads and writes them.

Names and shapes follow OpenAI's published description of its API; what is not read is accepted and ignored.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.api.bodies import WHOLE

MODEL = "careerbot"
Flag = Annotated[bool, Field(strict=True)]


class TextPart(BaseModel):
    """A piece of a message's text."""

    type: Literal["text"]
    text: str


class ChatMessage(BaseModel):
    """One turn. System messages are accepted and change nothing: answers come from the corpus alone."""

    model_config = ConfigDict(extra="allow")

    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[TextPart] | None = None

    def words(self) -> str:
        """Return the text of the message."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class StreamOptions(BaseModel):
    """Options of a stream."""

    model_config = ConfigDict(extra="allow")

    include_usage: Flag | None = None


class ChatRequest(BaseModel):
    """A conversation whose last user message is the question. Other parameters of the API are accepted and ignored."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={"examples": [{"model": MODEL, "messages": [{"role": "user", "content": "Do I need a PhD?"}]}]},
    )

    model: Annotated[str, Field(min_length=1, max_length=200)]
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=100)]
    stream: Flag | None = None
    stream_options: StreamOptions | None = None
    n: Annotated[int, Field(ge=1, le=1), WHOLE] | None = None


class Usage(BaseModel):
    """Tokens, counted with the embedder's tokenizer."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ReplyMessage(BaseModel):
    """The answer as one message."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: str | None = None
    annotations: list[dict[str, Any]] = []


class Choice(BaseModel):
    """The only choice."""

    index: Literal[0] = 0
    message: ReplyMessage
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class Completion(BaseModel):
    """A whole reply; `careerbot` holds the answer with its citations, as `POST /v1/ask` returns it."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    careerbot: dict[str, Any]


class ModelBody(BaseModel):
    """A model that can be named in requests."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str


class ModelsList(BaseModel):
    """The models of this service: one."""

    object: Literal["list"] = "list"
    data: list[ModelBody]
