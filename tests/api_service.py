"""What the tests of the HTTP service share: the application without sockets, wilful models, a real service."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from invented_corpus import BilingualEmbedder
from patience import PATIENCE, until, until_on_loop
from scripted import ScriptedModel

from bot.api.app import create_app
from bot.api.gate import Gate
from bot.api.service import serve
from bot.api.settings import ServeSettings
from bot.errors import CancelledError
from bot.settings import BotSettings
from ingest.home import Home

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from fastapi import FastAPI

    from bot.api.gate import Door
    from bot.llm import Cancellation, LanguageModel, Prompt

COVERED = "How did Nora Vale become a robotics engineer?"
UNKNOWN = "What does Mary Poppins earn?"
EVENTS = {"accept": "text/event-stream"}


def willing(**options: Any) -> ScriptedModel:
    """Return a model that finds every quote good and restates none of them acceptably."""
    return ScriptedModel(lambda _: "Nobody said this.", yes=lambda _: 0.97, **options)


STOPPED = "!"
"""What a slow model notes when it is stopped in the middle of its work."""


class SlowModel(ScriptedModel):
    """Takes a step every `pause` seconds and notes it in a file, and that it was stopped.

    Writing takes `tokens` steps; judging takes `judging`, whatever the machine does meanwhile: an answer of a busy machine may
    have no time left for writing.
    """

    def __init__(self, *, pause: float = 0.02, tokens: int = 3, judging: int = 1, notes: str | None = None) -> None:
        super().__init__(yes=lambda _: 0.97, name="slow")
        self._pause, self._tokens, self._judging, self._notes = pause, tokens, judging, Path(notes) if notes else None

    def write(self, prompt: Prompt, *, max_tokens: int, cancellation: Cancellation) -> str:
        """Write slowly."""
        del prompt
        self._work(min(self._tokens, max_tokens), cancellation)
        return "Nobody said this."

    def yes_probability(self, prompt: Prompt, *, cancellation: Cancellation) -> float | None:
        """Judge slowly."""
        del prompt
        self._work(self._judging, cancellation)
        return 0.97

    def _work(self, steps: int, cancellation: Cancellation) -> None:
        for _ in range(steps):
            try:
                cancellation.check()
            except CancelledError:
                self._note(STOPPED)
                raise
            self._note(".")
            time.sleep(self._pause)

    def _note(self, mark: str) -> None:
        if self._notes:
            with self._notes.open("a", encoding="utf-8") as file:
                file.write(mark)


def application(home: Path, *, model: LanguageModel | None = None, door: Door | None = None, **settings: Any) -> FastAPI:
    """Return the application over the invented corpus."""
    chosen = ServeSettings(**settings)
    gate = door or Gate(model, running=1, waiting=chosen.waiting)
    return create_app(chosen, home=Home(home), embedder=BilingualEmbedder(), door=gate)


@asynccontextmanager
async def talking_to(app: FastAPI, host: str = "localhost", **options: Any) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client of the application; no sockets are used. The application is shut down afterwards."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=f"http://{host}", **options) as client,
    ):
        yield client


def events(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the names and data of a stream of server-sent events."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if fields:
            found.append((fields["event"], json.loads(fields["data"])))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request driven by hand, message by message, to hang up in the middle of it."""

    sent: list[dict[str, Any]]
    task: asyncio.Task[None]
    gone: asyncio.Event

    @property
    def body(self) -> str:
        """What has arrived so far."""
        return b"".join(message.get("body", b"") for message in self.sent).decode()

    async def until(self, words: str) -> None:
        """Wait for some words of the response."""
        await until_on_loop(lambda: words in self.body, words)

    async def hang_up(self) -> None:
        """Close the connection and wait for the application to notice."""
        self.gone.set()
        async with asyncio.timeout(PATIENCE):
            await self.task


def exchange(app: FastAPI, body: bytes, headers: dict[str, str] | None = None, path: str = "/v1/ask") -> Exchange:
    """Begin a POST request to the application."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [
            (name.lower().encode(), value.encode())
            for name, value in {"host": "localhost", "content-type": "application/json", **(headers or {})}.items()
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    gone, asked = asyncio.Event(), [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if asked:
            return asked.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    return Exchange(sent=sent, task=asyncio.ensure_future(app(scope, receive, send)), gone=gone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service in processes of its own, on a free port of this machine."""

    process: subprocess.Popen[str]
    url: str
    port: int

    def client(self, **options: Any) -> httpx.Client:
        """Return a client of it."""
        return httpx.Client(base_url=self.url, timeout=PATIENCE, **options)

    def ready(self) -> float:
        """Wait until it is ready; return how many seconds that took."""
        began = time.monotonic()
        until(self._is_ready, "the service becomes ready")
        return time.monotonic() - began

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, "the service has ended"
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"{self.url}/readyz", timeout=PATIENCE).status_code == httpx.codes.OK
        return False

    def connect(self) -> socket.socket:
        """Return a bare connection, for clients that do not keep to HTTP."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)


@contextlib.contextmanager
def service(home: Path, *, model: str = "none", **settings: Any) -> Iterator[Service]:
    """Run a real service over the invented corpus; `model` is "none", or arguments of `SlowModel` as JSON."""
    command = [sys.executable, __file__, str(home), model, json.dumps(settings)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            running = Service(process=process, url=url, port=int(url.rpartition(":")[2]))
            running.ready()
            yield running
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    process.kill()


def make_slow_model(process_id: str, **options: Any) -> SlowModel:
    """Return a slow model in the model process, having noted which process that is."""
    Path(process_id).write_text(str(os.getpid()), encoding="utf-8")
    return SlowModel(**options)


def main() -> None:
    """Serve; the program that `service` runs."""
    home, model, settings = sys.argv[1:]
    bot = BotSettings(home=Path(home), embedder="hash", llm="none")
    make = None if model == "none" else partial(make_slow_model, **json.loads(model))
    if "ingest_roots" in (chosen := json.loads(settings)):
        chosen["ingest_roots"] = tuple(Path(root) for root in chosen["ingest_roots"])
    started = partial(print, flush=True)
    sys.exit(serve(ServeSettings(port=0, **chosen), bot, started=started, make_model=make))


if __name__ == "__main__":
    main()
