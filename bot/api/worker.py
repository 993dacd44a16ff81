"""One web worker: a process with its own embedder and index, and a share of the listening socket."""

from __future__ import annotations

import logging
import os
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.api import logs
from bot.api.gate import Gate
from bot.api.host import end_with_parent
from bot.api.host_client import HostGate
from bot.errors import BotError, exit_code
from ingest.errors import IngestError

if TYPE_CHECKING:
    import socket

    from fastapi import FastAPI

    from bot.api.desk import Desk
    from bot.api.full_sign import FullSign
    from bot.api.gate import Door
    from bot.api.settings import ServeSettings
    from bot.settings import BotSettings

MOST_CONNECTIONS = 1000
MOST_HEADER_BYTES = 32_768
BACKLOG = 512
SWITCH_SECONDS = 0.0005
"""After which a computing thread lets the event loop have the interpreter; Python's 0.005 would be felt in every response."""
QUERY_THREADS = 1
"""On which a question is embedded and compared: milliseconds of work. Where the language model, or a neighbour, keeps the cores
busy, each thread more is one more to wait for (measured: 2.4 times the time with two, at twice the work)."""
_AT_ONCE = {"none": 2, "remote": 4}
"""Answers made at once by one worker where no model process sets the pace."""
_log = logging.getLogger("bot.api")


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What a worker is told by the supervisor."""

    serve: ServeSettings
    bot: BotSettings
    address: str | None
    """Of the model process; None where there is none."""
    key: bytes
    sign: FullSign


def run_worker(post: Post, listening: socket.socket) -> None:
    """Serve until SIGTERM, then finish what is running: the whole life of a worker process. It ends with its parent."""
    import uvicorn  # noqa: PLC0415 - heavy

    from bot.api.protocol import PoliteServer, impatient  # noqa: PLC0415

    end_with_parent()
    logs.configure()
    # Before numpy is imported, which reads it then.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", str(QUERY_THREADS))
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        app = build(post)
    except (BotError, IngestError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - the supervisor passes the exit code on; this is the reason
        sys.exit(exit_code(error))
    config = uvicorn.Config(
        app,
        http=impatient(post.serve.header_seconds),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=post.serve.trusted_proxies is not None,
        forwarded_allow_ips=post.serve.trusted_proxies or "",
        limit_concurrency=MOST_CONNECTIONS,
        backlog=BACKLOG,
        h11_max_incomplete_event_size=MOST_HEADER_BYTES,
        timeout_graceful_shutdown=max(1, round(post.serve.drain)),
    )
    desk: Desk = app.state.careerbot.desk
    PoliteServer(config, goodbye=desk.dismiss).run(sockets=[listening])


def build(post: Post) -> FastAPI:
    """Return the application of a worker, its embedder warm and its index open where there is one.

    Raises:
        NotReadyError: the embedder's weights are missing.
        ModelError: the remote model cannot be used.
    """
    from bot.api.app import create_app  # noqa: PLC0415 - heavy
    from bot.wiring import abilities_of  # noqa: PLC0415
    from ingest import language  # noqa: PLC0415
    from ingest.embed import open_embedder  # noqa: PLC0415
    from ingest.embed.paired import prepare_second  # noqa: PLC0415
    from ingest.home import Home  # noqa: PLC0415
    from ingest.weights import models_dir  # noqa: PLC0415

    settings = post.bot
    folder = models_dir(settings.models)
    embedder = open_embedder(
        settings.embedder, engine=settings.engine, models_dir=folder, second=settings.second_encoder, threads=QUERY_THREADS
    )
    embedder.embed_query("ready?")
    home = Home.resolve(settings.home)
    options = ["--embedder", settings.embedder] if settings.embedder else []
    app = create_app(
        post.serve,
        home=home,
        embedder=embedder,
        door=_door(post),
        abilities=abilities_of(settings, models_dir(settings.models)),
        ingest_options=options,
    )
    try:
        with app.state.careerbot.desk.served.lease() as corpus:
            second = corpus.index.manifest.second
            prepare_second(embedder, second.fingerprint if second else None)
    except IngestError as error:
        _log.warning("not ready", extra={"fields": {"reason": str(error)}})
    # Beside the first questions, few of which need it: being ready must not wait for it.
    threading.Thread(target=language.prepare, daemon=True, name="language").start()
    return app


def _door(post: Post) -> Door:
    if post.address:
        return HostGate(post.address, post.key, post.sign, 1 + post.serve.waiting)
    if post.bot.llm == "none":
        return Gate(None, running=_AT_ONCE["none"], waiting=post.serve.waiting)
    from bot.llm.remote import RemoteModel  # noqa: PLC0415 - only a remote model needs it

    model = RemoteModel(post.bot.llm, model=post.bot.llm_model, key=post.bot.llm_key)
    return Gate(model, running=_AT_ONCE["remote"], waiting=post.serve.waiting)
