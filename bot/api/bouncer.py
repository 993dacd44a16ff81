"""Refuses questions while the queue is full before anything is parsed: in a burst, all wait for what a refusal costs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.api.errors import BusyError
from bot.api.gate import FIRST_GUESS_SECONDS, FULL
from bot.api.problems import respond, to_problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from bot.api.gate import Door

QUESTION_PATHS = frozenset({"/v1/ask", "/v1/chat/completions"})
CONTENT_WITH_QUOTES = b"quotes_only_when_busy"
"""A body that holds these letters may ask for quotes instead of a refusal: it is read properly."""
CALM_SECONDS = 0.003
LONGEST_WAIT_SECONDS = 0.06


class Bouncer:
    """A middleware below the guard, which has limited the body and given the request its id."""

    def __init__(self, app: ASGIApp, door: Door, arrivals: Arrivals) -> None:
        self._app, self._door, self._arrivals = app, door, arrivals
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer that there is no place."""
        if scope["type"] != "http" or scope["path"] not in QUESTION_PATHS or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        # First the whole body: who sends it slowly, or never, holds no place meanwhile.
        body = await _Body.read(receive)
        self._arrivals.note()
        try:
            self._look()
        except BusyError as busy:
            if CONTENT_WITH_QUOTES not in body.text:
                await respond(to_problem(busy), scope["state"]["request_id"], scope["path"])(scope, receive, send)
                return
        self._inside += 1
        try:
            await self._app(scope, body.again, send)
        finally:
            self._inside -= 1

    def _look(self) -> None:
        """Raise where there is no place, counting those who passed here and have not reached the queue yet."""
        self._door.look()
        if self._inside >= self._door.places:
            raise BusyError(FULL, retry_after=FIRST_GUESS_SECONDS)


class Arrivals:
    """When the last question came in, so that computing begins between bursts, not in the middle of one.

    Computing takes the interpreter from the event loop for half a millisecond at every step of every request that is still
    to be admitted or refused.
    """

    def __init__(self) -> None:
        self._last = 0.0

    def note(self) -> None:
        """Note that a question is coming in."""
        self._last = asyncio.get_running_loop().time()

    async def pause(self) -> None:
        """Return `CALM_SECONDS` after the last arrival, or after `LONGEST_WAIT_SECONDS` of arrivals without a pause."""
        loop = asyncio.get_running_loop()
        latest = loop.time() + LONGEST_WAIT_SECONDS
        while (now := loop.time()) < min(self._last + CALM_SECONDS, latest):  # noqa: ASYNC110 - no event tells of calm
            await asyncio.sleep(self._last + CALM_SECONDS - now)


class _Body:
    """The body of a request, read whole, that can be received once more."""

    def __init__(self, messages: list[Message], receive: Receive) -> None:
        self._messages, self._receive = messages, receive
        self.text = b"".join(message.get("body", b"") for message in reversed(messages))

    @classmethod
    async def read(cls, receive: Receive) -> _Body:
        messages = [await receive()]
        while messages[-1].get("more_body", False):
            messages.append(await receive())
        return cls(messages[::-1], receive)

    async def again(self) -> Message:
        return self._messages.pop() if self._messages else await self._receive()
