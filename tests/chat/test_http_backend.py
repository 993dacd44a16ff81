"""The service over HTTP: typed events, one line for each failure, repeats only where they do no harm."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from api_service import COVERED, application
from chat_answers import answer

from bot.chat.backend import Asking, ClaimReady, Evidence, Finished, Queued, Searching
from bot.chat.errors import BackendError
from bot.chat.http_backend import HttpBackend

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.asyncio


def stream(*events: tuple[str, Any]) -> httpx.Response:
    """Return server-sent events, a comment between them."""
    text = ": still here\n\n".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events)
    return httpx.Response(200, text=text, headers={"content-type": "text/event-stream"})


def problem(status: int, kind: str, **fields: Any) -> httpx.Response:
    """Return a failure as the service sends it."""
    body = {"type": f"urn:careerbot:problem:{kind}", "status": status, "detail": "it is so", "request_id": "1", **fields}
    return httpx.Response(status, json=body)


class Served:
    """A service that gives one response after the other, the last again and again; `seen` are its requests."""

    def __init__(self, *responses: httpx.Response | Exception) -> None:
        self._responses = list(responses)
        self.seen: list[httpx.Request] = []
        self.slept: list[float] = []
        self.backend = HttpBackend(
            "http://service.test", key="invented-key", transport=httpx.MockTransport(self._handle), sleep=self._sleep
        )

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        response = self._responses.pop(0) if len(self._responses) > 1 else self._responses[0]
        if isinstance(response, Exception):
            raise response
        return response

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


async def ask(backend: HttpBackend) -> list[Any]:
    """Return all events of a question."""
    return [event async for event in backend.ask(Asking(question="How did she begin?", language="en"))]


async def test_events_are_typed() -> None:
    """Every event of the service becomes a value; unheard-of ones are skipped."""
    served = Served(
        stream(
            ("queued", {"position": 2}),
            ("searching", {"language": "en"}),
            ("invented", {}),
            ("evidence", {"quotes": [{"quote": "x"}]}),
            ("claim", {"claim": {"text": "y"}, "citations": [{"n": 1}]}),
            ("done", answer()),
        )
    )
    assert await ask(served.backend) == [
        Queued(position=2),
        Searching(language="en"),
        Evidence(quotes=({"quote": "x"},)),
        ClaimReady(claim={"text": "y"}, citations=({"n": 1},)),
        Finished(answer=answer()),
    ]
    (request,) = served.seen
    assert request.headers["authorization"] == "Bearer invented-key"
    assert json.loads(request.content)["language"] == "en"


@pytest.mark.parametrize(
    ("response", "kind", "passing"),
    [
        (problem(503, "queue-full", retry_after=4), "queue-full", True),
        (
            stream(("queued", {"position": 1}), ("error", {"status": 504, "type": "urn:careerbot:problem:deadline"})),
            "deadline",
            False,
        ),
        (problem(401, "key-required"), "key-required", False),
        (stream(("searching", {"language": "en"})), "unreachable", True),
        (httpx.ConnectError("no"), "unreachable", True),
        (httpx.ReadTimeout("no"), "unreachable", True),
        (httpx.Response(502, text="<html>"), "", False),
    ],
)
async def test_failures_of_answers(response: httpx.Response | Exception, kind: str, passing: bool) -> None:
    """Each is one line, and says whether it is worth trying again; the question itself is sent once."""
    served = Served(response)
    with pytest.raises(BackendError) as caught:
        await ask(served.backend)
    assert (caught.value.kind, caught.value.passing) == (kind, passing)
    assert "\n" not in str(caught.value)
    assert len(served.seen) == 1


@pytest.mark.parametrize(
    ("call", "tries"),
    [
        (lambda backend: backend.sources(), 4),
        (lambda backend: backend.job("ab"), 4),
        (lambda backend: backend.vote("ab", "up"), 1),
        (lambda backend: backend.ingest(), 1),
        (lambda backend: backend.forget("ab"), 1),
    ],
)
async def test_only_what_is_harmless_is_repeated(call: Callable[[HttpBackend], Any], tries: int) -> None:
    """Reading is tried four times; a vote, a sync or a removal is not sent twice."""
    for response in (httpx.ConnectError("no"), problem(503, "model-unavailable")):
        served = Served(response)
        with pytest.raises(BackendError):
            await call(served.backend)
        assert (len(served.seen), len(served.slept)) == (tries, tries - 1)


async def test_a_repeat_that_succeeds() -> None:
    """One lost request is not noticed."""
    served = Served(httpx.ConnectError("no"), httpx.Response(200, json={"sources": [{"id": "a"}]}))
    assert await served.backend.sources() == ({"id": "a"},)


async def test_not_ready_is_an_answer() -> None:
    """503 with checks is what the service says when something is missing."""
    checks = [{"name": "index", "ok": False, "detail": "NoIndexError"}]
    assert await Served(httpx.Response(503, json={"ready": False, "checks": checks})).backend.ready() == tuple(checks)


async def test_something_else_at_the_address() -> None:
    """A web site that is not the service is named as what it is."""
    with pytest.raises(BackendError, match="not careerbot"):
        await Served(httpx.Response(200, text="<html>")).backend.sources()


async def test_a_source_id_is_one_segment_of_the_path() -> None:
    """An id with slashes cannot reach another route."""
    served = Served(httpx.Response(202, json={"id": "1", "status": "queued"}))
    await served.backend.forget("../v1/a b?c")
    assert served.seen[0].url.raw_path == b"/v1/sources/..%2Fv1%2Fa%20b%3Fc"


async def test_numbers_are_read() -> None:
    """Prometheus' text, the outcome of answers kept apart."""
    text = (
        "# TYPE careerbot_answers_total counter\n"
        'careerbot_answers_total{outcome="answered"} 7\ncareerbot_answers_total{outcome="refused"} 2\n'
        "# TYPE careerbot_queue_depth gauge\ncareerbot_queue_depth 3\n"
    )
    numbers = await Served(httpx.Response(200, text=text)).backend.numbers()
    assert numbers["careerbot_answers_total{answered}"] == 7
    assert numbers["careerbot_queue_depth"] == 3


async def test_against_the_service_itself(home: Path) -> None:
    """The real application understands all of it."""
    app = application(home)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        backend = HttpBackend("http://localhost", transport=transport)
        events = [event async for event in backend.ask(Asking(question=COVERED, sources=2))]
        finished = events[-1]
        assert isinstance(finished, Finished)
        assert finished.answer["status"] == "answered"
        await backend.vote(finished.answer["id"], "down", "invented reason")
        assert {source["id"] for source in await backend.sources()}
        assert {check["name"] for check in await backend.ready()} == {"index", "model", "disk"}
        assert (await backend.numbers())["careerbot_answers_total{answered}"] == 1
        with pytest.raises(BackendError, match="scope admin"):
            await backend.ingest()
        history = [{"question": COVERED, "answer": {"language": "en", "citations": []}}]
        again = [event async for event in backend.ask(Asking(question="And then?", history=history))]
        assert isinstance(again[-1], Finished)
        await backend.close()
