"""`bot discord`: from the settings to a connected bot, and back to a clean end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from typing import TYPE_CHECKING

import discord
import yarl

from bot.chat.clock import RealClock
from bot.chat.database import FILE, Database
from bot.chat.desk import Desk
from bot.chat.errors import BackendError, SetUpError
from bot.chat.http_backend import HttpBackend
from bot.chat.identifies import IdentifyBudget
from bot.chat.local import local_service
from bot.discordapp.client import CareerClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from bot.chat.backend import Backend
    from bot.chat.settings import DiscordSettings
    from ingest.home import Home

_log = logging.getLogger("bot.discord")


async def run(settings: DiscordSettings, home: Home, *, local: bool = False, serve_options: Sequence[str] = ()) -> None:
    """Run the bot until SIGTERM or Ctrl-C.

    Args:
        settings: of the environment.
        home: the folder of the index; what the bot has to remember lies in it too.
        local: start the service as well.
        serve_options: options for it.

    Raises:
        SetUpError: it cannot start as it is configured.
    """
    token = settings.secret_token()
    with _cancelled_by_sigterm():
        await _run(settings, home, token, local=local, serve_options=serve_options)


async def _run(settings: DiscordSettings, home: Home, token: str, *, local: bool, serve_options: Sequence[str]) -> None:
    async with backend_of(settings, home, local=local, serve_options=serve_options) as backend:
        await _greet(backend)
        database = Database(home.path / FILE)
        try:
            await connect(settings, backend, database, token)
        finally:
            database.close()


async def connect(settings: DiscordSettings, backend: Backend, database: Database, token: str) -> None:
    """Connect to Discord and stay until stopped.

    Raises:
        SetUpError: Discord refuses the token or an intent.
    """
    clock = RealClock()
    use_addresses(settings)
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody speaks here
    desk = Desk(backend=backend, database=database, settings=settings, clock=clock)
    budget = IdentifyBudget(database, clock)
    if (pause := budget.pause()) > 0:
        _log.warning("started often in the last hour: connecting in %.0f seconds", pause)
        await clock.sleep(pause)
    client = CareerClient(desk=desk, settings=settings, budget=budget)
    async with client, _stopped_by_signals(client):
        with start_errors():
            await client.start(token)


@contextlib.asynccontextmanager
async def backend_of(
    settings: DiscordSettings, home: Home, *, local: bool = False, serve_options: Sequence[str] = ()
) -> AsyncIterator[Backend]:
    """Yield the service: the one that is running, or one of the bot's own."""
    async with contextlib.AsyncExitStack() as stack:
        url, key = settings.api, settings.secret_api_key()
        if local:
            service = await stack.enter_async_context(local_service(home, serve_options))
            url, key = service.url, service.key
        backend = HttpBackend(url, key=key)
        stack.push_async_callback(backend.close)
        yield backend


def use_addresses(settings: DiscordSettings) -> None:
    """Have discord.py talk to the addresses that are set instead of Discord's own."""
    if settings.rest:
        discord.http.Route.BASE = settings.rest.rstrip("/")
    if settings.gateway:
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.gateway)


@contextlib.contextmanager
def start_errors() -> Iterator[None]:
    """Turn what keeps the bot from starting into one line that says what to do."""
    try:
        yield
    except discord.LoginFailure as error:
        raise SetUpError("Discord refuses the token; make a new one in its developer portal (Bot, Reset Token)") from error
    except discord.PrivilegedIntentsRequired as error:
        raise SetUpError(
            "Discord refuses the Message Content Intent: allow it in the developer portal (Bot, Privileged Gateway Intents),"
            " or unset CAREERBOT_DISCORD_MESSAGE_CONTENT"
        ) from error
    except discord.ConnectionClosed as error:
        raise SetUpError(f"Discord closed the connection for good (code {error.code}); see: bot discord check") from error


async def _greet(backend: Backend) -> None:
    """Make sure that the service is there; that it is still loading is no reason not to start."""
    try:
        checks = await backend.ready()
    except BackendError as error:
        raise SetUpError(str(error)) from error
    for check in checks:
        if not check["ok"]:
            _log.warning("the service is not ready: %s (%s)", check["name"], check["detail"])


@contextlib.contextmanager
def _cancelled_by_sigterm() -> Iterator[None]:
    """Have SIGTERM end a bot that is still starting, as Ctrl-C does: a service of its own must not be left behind."""
    loop, starting, told = asyncio.get_running_loop(), asyncio.current_task(), list[bool]()

    def cancel() -> None:
        told.append(True)
        if starting:
            starting.cancel()

    with contextlib.suppress(NotImplementedError):  # Windows
        loop.add_signal_handler(signal.SIGTERM, cancel)
    try:
        yield
    except asyncio.CancelledError:
        if not told:
            raise
        _log.info("stopped before it was connected")
    finally:
        with contextlib.suppress(NotImplementedError):
            loop.remove_signal_handler(signal.SIGTERM)


@contextlib.asynccontextmanager
async def _stopped_by_signals(client: CareerClient) -> AsyncIterator[None]:
    """Have SIGTERM and Ctrl-C tell those who wait, then close the connection."""
    loop, stopping = asyncio.get_running_loop(), set[asyncio.Task[None]]()

    async def stop() -> None:
        await client.desk.close()
        await client.close()

    def stop_once() -> None:
        if not stopping:
            stopping.add(asyncio.ensure_future(stop()))

    chosen = (signal.SIGTERM, signal.SIGINT)
    for number in chosen:
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(number, stop_once)
    try:
        yield
    except Exception as error:
        if not stopping:
            raise
        # discord.py did not expect to be closed in the middle of its start.
        _log.info("stopped while it was connecting (%s)", type(error).__name__)
    finally:
        for number in chosen:
            with contextlib.suppress(NotImplementedError):
                loop.remove_signal_handler(number)
        if stopping:
            await asyncio.wait(stopping)
