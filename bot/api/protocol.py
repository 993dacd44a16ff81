"""Uvicorn's HTTP/1.1 protocol with one more limit: a new connection has to send a request's headers soon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio


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
