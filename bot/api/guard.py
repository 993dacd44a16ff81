"""What every request passes first: an id, the host check, limits on its body, security headers, one line of log."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import time
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException

from bot.api.problems import Problem, respond, to_problem

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from bot.api.metrics import Metrics
    from bot.api.settings import ServeSettings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; object-src 'none';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_PORT = re.compile(r":\d{1,5}$")
_log = logging.getLogger("bot.api")


class Guard:
    """The outermost middleware of the application."""

    def __init__(self, app: ASGIApp, settings: ServeSettings, metrics: Metrics) -> None:
        self._app, self._settings, self._metrics = app, settings, metrics
        # A page of another site can reach a server on localhost under that site's own name (DNS rebinding).
        self._names: Collection[str] | None = LOCAL_NAMES if settings.local and not settings.public else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, guarded."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = _Guarded(scope, receive, send, self._settings)
        try:
            if problem := self._refuse(request.headers):
                await request.answer(problem)
            else:
                await self._app(scope, request.receive, request.send)
        except Exception as error:  # noqa: BLE001 - nothing may leave as a stack trace; `to_problem` knows the harmless ones
            await request.fail(error)
        finally:
            self._record(request)

    def _refuse(self, headers: Headers) -> Problem | None:
        if self._names is not None and _PORT.sub("", headers.get("host", "").lower()) not in self._names:
            return Problem(status=421, kind="wrong-host", detail="this service answers under localhost only")
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length[:19]) > self._settings.body_bytes:
            return Problem(status=413, kind="body-too-large", detail=f"{self._settings.body_bytes} bytes are the most")
        return None

    def _record(self, request: _Guarded) -> None:
        route = request.route()
        self._metrics.requests.labels(route=route, method=request.method, status=str(request.status)).inc()
        fields = {
            "request_id": request.id,
            "method": request.method,
            "route": route,
            "status": request.status,
            "milliseconds": request.milliseconds(),
            **request.state.get("log", {}),
        }
        _log.info("request", extra={"fields": fields})


class _Guarded:
    """One request on its way through the guard."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, settings: ServeSettings) -> None:
        self._scope, self._receive, self._send, self._settings = scope, receive, send, settings
        self.headers = Headers(scope=scope)
        given = self.headers.get("x-request-id", "")
        self.id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        self.state = scope.setdefault("state", {})
        self.state["request_id"] = self.id
        self.status = 0
        self._began = time.monotonic()
        self._deadline = self._began + settings.body_seconds
        self._bytes = 0
        self._whole = False

    @property
    def method(self) -> str:
        """The method, or "OTHER" for one that nobody defined: callers must not invent metric labels."""
        known = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"}
        return self._scope["method"] if self._scope["method"] in known else "OTHER"

    def route(self) -> str:
        """Return the template of the route, never the path: paths and queries can hold what somebody asked."""
        route = self._scope.get("route")
        return getattr(route, "path", None) or "none"

    def milliseconds(self) -> float:
        """Return the time since the request's headers arrived."""
        return round((time.monotonic() - self._began) * 1000, 1)

    async def receive(self) -> Message:
        """Pass messages on; a body may be neither too long nor too slow, whatever its headers promise."""
        if self._whole:
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), max(0.0, self._deadline - time.monotonic()))
        except TimeoutError as slow:
            raise HTTPException(408, "the body took too long to arrive", headers={"Connection": "close"}) from slow
        self._bytes += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._bytes > self._settings.body_bytes:
            raise HTTPException(413, f"{self._settings.body_bytes} bytes are the most", headers={"Connection": "close"})
        return message

    async def send(self, message: Message) -> None:
        """Pass messages on with the security headers and the request's id."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers["X-Request-ID"] = self.id
            if self._scope["path"].startswith("/v1/"):
                headers.setdefault("Cache-Control", "no-store")
        await self._send(message)

    async def answer(self, problem: Problem) -> None:
        """Send a problem as the whole response."""
        await respond(problem, self.id, self._scope["path"])(self._scope, self._receive, self.send)

    async def fail(self, error: Exception) -> None:
        """Answer an error that nobody else did."""
        problem = to_problem(error)
        if problem.status == 500:  # noqa: PLR2004
            _log.error("bug", exc_info=error, extra={"fields": {"request_id": self.id}})
        if not self.status:
            await self.answer(problem)
