"""`bot serve`: the listening socket, the model process and the web workers under one supervisor."""

from __future__ import annotations

import multiprocessing
import os
import secrets
import shutil
import socket
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.api import logs
from bot.api.full_sign import FullSign
from bot.api.host import run_host
from bot.api.metrics import SHARED_FOLDER
from bot.api.supervisor import Child, Supervisor
from bot.api.worker import BACKLOG, Post, run_worker
from bot.errors import BotError

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.process import BaseProcess

    from bot.api.settings import ServeSettings
    from bot.llm import LanguageModel
    from bot.settings import BotSettings


class AddressError(BotError):
    """The address cannot be bound."""


def serve(
    settings: ServeSettings,
    bot: BotSettings,
    *,
    started: Callable[[str], None],
    make_model: Callable[[], LanguageModel] | None = None,
) -> int:
    """Run the service until SIGTERM or Ctrl-C; return its exit code.

    Args:
        settings: where and how to serve.
        bot: the index and the models.
        started: called with the web address once it is bound.
        make_model: what the model process loads; by default the model that `bot` names. It has to be picklable.

    Raises:
        AddressError: the address is taken, or not one of this machine.
    """
    logs.configure()
    listening = bind(settings.host, settings.port)
    folder = Path(tempfile.mkdtemp(prefix="careerbot-"))
    try:
        os.environ[SHARED_FOLDER] = str(folder)
        started(web_address(listening))
        return Supervisor(children=_children(settings, bot, listening, folder, make_model), drain=settings.drain).run()
    finally:
        listening.close()
        os.environ.pop(SHARED_FOLDER, None)
        shutil.rmtree(folder, ignore_errors=True)


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket.

    Raises:
        AddressError: it cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol has to be named: asyncio turns Nagle's delay (40 ms a response) off only where it is.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host.strip("[]"), port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise AddressError(f"cannot listen on {host} port {port}: {error.strerror or error}") from error
    return listening


def web_address(listening: socket.socket) -> str:
    """Return the address of a listening socket as a browser takes it."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def load_model(bot: BotSettings) -> LanguageModel:
    """Return the language model that the settings name; runs in the model process."""
    from bot.cli.ask import unpacking_display  # noqa: PLC0415 - only here
    from bot.wiring import build_model  # noqa: PLC0415 - heavy
    from ingest.weights import models_dir  # noqa: PLC0415

    model = build_model(bot, models_dir(bot.models), unpacking_display())
    if model is None:
        raise BotError("there is no model to serve")
    return model


def _children(
    settings: ServeSettings,
    bot: BotSettings,
    listening: socket.socket,
    folder: Path,
    make_model: Callable[[], LanguageModel] | None,
) -> list[Child]:
    spawn = multiprocessing.get_context("spawn")
    key = secrets.token_bytes(32)
    local = bot.llm != "none" and not bot.llm.startswith(("http://", "https://"))
    address = _model_address(folder) if make_model or local else None
    sign = FullSign()

    def start(target: Callable[..., None], name: str, *arguments: object) -> BaseProcess:
        process = spawn.Process(target=target, args=arguments, name=name)
        process.start()
        return process

    children = []
    if address:
        make = make_model or partial(load_model, bot)
        children.append(
            Child(name="model", start=partial(start, run_host, "model", make, address, key, settings.waiting, sign), last=True)
        )
    post = Post(serve=settings, bot=bot, address=address, key=key, sign=sign)
    children += [
        Child(name=f"web-{n}", start=partial(start, run_worker, f"web-{n}", post, listening), ended=_forget_numbers)
        for n in range(1, settings.workers + 1)
    ]
    return children


def _model_address(folder: Path) -> str:
    return rf"\\.\pipe\{folder.name}" if sys.platform == "win32" else str(folder / "model")


def _forget_numbers(process_id: int) -> None:
    """Take a dead worker's gauges out of the metrics; its counters stay counted."""
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415 - reads its folder when imported

    mark_process_dead(process_id)  # type: ignore[no-untyped-call]
