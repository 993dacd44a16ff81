"""`POST /v1/ask` through the whole application, without sockets."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from typing import TYPE_CHECKING

import pytest
from api_service import COVERED, EVENTS, UNKNOWN, application, events, exchange, talking_to, willing
from patience import PATIENCE, until_on_loop
from scripted import ScriptedModel

from bot.api import routes_ask
from bot.api.bodies import AskRequest
from bot.api.errors import ModelLostError

if TYPE_CHECKING:
    from pathlib import Path

    from bot.llm import Cancellation, Prompt

pytestmark = pytest.mark.asyncio
DEADLINE = 3.0
"""Seconds that are enough for the search, which takes milliseconds, and not for a model that is held."""


class HeldModel(ScriptedModel):
    """Judges only when a test lets it; notices when it is stopped."""

    def __init__(self) -> None:
        super().__init__(lambda _: "Nobody said this.", name="held")
        self.asked, self.free, self.stopped = threading.Event(), threading.Event(), threading.Event()

    def yes_probability(self, prompt: Prompt, *, cancellation: Cancellation) -> float | None:
        """Wait."""
        del prompt
        self.asked.set()
        while not self.free.wait(0.01):
            if cancellation.cancelled:
                self.stopped.set()
            cancellation.check()
        return 0.97


async def test_an_answer_is_one_object(own_home: Path) -> None:
    """Without asking for events the whole answer comes as JSON, with an id, and a passage for each citation."""
    async with talking_to(application(own_home, model=willing())) as client:
        response = await client.post("/v1/ask", json={"question": COVERED, "sources": 2})
    body = response.json()
    assert (response.status_code, body["status"], body["schema"]) == (200, "answered", 1)
    assert len(body["claims"]) == 2
    assert len(body["id"]) == 16
    assert body["models"]["llm"] == "scripted"
    assert all(citation["passage_id"] for citation in body["citations"])


async def test_paths_of_the_server_stay_private(own_home: Path) -> None:
    """A citation names its file, not where the file lies."""
    async with talking_to(application(own_home)) as client:
        body = (await client.post("/v1/ask", json={"question": COVERED})).json()
    assert body["citations"][0]["path"] == "nora.md"


async def test_a_refusal_is_an_answer(own_home: Path) -> None:
    """What the corpus does not know is answered with 200 and says so, as JSON and as the last event."""
    async with talking_to(application(own_home, model=willing())) as client:
        response = await client.post("/v1/ask", json={"question": UNKNOWN})
        stream = await client.post("/v1/ask", json={"question": UNKNOWN}, headers=EVENTS)
    assert (response.status_code, response.json()["status"]) == (200, "refused")
    names = [name for name, _ in events(stream.text)]
    assert names == ["searching", "refused"]


async def test_events_arrive_in_order(own_home: Path) -> None:
    """The stream tells of the search, the evidence, each claim with its citations, and ends with the whole answer."""
    async with talking_to(application(own_home, model=willing())) as client:
        response = await client.post("/v1/ask", json={"question": COVERED, "sources": 2}, headers=EVENTS)
    assert response.headers["content-type"].startswith("text/event-stream")
    found = events(response.text)
    assert [name for name, _ in found] == ["searching", "evidence", "claim", "claim", "done"]
    data = dict(found)
    assert data["searching"] == {"language": "en"}
    assert set(data["evidence"]["quotes"][0]) == {"source_id", "title", "speaker", "quote", "language"}
    last = data["done"]
    claims = [item for name, item in found if name == "claim"]
    assert [item["claim"] for item in claims] == last["claims"]
    assert [item["citations"][0] for item in claims] == last["citations"]


async def test_a_conversation_is_understood(own_home: Path) -> None:
    """The body of an earlier answer goes back as history; nothing of it is kept here."""
    async with talking_to(application(own_home)) as client:
        first = (await client.post("/v1/ask", json={"question": COVERED})).json()
        turn = {"question": COVERED, "answer": first}
        unknown = {"question": "?", "answer": {"citations": [{"source_id": "gone", "speaker": "Nora Vale"}]}}
        body = {"question": "and what hardware does she use at home?", "history": [unknown, turn]}
        second = (await client.post("/v1/ask", json=body)).json()
    assert second["status"] == "answered"
    assert second["citations"][0]["speaker"] == "Nora Vale"


@pytest.mark.parametrize("headers", [{}, EVENTS])
async def test_a_question_without_words_is_a_problem(own_home: Path, headers: dict[str, str]) -> None:
    """An error before the first event has a status of its own, also where events were asked for."""
    async with talking_to(application(own_home)) as client:
        response = await client.post("/v1/ask", json={"question": "?!"}, headers=headers)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == "urn:careerbot:problem:invalid"


async def test_a_failure_before_the_first_event_has_its_own_status(tmp_path: Path) -> None:
    """A caller who asked for events gets a problem instead of a stream that only holds an error."""
    async with talking_to(application(tmp_path)) as client:
        response = await client.post("/v1/ask", json={"question": COVERED}, headers=EVENTS)
    assert (response.status_code, response.headers["content-type"]) == (503, "application/problem+json")


async def test_a_lost_model_ends_the_stream_with_an_error(own_home: Path) -> None:
    """When the model process dies under an answer, its reader gets a typed error instead of half an answer."""
    lost = ScriptedModel(yes=[ModelLostError("gone")] * 2)
    async with talking_to(application(own_home, model=lost)) as client:
        stream = await client.post("/v1/ask", json={"question": COVERED}, headers=EVENTS)
        plain = await client.post("/v1/ask", json={"question": COVERED})
    name, problem = events(stream.text)[-1]
    assert (name, problem["type"], problem["status"]) == ("error", "urn:careerbot:problem:model-unavailable", 503)
    assert problem["request_id"] == stream.headers["x-request-id"]
    assert plain.status_code == 503
    assert plain.headers["retry-after"]


async def test_a_bug_tells_nothing(own_home: Path, caplog: pytest.LogCaptureFixture) -> None:
    """An unforeseen error is a 500 without its text; the log has it."""
    broken = ScriptedModel(yes=[ZeroDivisionError("secret")])
    with caplog.at_level(logging.ERROR, "bot.api"):
        async with talking_to(application(own_home, model=broken)) as client:
            response = await client.post("/v1/ask", json={"question": COVERED})
    assert response.status_code == 500
    assert "secret" not in response.text
    assert "bug" in caplog.messages


async def test_the_queue_tells_positions_and_refuses_beyond(own_home: Path) -> None:
    """One is answered, one waits and knows it, the third is refused at once with the time to come back."""
    model = HeldModel()
    app = application(own_home, model=model, waiting=1)
    async with talking_to(app) as client:
        first = exchange(app, json.dumps({"question": COVERED}).encode(), EVENTS)
        await first.until("evidence")
        second = exchange(app, json.dumps({"question": COVERED}).encode(), EVENTS)
        await second.until('event: queued\ndata: {"position": 1}')
        third = await client.post("/v1/ask", json={"question": COVERED})
        assert third.status_code == 503
        assert third.json()["type"] == "urn:careerbot:problem:queue-full"
        assert int(third.headers["retry-after"]) >= 1
        quotes = await client.post("/v1/ask", json={"question": COVERED, "quotes_only_when_busy": True})
        assert (quotes.status_code, quotes.json()["models"]["llm"]) == (200, "none")
        model.free.set()
        for waiting in (first, second):
            await waiting.until("event: done")
            await waiting.task


async def test_hanging_up_stops_the_model(own_home: Path) -> None:
    """A reader who leaves, of a stream or of JSON, frees the model for the next."""
    for headers in (EVENTS, {}):
        model = HeldModel()
        app = application(own_home, model=model)
        async with talking_to(app):
            asked = exchange(app, json.dumps({"question": COVERED}).encode(), headers)
            assert await asyncio.to_thread(model.asked.wait, PATIENCE)
            await asked.hang_up()
            assert await asyncio.to_thread(model.stopped.wait, PATIENCE)


async def test_a_deadline_ends_an_answer(own_home: Path) -> None:
    """An answer that takes too long is given up, and the model stopped."""
    model = HeldModel()
    async with talking_to(application(own_home, model=model, deadline=DEADLINE)) as client:
        plain, stream = await asyncio.gather(
            client.post("/v1/ask", json={"question": COVERED}),
            client.post("/v1/ask", json={"question": COVERED}, headers=EVENTS),
        )
    assert plain.status_code == 504
    assert events(stream.text)[-1][1]["type"] == "urn:careerbot:problem:deadline"
    assert model.stopped.is_set()


async def test_a_caller_who_leaves_while_a_burst_is_waited_for_stops_the_answer(own_home: Path) -> None:
    """A request that is given up between its admission and its answer keeps neither a place nor the model."""
    model = HeldModel()
    app = application(own_home, model=model)
    async with talking_to(app):
        desk = app.state.careerbot.desk
        desk.arrivals._last = asyncio.get_running_loop().time() + PATIENCE
        admission = asyncio.ensure_future(desk.admit(AskRequest(question=COVERED), whole=True))
        await until_on_loop(lambda: desk.running)
        admission.cancel()
        await until_on_loop(lambda: not desk.running and not desk.door.depth)
    assert not model.asked.is_set()


async def test_slow_answers_are_kept_alive(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While nothing happens, comments are sent so that nothing on the way closes the connection."""
    monkeypatch.setattr(routes_ask, "KEEP_ALIVE_SECONDS", 0.05)
    model = HeldModel()
    app = application(own_home, model=model)
    async with talking_to(app):
        asked = exchange(app, json.dumps({"question": COVERED}).encode(), EVENTS)
        await asked.until(": still here")
        model.free.set()
        await asked.until("event: done")
        await asked.task


@pytest.mark.parametrize(("logged", "said"), [(False, False), (True, True)])
async def test_questions_are_logged_only_on_request(
    own_home: Path, caplog: pytest.LogCaptureFixture, *, logged: bool, said: bool
) -> None:
    """The log says that somebody asked, not what; unless its operator chose otherwise."""
    with caplog.at_level(logging.INFO, "bot.api"):
        async with talking_to(application(own_home, log_questions=logged)) as client:
            await client.post("/v1/ask", json={"question": COVERED})
    fields = [getattr(record, "fields", {}) for record in caplog.records]
    assert any(field.get("route") == "/v1/ask" for field in fields)
    assert (COVERED in json.dumps(fields)) is said


async def test_without_an_index_the_service_says_so(tmp_path: Path) -> None:
    """Before anything was ingested questions are refused as not ready, without naming folders."""
    async with talking_to(application(tmp_path)) as client:
        response = await client.post("/v1/ask", json={"question": COVERED})
        ready = await client.get("/readyz")
    assert (response.status_code, response.json()["type"]) == (503, "urn:careerbot:problem:not-ready")
    assert str(tmp_path) not in response.text + ready.text
    assert ready.status_code == 503
