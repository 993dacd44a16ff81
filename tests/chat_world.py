"""A clock that a test moves, a place that notes what is shown, and a service that says what a test wants."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from typing import TYPE_CHECKING, Any

from bot.chat.backend import ClaimReady, Evidence, Finished, Searching
from bot.chat.message import faults

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from bot.chat.backend import Asking, Event
    from bot.chat.message import Message


class HandClock:
    """Time stands still until `advance`."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self._now = now
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = itertools.count()

    def now(self) -> float:
        """Return the time."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Wait until the time has come."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._count), future))
        await future

    async def advance(self, seconds: float) -> None:
        """Let time pass, waking whoever waits, in order."""
        until = self._now + seconds
        await settle()
        while self._sleepers and self._sleepers[0][0] <= until:
            due, _, future = heapq.heappop(self._sleepers)
            self._now = max(self._now, due)
            if not future.done():
                future.set_result(None)
            await settle()
        self._now = until
        await settle()


async def settle() -> None:
    """Let everything that can go on go on."""
    for _ in range(30):
        await asyncio.sleep(0)


class NotedSurface:
    """A `Surface` that notes everything; `failures` are raised in turn before anything is taken (None takes it)."""

    def __init__(
        self, *, expires: float | None = None, failures: Sequence[Exception | None] = (), thread: int | None = None
    ) -> None:
        self.expires, self.message = expires, 77
        self.edits: list[Message] = []
        self.sent: list[tuple[Message, int]] = []
        self.moved: list[Message] = []
        self.threads: list[str] = []
        self._failures, self._thread = list(failures), thread

    async def edit(self, message: Message) -> None:
        """Note an edit."""
        self._take(message)
        self.edits.append(message)

    async def send(self, message: Message, part: int) -> None:
        """Note a further message."""
        self._take(message)
        self.sent.append((message, part))

    async def move(self, message: Message) -> None:
        """Note a message in the channel."""
        self._take(message)
        self.moved.append(message)

    async def open_thread(self, name: str) -> int | None:
        """Note a thread."""
        self.threads.append(name)
        return self._thread

    def _take(self, message: Message) -> None:
        if self._failures and (failure := self._failures.pop(0)):
            raise failure
        assert faults(message) == []


class ScriptedBackend:
    """A `Backend` that plays a script of events and failures for each question, the last one again and again."""

    def __init__(self, *scripts: Sequence[Event | Exception]) -> None:
        self._scripts = list(scripts)
        self.asked: list[Asking] = []
        self.votes: list[tuple[str, str, str | None]] = []
        self.gate: asyncio.Event | None = None
        self.arrives: asyncio.Event | None = None
        self.before_each: Callable[[], Any] | None = None
        self.corpus: tuple[Any, ...] = ()
        self.jobs: list[Any] = []
        self.failure: Exception | None = None

    async def ask(self, asking: Asking) -> AsyncIterator[Event]:
        """Play the next script."""
        self.asked.append(asking)
        script = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
        for event in script:
            if self.gate and isinstance(event, Finished):
                await self.gate.wait()
            await asyncio.sleep(0)
            if isinstance(event, Exception):
                raise event
            yield event

    async def sources(self) -> tuple[Any, ...]:
        """Return the corpus as it is when it is asked for, at once or when a test lets it arrive."""
        self._fail()
        found = self.corpus
        if self.arrives:
            await self.arrives.wait()
        return found

    async def vote(self, answer_id: str, vote: str, reason: str | None = None) -> None:
        """Note a vote."""
        self._fail()
        self.votes.append((answer_id, vote, reason))

    async def ready(self) -> tuple[Any, ...]:
        """Return one check."""
        self._fail()
        return ({"name": "model", "ok": True, "detail": "invented-model"},)

    async def ingest(self) -> Any:
        """Begin a job."""
        self._fail()
        return self.jobs.pop(0)

    async def forget(self, source_id: str) -> Any:
        """Begin a job for a source."""
        self._fail()
        self.corpus = tuple(source for source in self.corpus if source["id"] != source_id)
        return self.jobs.pop(0)

    async def job(self, job_id: str) -> Any:
        """Return the next state of the job."""
        del job_id
        return self.jobs.pop(0)

    async def numbers(self) -> dict[str, float]:
        """Return some numbers."""
        self._fail()
        return {"careerbot_answers_total{answered}": 7.0, "careerbot_answers_total{deadline}": 1.0}

    async def close(self) -> None:
        """Nothing is open."""

    def _fail(self) -> None:
        if self.failure:
            raise self.failure


def script(answer: Any) -> list[Event]:
    """Return the events of an answer as the service sends them."""
    citations = tuple(answer["citations"])
    quotes = tuple({"quote": one["quote"], "speaker": one["speaker"], "title": one["title"]} for one in citations)
    claims = [ClaimReady(claim=one, citations=citations) for one in answer["claims"]]
    return [Searching(language=answer["language"]), Evidence(quotes=quotes), *claims, Finished(answer=answer)]
