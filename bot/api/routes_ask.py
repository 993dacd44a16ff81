"""`POST /v1/ask`: one JSON object, or the stream of events while the answer is made."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from bot.api.bodies import AskRequest  # noqa: TC001 - FastAPI reads annotations when the module runs
from bot.api.errors import StoppedError
from bot.api.problems import to_problem
from bot.api.responses import answer_responses
from bot.api.state import Asker, state_of
from bot.api.stream import KEEP_ALIVE, Message, encode

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.api.desk import Job

KEEP_ALIVE_SECONDS = 10.0
STREAM = "text/event-stream"
STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
router = APIRouter(prefix="/v1", tags=["ask"])


@router.post("/ask", response_model=None, responses=answer_responses(), summary="Ask a question")
async def ask(request: Request, body: AskRequest, caller: Asker) -> Response:
    """Answer from the corpus, every statement cited to somebody's exact words, or say that the corpus does not know.

    A refusal is an answer (`status` is "refused"), not a failure. History makes follow-ups ("and what did he study?")
    understandable; nothing of it is kept on the server.
    """
    state = state_of(request)
    state.doorkeeper.count(caller)
    if state.settings.log_questions:
        request.state.log = {**request.state.log, "question": body.question}
    job = await state.desk.admit(body, whole=not accepts_stream(request))
    messages = listen(job, request)
    if accepts_stream(request):
        first = await anext(messages)
        if first is not None and first.error:
            raise first.error
        request_id = request.state.request_id
        return StreamingResponse(_events(first, messages, request_id), media_type=STREAM, headers=STREAM_HEADERS)
    return JSONResponse(await last(messages))


def accepts_stream(request: Request) -> bool:
    """Tell whether the caller asks for events."""
    return any(part.split(";")[0].strip().lower() == STREAM for part in request.headers.get("accept", "").split(","))


async def listen(job: Job, request: Request) -> AsyncIterator[Message | None]:
    """Yield the messages of a job, None after a pause; the job is stopped when the caller hangs up or stops reading.

    Raises:
        StoppedError: the caller has hung up, so that nobody reads this error.
    """
    hung_up = asyncio.ensure_future(_hang_up(request))
    messages = job.messages(KEEP_ALIVE_SECONDS)
    try:
        while True:
            following = asyncio.ensure_future(anext(messages))
            await asyncio.wait({following, hung_up}, return_when=asyncio.FIRST_COMPLETED)
            if not following.done():
                following.cancel()
                raise StoppedError("the caller has hung up")
            message = following.result()
            yield message
            if message is not None and message.final:
                return
    finally:
        job.stop()
        hung_up.cancel()
        with contextlib.suppress(RuntimeError):
            await messages.aclose()  # type: ignore[attr-defined]


async def last(messages: AsyncIterator[Message | None]) -> dict[str, Any]:
    """Return the data of the final message.

    Raises:
        Exception: the error that ended the answer.
    """
    final: Message | None = None
    async for message in messages:
        final = message or final
    if final is None or final.error:
        raise final.error if final and final.error else StoppedError("the answer was stopped")
    return final.data


async def _events(first: Message | None, rest: AsyncIterator[Message | None], request_id: str) -> AsyncIterator[bytes]:
    yield _encode(first, request_id)
    try:
        async for message in rest:
            yield _encode(message, request_id)
    except StoppedError:
        return


def _encode(message: Message | None, request_id: str) -> bytes:
    if message is None:
        return KEEP_ALIVE
    data = to_problem(message.error).body(request_id) if message.error else message.data
    return encode(message.name, data)


async def _hang_up(request: Request) -> None:
    """Return when the caller closes the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
