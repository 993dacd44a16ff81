"""A stand-in for `bot serve`: serves the real page and speaks the contract of the HTTP API with invented answers."""

from __future__ import annotations

import json
import threading
import time
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from web.invented_answers import Json, Script, passage, problem, script_for

WEB = Path(__file__).parents[2] / "bot" / "web"
TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAUSE = 0.02
PING = 0.05
KEY = "invented-key"


class StandIn(ThreadingHTTPServer):
    """The server; it remembers what it was asked and who left before the end."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[Json] = []
        self.votes: list[Json] = []
        self.left = threading.Event()
        self.needs_key = False
        self.broken_feedback = False
        self.origin = f"http://127.0.0.1:{self.server_port}"

    def forget(self) -> None:
        """Start a new test."""
        self.asked.clear()
        self.votes.clear()
        self.left.clear()
        self.needs_key = self.broken_feedback = False


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: StandIn

    def do_GET(self) -> None:
        """Serve the page, its files and passages."""
        path = unquote(urlsplit(self.path).path)
        if path.startswith("/v1/passages/"):
            found = passage(path.removeprefix("/v1/passages/"))
            self._json(200 if found else 404, found or problem(404, "No such passage."))
            return
        file = WEB / ("index.html" if path == "/" else path.removeprefix("/static/"))
        if not file.is_file() or not file.resolve().is_relative_to(WEB):
            self._json(404, problem(404, "No such page."))
            return
        self._send(200, TYPES[file.suffix], file.read_bytes())

    def do_POST(self) -> None:
        """Answer a question or take a vote."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path == "/v1/feedback":
            self._vote(body)
            return
        self.server.asked.append(body)
        if self.server.needs_key and self.headers["authorization"] != f"Bearer {KEY}":
            self._json(401, problem(401, "An API key is needed."))
            return
        script = script_for(body["question"])
        if script.status == 200:
            self._stream(script)
            return
        extra = {"retry-after": str(script.retry_after)} if script.retry_after else {}
        self._json(script.status, script.problem, **extra)

    def log_message(self, *_: Any) -> None:
        """Stay silent."""

    def _vote(self, body: Json) -> None:
        if self.server.broken_feedback:
            self._json(500, problem(500, "The disk is full."))
            return
        self.server.votes.append(body)
        self._json(202, {"status": "stored"})

    def _stream(self, script: Script) -> None:
        self._head(200, "text/event-stream")
        send = partial(self._event, end="\r\n" if script.silent else "\n")
        try:
            for name, data in script.events:
                send(name, data)
                time.sleep(PAUSE)
            while script.silent:
                self.wfile.write(b": ping\n\n")
                time.sleep(PING)
        except OSError:
            self.server.left.set()

    def _event(self, name: str, data: Json, *, end: str) -> None:
        """Write an event in two pieces that break inside a line, as networks do."""
        whole = f": comment{end}event: {name}{end}data: {json.dumps(data, ensure_ascii=False)}{end}{end}".encode()
        middle = len(whole) // 2
        for piece in (whole[:middle], whole[middle:]):
            self.wfile.write(piece)
            self.wfile.flush()

    def _json(self, status: int, body: Json, **headers: str) -> None:
        kind = "application/json" if status < 400 else "application/problem+json"
        self._send(status, kind, json.dumps(body).encode(), **headers)

    def _send(self, status: int, kind: str, body: bytes, **headers: str) -> None:
        self._head(status, kind, **{"content-length": str(len(body))}, **headers)
        self.wfile.write(body)

    def _head(self, status: int, kind: str, **headers: str) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-security-policy", POLICY)
        self.send_header("x-content-type-options", "nosniff")
        self.send_header("referrer-policy", "no-referrer")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
