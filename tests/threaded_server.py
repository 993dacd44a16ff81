"""An aiohttp server in a thread with an event loop of its own."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, TypeVar

from aiohttp import web
from patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable

Value = TypeVar("Value")


class ThreadedServer:
    """Serves on a free port of this machine until stopped."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._runner: web.AppRunner | None = None

    def start(self, routes: list[web.RouteDef]) -> int:
        """Serve; return the port."""
        self._thread.start()
        return asyncio.run_coroutine_threadsafe(self._serve(routes), self._loop).result(PATIENCE)

    def do(self, work: Callable[[], Value]) -> Value:
        """Do something on the server's loop, and return its result."""

        async def run() -> Value:
            return work()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(PATIENCE)

    def stop(self) -> None:
        """Stop serving; what is still being answered is cancelled."""
        asyncio.run_coroutine_threadsafe(self._finish(), self._loop).result(PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    async def _serve(self, routes: list[web.RouteDef]) -> int:
        application = web.Application(client_max_size=32 * 2**20)
        application.add_routes(routes)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        port: int = self._runner.addresses[0][1]
        return port

    async def _finish(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
