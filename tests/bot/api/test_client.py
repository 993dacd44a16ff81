"""The Python client, against the application in this process."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from api_service import COVERED, UNKNOWN, application, willing
from scripted import ScriptedModel

from bot.api.errors import ModelLostError
from bot.client import Client, ClientError

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi import FastAPI


class InProcess(httpx.BaseTransport):
    """Hands each request to an application, in an event loop of its own."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the whole response."""
        return asyncio.run(self._handle(request))

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        inner = httpx.ASGITransport(app=self._app)
        sent = httpx.Request(request.method, request.url, headers=request.headers, content=request.read())
        response = await inner.handle_async_request(sent)
        return httpx.Response(response.status_code, headers=response.headers, content=await response.aread())


def client(home: Path, **options: Any) -> Client:
    """Return a client of an application."""
    return Client("http://localhost", transport=InProcess(application(home, **options)))


def test_asking_voting_and_looking_up(own_home: Path) -> None:
    """An answer comes with its claims and citations; it can be voted on, and its passages read."""
    with client(own_home, model=willing()) as here:
        answer = here.ask(COVERED, sources=2, language="en")
        assert (answer.answered, len(answer.claims), answer.claims[0].citations) == (True, 2, (1,))
        assert answer.citations[0].speaker == "Nora Vale"
        assert here.passage(answer.citations[0])["quote"] == answer.citations[0].quote
        here.feedback(answer, "up", claim=0, reason="clear")
        follow = here.ask("and what hardware does she use at home?", history=[answer])
        assert "oscilloscopes" in follow.text
        assert "nora-vale" in [source.id for source in here.sources()]
        assert here.ask(UNKNOWN).answered is False


def test_events_are_read_as_they_come(own_home: Path) -> None:
    """The last event carries the answer."""
    with client(own_home) as here:
        found = list(here.stream(COVERED, sources=1))
    assert [event.name for event in found] == ["searching", "evidence", "claim", "done"]
    assert found[-1].answer is not None
    assert found[-1].answer.claims[0].text == found[2].data["claim"]["text"]


def test_failures_are_one_kind_of_error(own_home: Path) -> None:
    """Its attributes say what it was; in the middle of a stream as well as before it."""
    with client(own_home) as here:
        for action in (lambda: here.ask("?"), lambda: list(here.stream("?"))):
            with pytest.raises(ClientError) as refused:
                action()
            assert (refused.value.status, refused.value.kind) == (422, "invalid")
            assert refused.value.request_id
    lost = ScriptedModel(yes=[ModelLostError("gone")])
    with client(own_home, model=lost) as here, pytest.raises(ClientError, match="gone") as broken:
        list(here.stream(COVERED))
    assert (broken.value.kind, broken.value.retry_after) == ("model-unavailable", 3)


def test_keys_are_sent_and_nonsense_is_survived() -> None:
    """The key goes along with each request; an answer that is no problem, or none at all, is still an error of the client."""

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == "Bearer secret"
        return httpx.Response(502, text="<html>")

    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody", request=request)

    with pytest.raises(ClientError, match="502"):
        Client("http://x", key="secret", transport=httpx.MockTransport(answer)).sources()
    absent = Client("http://x", transport=httpx.MockTransport(fail))
    for action in (absent.sources, lambda: list(absent.stream("why?"))):
        with pytest.raises(ClientError, match="cannot be reached"):
            action()
