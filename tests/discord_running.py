"""Runs a discord.py client against the emulator, in a thread with an event loop of its own."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Any

from patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    import discord
    from discord_emulator import Emulator


class Running:
    """A client at work; `failure` is what ended it."""

    def __init__(self, make: Callable[[], discord.Client], token: str) -> None:
        self._make, self._token = make, token
        self.client: discord.Client | None = None
        self.failure: BaseException | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="discord-client", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self.client = self._make()
        try:
            async with self.client:
                await self.client.start(self._token)
        except Exception as error:  # noqa: BLE001 - a test wants to see whatever it is
            self.failure = error

    def until_ready(self, emulator: Emulator) -> None:
        """Wait until the client knows its servers; fail with what ended it if it does not come so far."""
        emulator.until(
            lambda: (self.client and self.client.guilds and not self.client.guilds[0].unavailable) or self.failure,
            what="the client is ready",
        )
        if self.failure is not None:
            raise self.failure

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Do something on the client's loop and return the result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def ended(self, seconds: float = PATIENCE) -> BaseException | None:
        """Wait until the client has ended; return what ended it."""
        self._thread.join(seconds)
        assert not self._thread.is_alive(), "the client did not end"
        return self.failure

    def stop(self) -> None:
        """Close the client and wait for its end."""
        if self._thread.is_alive() and self.client is not None:
            with contextlib.suppress(RuntimeError):
                asyncio.run_coroutine_threadsafe(self.client.close(), self._loop).result(PATIENCE)
        self._thread.join(PATIENCE)


@contextlib.contextmanager
def running(make: Callable[[], discord.Client], token: str) -> Iterator[Running]:
    """Run a client until the end of the block."""
    run = Running(make, token)
    try:
        yield run
    finally:
        run.stop()
