"""`POST /v1/chat/completions` and `GET /v1/models`: the service for programs that speak OpenAI's chat API."""

from __future__ import annotations

import asyncio
import itertools
import json
import secrets
import time
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import ValidationError

from bot.api.bodies import MOST_TURNS, AskRequest, PastAnswer, PastTurn
from bot.api.errors import BadRequestError, StoppedError, UnknownThingError
from bot.api.openai_bodies import MODEL, ChatRequest, Choice, Completion, ModelBody, ModelsList, ReplyMessage, Usage
from bot.api.openai_text import Writing, content
from bot.api.problems import to_problem
from bot.api.responses import problems
from bot.api.routes_ask import STREAM, STREAM_HEADERS, last, listen
from bot.api.state import Asker, state_of
from bot.api.stream import KEEP_ALIVE
from bot.question import LONGEST_QUESTION
from bot.strings import LANGUAGES
from ingest.language import detect

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.api.stream import Message
    from ingest.embed import Embedder

router = APIRouter(prefix="/v1", tags=["openai"])
_STREAM_DOC = {"schema": {"type": "string", "description": "Chunks of a chat completion as server-sent events, then [DONE]."}}


@router.post(
    "/chat/completions",
    response_model=None,
    responses={
        200: {"description": "The reply.", "model": Completion, "content": {STREAM: _STREAM_DOC}},
        **problems(400, 401, 403, 404, 408, 413, 422, 429, 503, 504),
    },
    summary="OpenAI-compatible chat",
)
async def chat(request: Request, body: ChatRequest, caller: Asker) -> Response:
    """Answer the last user message; earlier ones are the conversation it belongs to.

    Citations stand in the text, and in full in the extension field `careerbot` (of the reply, or of the stream's last
    chunk). A refusal is text as well.
    """
    state = state_of(request)
    if body.model != MODEL:
        raise UnknownThingError(f"there is no such model here; its name is {MODEL}")
    question = await asyncio.to_thread(_question, body)
    state.doorkeeper.count(caller)
    messages = listen(await state.desk.admit(question, whole=not body.stream), request)
    if not body.stream:
        return JSONResponse(await _completion(body, await last(messages), state.desk.embedder))
    first = await anext(messages)
    if first is not None and first.error:
        raise first.error
    chunks = _chunks(body, first, messages, state.desk.embedder, request.state.request_id)
    return StreamingResponse(chunks, media_type=STREAM, headers=STREAM_HEADERS)


@router.get("/models", responses=problems(401, 403), summary="OpenAI-compatible list of models")
async def models(caller: Asker) -> ModelsList:
    """Return the one model there is."""
    del caller
    return ModelsList(data=[_model()])


@router.get("/models/{model_id}", responses=problems(401, 403, 404, 422), summary="OpenAI-compatible model")
async def model(model_id: str, caller: Asker) -> ModelBody:
    """Return the model."""
    del caller
    if model_id != MODEL:
        raise UnknownThingError(f"there is no such model here; its name is {MODEL}")
    return _model()


def _model() -> ModelBody:
    return ModelBody(id=MODEL, created=int(time.time()), owned_by=MODEL)


def _question(body: ChatRequest) -> AskRequest:
    """Return the question of a chat: its last message, which has to be the user's, and the turns before.

    Raises:
        BadRequestError: there is no question.
    """
    spoken = [message for message in body.messages if message.role in {"user", "assistant"} and message.words().strip()]
    if not spoken or spoken[-1].role != "user":
        raise BadRequestError("the last message has to be the user's question")
    pairs = itertools.pairwise(spoken)
    turns = [
        PastTurn(
            question=asked.words()[:LONGEST_QUESTION],
            answer=PastAnswer(language=detect(asked.words()[:LONGEST_QUESTION], among=LANGUAGES)),
        )
        for asked, told in pairs
        if asked.role == "user" and told.role == "assistant"
    ]
    try:
        return AskRequest(question=spoken[-1].words(), history=turns[-MOST_TURNS:])
    except ValidationError as error:
        raise BadRequestError(f"the question: {error.errors()[0]['msg']}") from error


async def _completion(body: ChatRequest, payload: dict[str, Any], embedder: Embedder) -> dict[str, Any]:
    text = content(payload)
    return Completion(
        id=f"chatcmpl-{payload['id']}",
        created=int(time.time()),
        model=MODEL,
        choices=[Choice(message=ReplyMessage(content=text))],
        usage=Usage(**await asyncio.to_thread(_usage, body, text, embedder)),
        careerbot=payload,
    ).model_dump()


def _usage(body: ChatRequest, text: str, embedder: Embedder) -> dict[str, int]:
    asked = sum(embedder.count_tokens(message.words()) for message in body.messages)
    told = embedder.count_tokens(text)
    return {"prompt_tokens": asked, "completion_tokens": told, "total_tokens": asked + told}


async def _chunks(
    body: ChatRequest, first: Message | None, rest: AsyncIterator[Message | None], embedder: Embedder, request_id: str
) -> AsyncIterator[bytes]:
    writing = Writing(f"chatcmpl-{secrets.token_hex(8)}", MODEL)
    yield _data(writing.begin())
    message = first
    try:
        while True:
            for line in await _lines(body, message, writing, embedder, request_id):
                yield line
            if message is not None and message.final:
                return
            message = await anext(rest)
    except StoppedError:
        return


async def _lines(
    body: ChatRequest, message: Message | None, writing: Writing, embedder: Embedder, request_id: str
) -> list[bytes]:
    """Return what a message of the job is in the stream of chunks."""
    if message is None:
        return [KEEP_ALIVE]
    if message.error:
        problem = to_problem(message.error)
        error = {"message": problem.detail, "type": "server_error", "param": None, "code": problem.kind}
        return [_data({**problem.body(request_id), "error": error})]
    if message.name == "claim":
        return [_data(writing.add(message.data["claim"]))]
    if not message.final:
        return []
    lines = [_data(writing.rest(message.data)), _data(writing.end(message.data))]
    if body.stream_options and body.stream_options.include_usage:
        lines.append(_data(writing.usage(await asyncio.to_thread(_usage, body, content(message.data), embedder))))
    return [*lines, b"data: [DONE]\n\n"]


def _data(chunk: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n".encode()
