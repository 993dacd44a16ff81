"""The emulator: a server in a thread of its own, so that it keeps time even where the bot's event loop does not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from aiohttp import web
from patience import PATIENCE
from threaded_server import ThreadedServer

from discord_emulator.clock import Clock
from discord_emulator.faults import Fault, Faults
from discord_emulator.gateway import Gateway
from discord_emulator.payloads import arriving_guild_json
from discord_emulator.people import Server
from discord_emulator.ratelimit import RateLimits
from discord_emulator.rest import API, Rest
from discord_emulator.routes_account import account_handlers
from discord_emulator.routes_interactions import HANDLERS as INTERACTION_HANDLERS
from discord_emulator.routes_messages import HANDLERS as MESSAGE_HANDLERS
from discord_emulator.specification import Specification
from discord_emulator.world import INVITED, World

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from discord_emulator.rest import Call
    from discord_emulator.values import Guild

Value = TypeVar("Value")
TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAw.Invent.ed-token-of-the-emulated-bot"  # noqa: S105 - of a bot that does not exist


class Emulator:
    """Discord for one test: what tests act through, plan failures with and look at afterwards.

    Args:
        specification: Discord's OpenAPI description, None where it is absent.
        token: the bot's token.
    """

    def __init__(self, specification: Path | None = None, *, token: str = TOKEN) -> None:
        self.clock, self.token = Clock(), token
        self.gateway = Gateway(self.clock, token)
        self.world = self.gateway.world = World(self.clock, self.gateway.dispatch)
        self.limits, self.faults = RateLimits(self.clock), Faults()
        self.rest = Rest(self.world, self.limits, self.faults, Specification(specification), token)
        self._server = ThreadedServer("discord-emulator")
        self.port = 0

    def __enter__(self) -> Self:
        handlers = account_handlers(self.gateway) | INTERACTION_HANDLERS | MESSAGE_HANDLERS
        self.port = self._server.start([web.get("/", self.gateway.serve), *self.rest.routes(handlers)])
        self.gateway.url = f"ws://127.0.0.1:{self.port}/"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.drop(1001)
        self._server.stop()

    @property
    def api(self) -> str:
        """The base address of the HTTP API, for `discord.http.Route.BASE`."""
        return f"http://127.0.0.1:{self.port}{API}"

    @property
    def calls(self) -> list[Call]:
        """Every request of the bot so far."""
        return list(self.rest.calls)

    @property
    def violations(self) -> list[str]:
        """Everything that broke Discord's description or its rules so far."""
        return [*self.rest.violations, *self.gateway.violations]

    def on_loop(self, work: Callable[[], Value]) -> Value:
        """Do something where the emulator's state may be changed, and return its result."""
        return self._server.do(work)

    def guild(self, name: str = "Career Cafe", *, bot_permissions: int = INVITED, with_bot: bool = True) -> Server:
        """Create a server; a bot that is there already is told."""

        def make() -> Guild:
            made = self.world.guild(name, bot_permissions=bot_permissions, with_bot=with_bot)
            if with_bot:
                self.gateway.dispatch("GUILD_CREATE", arriving_guild_json(made, self.world.bot))
            return made

        return Server(self, self.on_loop(make))

    def plan(self, fault: Fault) -> Fault:
        """Plan a failure."""
        return self.on_loop(lambda: self.faults.plan(fault))

    def drop(self, code: int | None = None) -> None:
        """Close the gateway's connections: with a code, or by cutting the line."""
        self.on_loop(lambda: self.gateway.drop(code))

    def until(self, condition: Callable[[], Value], seconds: float = PATIENCE, what: str | Callable[[], str] = "") -> Value:
        """Wait until something is truthy; return it.

        Raises:
            AssertionError: it did not happen in time.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if value := condition():
                return value
            time.sleep(0.005)
        told = what() if callable(what) else what
        raise AssertionError(f"did not happen within {seconds} s: {told or condition}; violations: {self.violations}")

    def until_ready(self) -> None:
        """Wait until a bot has a session."""
        self.until(self.gateway.connected, what="a bot connects")

    def check(self) -> None:
        """Fail unless everything kept to Discord's description and rules.

        Raises:
            AssertionError: something did not.
        """
        if self.violations:
            raise AssertionError("\n".join(self.violations))
