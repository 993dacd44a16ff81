"""Questions are refused before they are parsed while the queue is full; computing waits for the end of a burst."""

from __future__ import annotations

import asyncio
import itertools
import json
from typing import TYPE_CHECKING

import pytest
from api_service import COVERED, EVENTS, SlowModel, application, exchange, talking_to
from patience import until_on_loop

from bot.api.bouncer import CALM_SECONDS, LONGEST_WAIT_SECONDS, Arrivals
from bot.api.full_sign import FullSign
from bot.api.gate import Gate

if TYPE_CHECKING:
    from pathlib import Path


def nobody(_: int) -> None:
    """Nobody listens to positions here."""


def full_gate() -> Gate:
    """Return a gate whose only place is taken."""
    gate = Gate(None, running=1, waiting=0)
    gate.enter(nobody)
    return gate


@pytest.mark.anyio
async def test_a_full_queue_refuses_even_what_is_no_json(own_home: Path) -> None:
    """A body is not parsed to be refused; the caller is told when to come back."""
    async with talking_to(application(own_home, door=full_gate())) as client:
        response = await client.post("/v1/ask", content=b"{", headers={"content-type": "application/json"})
    assert response.status_code == 503
    assert response.json()["type"] == "urn:careerbot:problem:queue-full"
    assert int(response.headers["retry-after"]) >= 1


@pytest.mark.anyio
async def test_who_would_take_quotes_is_let_through(own_home: Path) -> None:
    """The flag in the body is read properly, whatever the queue says, and the body is whole."""
    async with talking_to(application(own_home, door=full_gate())) as client:
        taken = await client.post("/v1/ask", json={"question": COVERED, "quotes_only_when_busy": True})
        refused = await client.post("/v1/ask", json={"question": COVERED, "quotes_only_when_busy": False})
        other = await client.get("/v1/sources")
    assert (taken.status_code, refused.status_code, other.status_code) == (200, 503, 200)


@pytest.mark.anyio
async def test_a_refusal_of_the_openai_route_has_its_form(own_home: Path) -> None:
    """Clients of that API find its `error` object."""
    async with talking_to(application(own_home, door=full_gate())) as client:
        response = await client.post("/v1/chat/completions", json={"model": "careerbot", "messages": []})
    assert response.status_code == 503
    assert response.json()["error"]["code"] == "queue-full"


def test_the_sign_is_up_exactly_while_there_is_no_place() -> None:
    """It shows the seconds after which asking again makes sense."""
    sign = FullSign()
    gate = Gate(None, running=1, waiting=1, sign=sign)
    first, second = gate.enter(nobody), None
    assert sign.retry_after == 0
    second = gate.enter(nobody)
    assert sign.retry_after >= 1
    first.leave()
    assert sign.retry_after == 0
    second.leave()


@pytest.mark.anyio
async def test_computing_waits_for_the_end_of_a_burst(monkeypatch: pytest.MonkeyPatch) -> None:
    """It begins at once where nobody asks, and no later than the limit when questions never stop."""
    arrivals, loop, looks = Arrivals(), asyncio.get_running_loop(), itertools.count()
    # The clock of the loop goes on by a tenth of a millisecond whenever somebody looks at it, however busy the machine is.
    monkeypatch.setattr(loop, "time", lambda: 1.0 + next(looks) / 10_000)
    calm = arrivals.pause()
    with pytest.raises(StopIteration):  # it waits for nothing
        calm.send(None)
    over = False

    async def never_stop() -> None:
        while not over:
            arrivals.note()
            await asyncio.sleep(0)

    asking = asyncio.ensure_future(never_stop())
    await asyncio.sleep(0)
    began = loop.time()
    await arrivals.pause()
    assert LONGEST_WAIT_SECONDS - CALM_SECONDS <= loop.time() - began <= LONGEST_WAIT_SECONDS + CALM_SECONDS
    over = True
    await asking


@pytest.mark.anyio
async def test_those_on_their_way_in_count(own_home: Path) -> None:
    """Of three questions at once for one place, two are refused although none has reached the queue yet."""
    app = application(own_home, model=SlowModel(pause=0.05, judging=10_000), waiting=0)
    async with app.router.lifespan_context(app):
        asked = [exchange(app, json.dumps({"question": COVERED}).encode(), EVENTS) for _ in range(3)]
        await until_on_loop(lambda: all(one.sent for one in asked))
        for one in asked:
            await one.hang_up()
    assert sorted(one.sent[0]["status"] for one in asked) == [200, 503, 503]
