"""The HTTP side: who is allowed, what is limited, what was planned to fail, and whether all of it is as described."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from aiohttp import web

from discord_emulator.errors import UNAUTHORIZED, ApiError, InvalidBodyError
from discord_emulator.faults import Break, Fault
from discord_emulator.ratelimit import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from discord_emulator.faults import Faults
    from discord_emulator.ratelimit import RateLimits
    from discord_emulator.specification import Specification
    from discord_emulator.world import World

    Handler = Callable[[World, "Call"], "tuple[int, Any]"]

API = "/api/v10"
PROXIED = {"Via": "1.1 google", "Server": "cloudflare", "CF-RAY": "0000000000000000-AMS"}
"""Headers that Discord's answers carry; discord.py takes a 429 without `Via` for a ban."""
TOKEN_IN_PATH = ("/interactions/", "/webhooks/")
CLOUDFLARE = "<html><title>Access denied | discord.com used Cloudflare to restrict access</title></html>"


@dataclass(slots=True, kw_only=True)
class Call:
    """One request of the bot and what it got."""

    method: str
    template: str
    path: str
    at: float
    """Unix seconds."""
    parameters: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    authorization: str | None = None
    body: Any = None
    status: int | None = None
    """None where the line broke."""
    answer: Any = None
    injected: bool = False
    """Whether a planned failure struck it."""


class Rest:
    """Answers requests by the handlers of its routes.

    Attributes:
        calls: every request, in order.
        violations: what was not as Discord's description has it.
    """

    def __init__(self, world: World, limits: RateLimits, faults: Faults, specification: Specification, token: str) -> None:
        self.world, self.limits, self.faults, self.specification, self.token = world, limits, faults, specification, token
        self.calls: list[Call] = []
        self.violations: list[str] = []

    def routes(self, handlers: dict[tuple[str, str], Handler]) -> list[web.RouteDef]:
        """Return aiohttp's routes."""
        made = [
            web.route(method, API + template, self._handler(template, handle))
            for (method, template), handle in handlers.items()
        ]
        return [*made, web.route("*", API + "/{rest:.*}", self._unknown)]

    def _handler(self, template: str, handle: Handler) -> Callable[[web.Request], Any]:
        async def answer(request: web.Request) -> web.StreamResponse:
            call = Call(
                method=request.method,
                template=template,
                path=unquote(request.path.removeprefix(API)),
                at=self.world.clock.now(),
                parameters=dict(request.match_info),
                query=dict(request.query),
                authorization=request.headers.get("Authorization"),
            )
            self.calls.append(call)
            return await self._answer(request, call, handle)

        return answer

    async def _unknown(self, request: web.Request) -> web.Response:
        self.violations.append(f"the emulator has no {request.method} {request.path}")
        return _json({"message": "404: Not Found", "code": 0}, 404, PROXIED)

    async def _answer(self, request: web.Request, call: Call, handle: Handler) -> web.StreamResponse:
        call.body = await _body(request)
        fault = self.faults.strike(call.method, call.path)
        call.injected = fault is not None
        if fault and fault.seconds:
            await asyncio.sleep(fault.seconds)
        if fault and fault.does is Break.REQUEST_LOST:
            return _cut(request)
        headers, refusal = self._limited(call, fault)
        if refusal is not None:
            return self._refused(call, refusal, headers)
        if fault and isinstance(fault.does, int):
            call.status = fault.does
            return web.Response(text="upstream connect error", status=fault.does, headers=PROXIED)
        call.status, call.answer = self._work(call, handle)
        self.limits.count(call.status, None)
        if fault and fault.does is Break.ANSWER_LOST:
            return _cut(request)
        self._check_answer(call)
        if call.answer is None:
            return web.Response(status=call.status, headers=PROXIED | headers)
        return _json(call.answer, call.status, PROXIED | headers)

    def _limited(self, call: Call, fault: Fault | None) -> tuple[dict[str, str], Refusal | None]:
        if self.limits.banned:
            return {}, Refusal(retry_after=3_600, behind_cloudflare=False)
        if fault and isinstance(fault.does, Refusal):
            headers, _ = self.limits.take(call.method, call.template, call.parameters)
            return headers, fault.does
        return self.limits.take(call.method, call.template, call.parameters)

    def _refused(self, call: Call, refusal: Refusal, headers: dict[str, str]) -> web.Response:
        call.status, call.answer = 429, refusal.body()
        self.limits.count(429, "global" if refusal.everywhere else refusal.scope)
        if not refusal.behind_cloudflare:
            return web.Response(text=CLOUDFLARE, status=429, content_type="text/html", headers={"Retry-After": "3600"})
        self._check_answer(call)
        return _json(call.answer, 429, PROXIED | headers | refusal.headers())

    def _work(self, call: Call, handle: Handler) -> tuple[int, Any]:
        if not call.path.startswith(TOKEN_IN_PATH) and call.authorization != f"Bot {self.token}":
            return 401, ApiError(*UNAUTHORIZED).body()
        self._check_request(call)
        try:
            return handle(self.world, call)
        except InvalidBodyError as error:
            self.violations.append(f"{call.method} {call.path}: {error.faults}")
            return error.status, error.body()
        except ApiError as error:
            return error.status, error.body()

    def _check_request(self, call: Call) -> None:
        faults = self.specification.request_faults(call.method, call.template, call.body, call.query)
        if faults:
            self.violations.append(f"{call.method} {call.path}: {faults}")

    def _check_answer(self, call: Call) -> None:
        assert call.status is not None
        faults = self.specification.answer_faults(call.method, call.template, call.status, call.answer)
        if faults:
            self.violations.append(f"the emulator's answer to {call.method} {call.path}: {faults}")


async def _body(request: web.Request) -> Any:
    if request.content_type == "multipart/form-data":
        form = await request.post()
        return json.loads(str(form["payload_json"]))
    raw = await request.read()
    return json.loads(raw) if raw else None


def _json(body: Any, status: int, headers: dict[str, str]) -> web.Response:
    """Return JSON as Discord does, without a charset, which discord.py would take for text."""
    return web.Response(body=json.dumps(body).encode(), status=status, content_type="application/json", headers=headers)


def _cut(request: web.Request) -> web.Response:
    """Break the line without a word."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
