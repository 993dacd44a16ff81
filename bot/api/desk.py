"""Where questions are taken in: admitted or refused at once, answered in threads, stopped when nobody listens any more."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.answer import CLAIMS, Asked, Services, answer
from bot.api import history
from bot.api.counting import Counted
from bot.api.errors import BusyError, DeadlineError, ModelLostError, StoppedError
from bot.api.problems import to_problem
from bot.api.stream import Message, failed, queued, to_message
from bot.errors import BotError, CancelledError
from bot.llm import Cancellation
from ingest.errors import IngestError

if TYPE_CHECKING:
    import threading
    from collections.abc import AsyncIterator, Callable
    from concurrent.futures import ThreadPoolExecutor

    from bot.abilities import Abilities
    from bot.api.bodies import AskRequest
    from bot.api.bouncer import Arrivals
    from bot.api.gate import Door, Place
    from bot.api.metrics import Metrics
    from bot.api.served import Corpus, Served
    from bot.feedback import FeedbackStore
    from ingest.embed import Embedder

_log = logging.getLogger("bot.api")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One worker's counter: what an answer needs, and how much may go on at once."""

    served: Served
    embedder: Embedder
    door: Door
    """The queue for the language model."""
    abilities: Abilities
    """What that model may be asked to do."""
    quotes: Door
    """The queue for answers of exact quotes, for callers that would rather have those than wait."""
    pool: ThreadPoolExecutor
    entrance: ThreadPoolExecutor
    """Asks for places in the queue, in the order of the questions and without crowding out the event loop."""
    deadline: float
    metrics: Metrics
    feedback: FeedbackStore
    computing: threading.Semaphore
    """Held by answers while they search and verify: more at once would only take the interpreter from the event loop."""
    arrivals: Arrivals
    running: set[Job] = field(default_factory=set)

    async def admit(self, asked: AskRequest, *, whole: bool) -> Job:
        """Return the job of answering, started.

        Args:
            asked: the question.
            whole: nobody reads its messages before the final one.

        Raises:
            BusyError: no place is left.
            ModelLostError: the model process is not there.
        """
        job = Job(asked, self, whole=whole)
        try:
            place = await self._enter(job, self.door)
        except (BusyError, ModelLostError):
            if not asked.quotes_only_when_busy:
                raise
            place = self.quotes.enter(job.report)
        await job.start(place)
        return job

    def dismiss(self, after: float) -> None:
        """End what is still running `after` seconds from now, so that its readers are told before their connections go."""
        asyncio.get_running_loop().call_later(after, self._dismiss)

    def _dismiss(self) -> None:
        for job in tuple(self.running):
            job.end(StoppedError("the service is shutting down; ask again in a moment"))

    async def _enter(self, job: Job, door: Door) -> Place:
        """Pass a door without blocking the event loop; give the place back if the caller left meanwhile."""
        if door.near:
            return door.enter(job.report)
        entering = asyncio.get_running_loop().run_in_executor(self.entrance, door.enter, job.report)
        try:
            return await asyncio.shield(entering)
        except asyncio.CancelledError:
            entering.add_done_callback(lambda done: None if done.cancelled() or done.exception() else done.result().leave())
            raise


class Job:
    """One question being answered. Its thread writes messages, the request reads them."""

    def __init__(self, asked: AskRequest, desk: Desk, *, whole: bool) -> None:
        self._asked, self._desk, self._whole = asked, desk, whole
        self._loop = asyncio.get_running_loop()
        self._messages: asyncio.Queue[Message] = asyncio.Queue()
        self._cancellation = Cancellation()
        self._began = time.monotonic()
        self._timer: asyncio.TimerHandle | None = None

    def report(self, position: int) -> None:
        """Tell the reader how many answers are ahead; safe from any thread."""
        if position:
            self._put(queued(position))

    async def start(self, place: Place) -> None:
        """Begin, with a place in the queue, as soon as no more questions are coming in."""
        self.report(place.position)
        self._timer = self._loop.call_later(self._desk.deadline, self._expire)
        self._desk.running.add(self)
        self._desk.metrics.queue_depth.inc()
        try:
            await self._desk.arrivals.pause()
        except BaseException:
            self._cancellation.cancel()  # nobody will listen
            raise
        finally:
            self._desk.pool.submit(self._run, place)

    def stop(self) -> None:
        """Stop working on it: nobody listens. The model stops at its next token."""
        self._cancellation.cancel()
        if self._timer:
            self._timer.cancel()

    async def messages(self, pause: float | None = None) -> AsyncIterator[Message | None]:
        """Yield the messages until the final one; None after each `pause` seconds without any."""
        while True:
            try:
                message = await asyncio.wait_for(self._messages.get(), pause)
            except TimeoutError:
                yield None
                continue
            yield message
            if message.final:
                return

    def end(self, error: Exception) -> None:
        """Give the answer up, as its reader is told."""
        self._cancellation.cancel()
        self._messages.put_nowait(failed(error))
        self._count(to_problem(error).kind)

    def _expire(self) -> None:
        self.end(DeadlineError(f"the answer took longer than {self._desk.deadline:g} seconds"))

    def _put(self, message: Message) -> None:
        # Each message wakes the event loop, which then competes with the answer's thread for the interpreter.
        if self._whole and not message.final:
            return
        try:
            self._loop.call_soon_threadsafe(self._messages.put_nowait, message)
        except RuntimeError:  # the loop has ended, and with it every reader
            self._cancellation.cancel()

    def _run(self, place: Place) -> None:
        """Answer; runs in a thread of the pool. Ends with exactly one final message unless the deadline has sent it."""
        final = failed(StoppedError("the answer was stopped"))
        try:
            final = self._answer(place)
        except CancelledError:
            pass
        except (BotError, IngestError) as error:
            final = self._failure(error)
        except Exception as error:  # noqa: BLE001 - the reader must not wait for ever, whatever happens here
            _log.error("bug", exc_info=error)
            final = self._failure(error)
        finally:
            place.leave()  # before the last word: whoever asks again on hearing it must not queue behind this answer
            self._desk.metrics.queue_depth.dec()
            self._loop_safely(self._over)
            self._put(final)

    def _answer(self, place: Place) -> Message:
        """Put the messages of the answer, but for the final one, which is returned."""
        if place.model is None:
            place.wait(self._cancellation)
        model = Counted(place.model, self._desk.computing) if place.model else None
        with self._desk.computing, self._desk.served.lease() as corpus:
            desk, door = self._desk, self._desk.door
            services = Services(
                index=corpus.index,
                embedder=desk.embedder,
                model=model,
                abilities=desk.abilities,
                pressed=lambda: door.depth > 1,
            )
            asked = Asked(
                text=self._asked.question,
                language=self._asked.language,
                history=history.turns(self._asked.history, corpus.index),
                sources=self._asked.sources or CLAIMS,
            )
            for event in answer(asked, services, self._cancellation):
                self._cancellation.check()
                message = to_message(event, corpus)
                self._observe(message, model, corpus)
                if message.final:
                    return message
                self._put(message)
        return failed(StoppedError("the answer ended without a last word"))

    def _observe(self, message: Message, model: Counted | None, corpus: Corpus) -> None:
        metrics, seconds = self._desk.metrics, time.monotonic() - self._began
        if message.name == "evidence":
            metrics.evidence.observe(seconds)
        elif message.name == "claim" and message.data["citations"][0]["n"] == 1:
            metrics.first_claim.observe(seconds)
        elif message.error:
            self._count(to_problem(message.error).kind)
        elif message.final:
            metrics.answer.observe(seconds)
            metrics.look_at(corpus.index.manifest)
            if model:
                metrics.rejections.inc(model.rejected(message.data))
            self._count(message.data["status"])
            self._remember(message)

    def _remember(self, message: Message) -> None:
        try:
            self._desk.feedback.remember(message.data)
        except Exception as error:  # noqa: BLE001 - the reader must not wait for ever, whatever happens here
            _log.warning("answer not kept for feedback", extra={"fields": {"reason": str(error)}})

    def _failure(self, error: Exception) -> Message:
        self._count(to_problem(error).kind)
        return failed(error)

    def _count(self, outcome: str) -> None:
        self._desk.metrics.answers.labels(outcome=outcome).inc()

    def _over(self) -> None:
        self._desk.running.discard(self)
        if self._timer:
            self._timer.cancel()

    def _loop_safely(self, action: Callable[[], None]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(action)
