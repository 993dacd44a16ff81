"""A stand-in for `bot serve` for the tests of the Discord bot: invented answers, as fast or as slowly as a test wants."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from typing import TYPE_CHECKING, Any

from aiohttp import web
from threaded_server import ThreadedServer
from web.invented_answers import CITATIONS, problem, script_for, streamed, whole
from web.invented_answers import claim as invented_claim

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from web.invented_answers import Json

ADMIN_KEY = "invented-admin-key"
METRICS = """# TYPE careerbot_answers_total counter
careerbot_answers_total{outcome="answered"} 7
careerbot_answers_total{outcome="refused"} 2
# TYPE careerbot_queue_depth gauge
careerbot_queue_depth 1
"""


class ScriptedService:
    """The service. What a question gets is chosen by a word in it (see `web.invented_answers.script_for`).

    Attributes:
        pause: seconds before each event.
        asked: the bodies of questions, in order.
        votes: the bodies of votes.
        started: how many questions were begun, which differs from `asked` by those refused for being busy.
        running: how many are being answered.
        busiest: the most that were answered at once.
        busy: how many questions are refused as "queue full" before one is taken.
        broken: how many answers break off after their first statement.
        syncs: how many syncs were asked for.
        forgotten: the sources that were to be removed.
        silent: whether nobody is told if the service is ready.
        waiting: how many have asked that nevertheless.
    """

    def __init__(self) -> None:
        self._server = ThreadedServer("scripted-service")
        self.url = ""
        self.pause = 0.0
        self.asked: list[Json] = []
        self.votes: list[Json] = []
        self.started = self.running = self.busiest = self.busy = self.broken = self.syncs = 0
        self.forgotten: list[str] = []
        self.silent, self.waiting = False, 0
        self._open = asyncio.Event()
        self._open.set()
        self._steps = 0
        self._jobs: dict[str, int] = {}

    def __enter__(self) -> Self:
        routes = [
            web.post("/v1/ask", self._ask),
            web.post("/v1/feedback", self._vote),
            web.get("/v1/sources", self._sources),
            web.delete("/v1/sources/{id}", self._forget),
            web.post("/v1/ingest", self._ingest),
            web.get("/v1/jobs/{id}", self._job),
            web.get("/readyz", self._ready),
            web.get("/metrics", self._metrics),
        ]
        self.url = f"http://127.0.0.1:{self._server.start(routes)}"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.do(self._open.set)
        self._server.stop()

    def hold(self) -> None:
        """Let answers stop after what was found, until `release`."""
        self._server.do(self._open.clear)

    def step(self) -> None:
        """Let one more event of a held answer through."""

        def allow() -> None:
            self._steps += 1

        self._server.do(allow)

    def release(self) -> None:
        """Let answers go on."""
        self._server.do(self._open.set)

    async def _turn(self) -> None:
        while not self._open.is_set():
            if self._steps:
                self._steps -= 1
                return
            await asyncio.sleep(0.01)

    async def _ask(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if self.busy:
            self.busy -= 1
            full = problem(503, "The queue is full.", "urn:careerbot:problem:queue-full") | {"retry_after": 1}
            return web.json_response(full, status=503)
        self.asked.append(body)
        script = script_for(body["question"])
        if script.status != 200:
            kind = "urn:careerbot:problem:not-ready" if "[unready]" in body["question"] else script.problem["type"]
            return web.json_response(script.problem | {"type": kind}, status=script.status)
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        self.started += 1
        self.running += 1
        self.busiest = max(self.busiest, self.running)
        try:
            with contextlib.suppress(ConnectionError):
                await self._stream(response, _events(body["question"], script.events))
        finally:
            self.running -= 1
        return response

    async def _stream(self, response: web.StreamResponse, events: list[tuple[str, Json]]) -> None:
        for name, data in events:
            if name in {"claim", "done", "refused"}:
                await self._turn()
            await asyncio.sleep(self.pause)
            await response.write(f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode())
            if name == "claim" and self.broken:
                self.broken -= 1
                return

    async def _vote(self, request: web.Request) -> web.Response:
        self.votes.append(await request.json())
        return web.Response(status=204)

    async def _sources(self, _: web.Request) -> web.Response:
        return web.json_response({"sources": SOURCES, "generation": "g1"})

    async def _forget(self, request: web.Request) -> web.Response:
        if not _admin(request):
            return _forbidden()
        self.forgotten.append(request.match_info["id"])
        return self._begin()

    async def _ingest(self, request: web.Request) -> web.Response:
        if not _admin(request):
            return _forbidden()
        self.syncs += 1
        return self._begin()

    def _begin(self) -> web.Response:
        id_ = secrets.token_hex(8)
        self._jobs[id_] = 0
        return web.json_response(_job(id_, "queued"), status=202)

    async def _job(self, request: web.Request) -> web.Response:
        id_ = request.match_info["id"]
        self._jobs[id_] += 1
        return web.json_response(_job(id_, "running" if self._jobs[id_] < 2 else "done"))

    async def _ready(self, _: web.Request) -> web.Response:
        if self.silent:
            self.waiting += 1
            await asyncio.Event().wait()
        checks = [
            {"name": name, "ok": True, "detail": detail} for name, detail in (("index", "g1"), ("model", "invented model"))
        ]
        return web.json_response({"status": "ready", "checks": checks})

    async def _metrics(self, request: web.Request) -> web.Response:
        return web.Response(text=METRICS) if _admin(request) else _forbidden()


def _events(question: str, events: tuple[tuple[str, Json], ...]) -> list[tuple[str, Json]]:
    """Return the events of an answer with an id of its own, and of a long one where the question wants that."""
    if "[endless]" in question:
        text = "Ada Example kept a notebook of everything that failed, and says it is the best thing she owns. " * 4
        claims = [invented_claim(f"{number}. {text}", 1, 2, 3) for number in range(1, 13)]
        events = streamed(whole(question, claims, [CITATIONS[n] for n in (1, 2, 3)]))
    id_ = secrets.token_hex(8)
    return [(name, data | {"id": id_} if name in {"done", "refused"} else data) for name, data in events]


def _job(id_: str, status: str) -> Json:
    result = {"sources": [{"id": "source-9"}], "removed": [], "skipped": [], "unchanged": 12} if status == "done" else None
    return {"id": id_, "status": status, "created": "2026-01-01T00:00:00Z", "finished": None, "result": result, "detail": None}


def _admin(request: web.Request) -> bool:
    return request.headers.get("authorization") == f"Bearer {ADMIN_KEY}"


def _forbidden() -> web.Response:
    return web.json_response(problem(403, "An admin key is needed.", "urn:careerbot:problem:forbidden"), status=403)


def _source(number: int, title: str, person: str, **changes: Any) -> Json:
    made = {
        "id": f"source-{number}",
        "kind": "interview",
        "title": title,
        "language": "en",
        "people": [{"name": person, "role": "interviewee", "position": None}],
        "url": f"https://interviews.example/{number}",
        "published": "2021-04-14",
        "licence": None,
        "translation_of": None,
        "machine_translated": False,
        "topics": [],
    }
    return made | changes


SOURCES = [
    _source(1, "From the harbour office to image models", "Ada Example"),
    _source(2, "Del taller a la visión por computador", "Bo Sample", language="es"),
    _source(3, "Chen Invented on reading papers (recording)", "Chen Invented", kind="transcript", published="2020-03-24"),
    _source(4, "مقابلة مع نور", "نور المثال", language="ar"),
    *(_source(number, f"Invented conversation number {number}", f"Person {number}") for number in range(5, 14)),
]
