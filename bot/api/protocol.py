"""Uvicorn with one more limit, a new connection has to send a request's headers soon, and a word before it hangs up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio
    import socket
    from collections.abc import Callable

LAST_WORDS_SECONDS = 1.0
"""What is still running gets to say before its connection is cut at the end of the patience."""


class PoliteServer(Server):
    """Has running answers told that they end before their connections are cut.

    Args:
        config: with `timeout_graceful_shutdown` set.
        goodbye: called in the event loop when the server begins to shut down, with the seconds it should wait.
    """

    def __init__(self, config: Config, *, goodbye: Callable[[float], None]) -> None:
        super().__init__(config)
        self._goodbye = goodbye

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """See `Server.shutdown`."""
        patience = self.config.timeout_graceful_shutdown or 0
        self._goodbye(max(0.0, patience - LAST_WORDS_SECONDS))
        await super().shutdown(sockets)


def impatient(seconds: float) -> type[asyncio.Protocol]:
    """Return the protocol class that closes connections which send no whole request head within `seconds`.

    Uvicorn has a limit between requests but none for the first one: a client that sends a byte a minute would keep its
    connection for ever.
    """

    class ImpatientProtocol(H11Protocol):
        _patience: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - the base class's signature
            super().connection_made(transport)
            self._patience = self.loop.call_later(seconds, self._give_up)

        def connection_lost(self, exc: Exception | None) -> None:
            if self._patience:
                self._patience.cancel()
            super().connection_lost(exc)

        def _give_up(self) -> None:
            if getattr(self, "cycle", None) is None and not self.transport.is_closing():
                self.transport.close()

    return ImpatientProtocol
