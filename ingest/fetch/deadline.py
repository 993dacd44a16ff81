"""One deadline for all that a fetch does: names, handshakes, headers that drip in, bodies that never end."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING, Self, TypeVar

from ingest.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")


class Deadline:
    """Runs out `seconds` after it is made, and then shuts every connection that it was told about.

    A socket's own timeout starts anew with each byte; a server that sends one byte a second would hold us for ever.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds
        self._watched: list[socket.socket] = []
        self._guard = threading.Lock()
        self._timer = threading.Timer(seconds, self._shut)
        self._timer.daemon = True
        self._timer.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def passed(self) -> bool:
        """Whether time is up."""
        return time.monotonic() >= self._end

    def left(self) -> float:
        """Return the seconds that remain.

        Raises:
            FetchError: there are none.
        """
        seconds = self._end - time.monotonic()
        if seconds <= 0:
            raise self.error()
        return seconds

    def error(self) -> FetchError:
        """Return the error that says so."""
        return FetchError(f"it took longer than {self.seconds:g} s; try again later, or save the page and add the file")

    def watch(self, connection: socket.socket) -> None:
        """Shut `connection` when time is up, even after TLS has taken its file descriptor over."""
        with self._guard:
            self._watched.append(connection.dup())
        if self.passed:
            self._shut()

    def run(self, work: Callable[[], Result]) -> Result:
        """Return what `work` returns, for work that cannot be interrupted and is left behind when time is up.

        Raises:
            FetchError: time was up first.
        """
        done: list[Result] = []
        failed: list[BaseException] = []

        def attempt() -> None:
            try:
                done.append(work())
            except BaseException as error:  # noqa: BLE001 (handed over to the thread that waits)
                failed.append(error)

        thread = threading.Thread(target=attempt, daemon=True, name="fetch-lookup")
        thread.start()
        thread.join(self.left())
        if failed:
            raise failed[0]
        if not done:
            raise self.error()
        return done[0]

    def close(self) -> None:
        """Stop watching."""
        self._timer.cancel()
        with self._guard:
            for connection in self._watched:
                connection.close()
            self._watched.clear()

    def _shut(self) -> None:
        with self._guard:
            for connection in self._watched:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
