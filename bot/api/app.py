"""The ASGI application of one worker, put together from its services."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from bot import __version__
from bot.abilities import TRUSTED, Abilities
from bot.api import page, problems, responses, routes_admin, routes_ask, routes_corpus, routes_openai, routes_service
from bot.api.access import Doorkeeper
from bot.api.bouncer import Arrivals, Bouncer
from bot.api.desk import Desk
from bot.api.gate import Gate
from bot.api.guard import Guard
from bot.api.ingest_jobs import IngestJobs
from bot.api.metrics import Metrics
from bot.api.served import Served
from bot.api.state import State
from bot.feedback import FeedbackStore
from bot.keys import KeyStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.api.gate import Door
    from bot.api.settings import ServeSettings
    from ingest.embed import Embedder
    from ingest.home import Home

DESCRIPTION = (
    "Career questions answered from real interviews, every statement cited to a named person's exact words. Failures are"
    " `application/problem+json` (RFC 9457) with a request id."
)
QUOTES_RUNNING = 2
"""Answers without the model that one worker makes at once: they are pure computation."""
COMPUTING = 1
"""Answers of one worker that search or verify at the same moment: this is Python code, more would only contend."""
ENTERING = 2
"""Questions that ask the model process for a place at the same moment."""
_SPARE_THREADS = 4


def create_app(
    settings: ServeSettings,
    *,
    home: Home,
    embedder: Embedder,
    door: Door,
    abilities: Abilities = TRUSTED,
    ingest_options: Sequence[str] = (),
) -> FastAPI:
    """Return the application.

    Args:
        settings: what it may take on and whom it lets in.
        home: the folder of the index, the keys, the votes and the jobs.
        embedder: embeds the questions.
        door: the queue for the language model.
        abilities: what that model may be asked to do.
        ingest_options: options of `ingest sync` that choose the same embedder.
    """
    arrivals = Arrivals()
    places = settings.waiting + settings.quotes_waiting + QUOTES_RUNNING + 1
    state = State(
        settings=settings,
        desk=Desk(
            served=Served(home, embedder.fingerprint),
            embedder=embedder,
            door=door,
            abilities=abilities,
            quotes=Gate(None, running=QUOTES_RUNNING, waiting=settings.quotes_waiting),
            pool=ThreadPoolExecutor(max_workers=places + _SPARE_THREADS, thread_name_prefix="answer"),
            entrance=ThreadPoolExecutor(max_workers=ENTERING, thread_name_prefix="enter"),
            deadline=settings.deadline,
            metrics=Metrics(),
            feedback=FeedbackStore(home),
            computing=threading.Semaphore(COMPUTING),
            arrivals=arrivals,
        ),
        doorkeeper=Doorkeeper(settings, KeyStore(home)),
        jobs=IngestJobs(home, roots=settings.ingest_roots, options=ingest_options),
    )
    app = FastAPI(
        title="careerbot",
        version=__version__,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        lifespan=_lifespan,
    )
    app.state.careerbot = state
    for part in (routes_ask, routes_corpus, routes_openai, routes_admin, routes_service):
        app.include_router(part.router)
    app.include_router(routes_admin.feedback_router)
    page.install(app)
    problems.install(app)
    app.add_middleware(Bouncer, door=door, arrivals=arrivals)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=settings.cors_origins, allow_methods=["GET", "POST", "DELETE"], allow_headers=["*"]
        )
    app.add_middleware(Guard, settings=settings, metrics=state.desk.metrics)
    _complete_schema(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    state: State = app.state.careerbot
    state.jobs.close()
    state.desk.entrance.shutdown(wait=True, cancel_futures=True)
    state.desk.pool.shutdown(wait=True, cancel_futures=True)
    state.desk.served.close()
    state.desk.feedback.close()


def _complete_schema(app: FastAPI) -> None:
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        return app.openapi_schema or responses.complete(generate())

    app.openapi = openapi  # type: ignore[method-assign]
