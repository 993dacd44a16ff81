"""The queue of the model process as a web worker sees it: one connection for each answer."""

from __future__ import annotations

import contextlib
import threading
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client
from typing import TYPE_CHECKING, Any

from bot.api import wire
from bot.api.errors import BusyError, ModelLostError
from bot.api.gate import FULL
from bot.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from bot.api.full_sign import FullSign
    from bot.api.gate import Place
    from bot.llm import Cancellation, LanguageModel, Prompt

POLL_SECONDS = 0.05
REPLY_SECONDS = 5.0
"""In which the model process admits or refuses; it does so in a thread that no generation blocks."""
_GONE = (EOFError, OSError, AuthenticationError)
STARTING = "the language model is starting; ask again in a few seconds"
LOST = "the language model stopped while it was answering and is being restarted; ask again in a few seconds"


class HostGate:
    """A `Door` to the model process at `address`; `key` proves both sides to each other.

    Args:
        sign: the one that the model process keeps.
        places: in its queue.
    """

    def __init__(self, address: str, key: bytes, sign: FullSign, places: int) -> None:
        self._address, self._key, self._sign, self._places = address, key, sign, places
        self._lock = threading.Lock()
        self._depth = 0

    def enter(self, report: Callable[[int], None]) -> Place:
        """See `Door.enter`."""
        connection, reply = self._begin(wire.Enter())
        match reply:
            case wire.Full(text=text, retry_after=seconds):
                connection.close()
                raise BusyError(text, retry_after=seconds)
            case wire.Queued(position=position, name=name):
                self._count(1)
                return HostPlace(connection, position, name, report, lambda: self._count(-1))
            case _:
                connection.close()
                raise ModelLostError(STARTING)

    def look(self) -> None:
        """See `Door.look`."""
        if seconds := self._sign.retry_after:
            raise BusyError(FULL, retry_after=seconds)

    def ping(self) -> str:
        """See `Door.ping`."""
        connection, reply = self._begin(wire.Ping())
        connection.close()
        if not isinstance(reply, wire.Ready):
            raise ModelLostError(STARTING)
        return reply.name

    @property
    def depth(self) -> int:
        """Of the answers of this worker."""
        return self._depth

    @property
    def places(self) -> int:
        """See `Door.places`."""
        return self._places

    @property
    def near(self) -> bool:
        """See `Door.near`."""
        return False

    def _begin(self, message: wire.Wire) -> tuple[Connection[Any, Any], wire.Wire]:
        try:
            connection = Client(self._address, authkey=self._key)
        except _GONE as error:
            raise ModelLostError(STARTING) from error
        try:
            wire.send(connection, message)
            if not connection.poll(REPLY_SECONDS):
                raise EOFError
            return connection, wire.receive(connection)
        except _GONE as error:
            connection.close()
            raise ModelLostError(STARTING) from error

    def _count(self, change: int) -> None:
        with self._lock:
            self._depth += change


class HostPlace:
    """A place in the queue of the model process, and the model as its holder may use it."""

    def __init__(
        self,
        connection: Connection[Any, Any],
        position: int,
        name: str,
        report: Callable[[int], None],
        left: Callable[[], None],
    ) -> None:
        self._connection, self._position, self._name, self._report = connection, position, name, report
        self._left: Callable[[], None] | None = left

    @property
    def position(self) -> int:
        """See `Place.position`."""
        return self._position

    @property
    def model(self) -> LanguageModel | None:
        """See `Place.model`."""
        return self

    @property
    def name(self) -> str:
        """The model's name."""
        return self._name

    def wait(self, cancellation: Cancellation) -> None:
        """See `Place.wait`."""
        while self._position:
            message = self._receive(cancellation)
            if isinstance(message, wire.Queued):
                self._position = message.position
                self._report(message.position)

    def write(self, prompt: Prompt, *, max_tokens: int, cancellation: Cancellation) -> str:
        """See `LanguageModel.write`.

        Raises:
            ModelLostError: the model process died.
        """
        fixed, shots = wire.turns(prompt.fixed), wire.turns(prompt.shots)
        message = wire.Write(fixed=fixed, asked=prompt.asked, shots=shots, max_tokens=max_tokens)
        return str(self._call(message, cancellation, wire.Text).text)

    def yes_probability(self, prompt: Prompt, *, cancellation: Cancellation) -> float | None:
        """See `LanguageModel.yes_probability`.

        Raises:
            ModelLostError: the model process died.
        """
        fixed, shots = wire.turns(prompt.fixed), wire.turns(prompt.shots)
        reply = self._call(wire.Judge(fixed=fixed, asked=prompt.asked, shots=shots), cancellation, wire.Probability)
        return None if reply.value is None else float(reply.value)

    def leave(self) -> None:
        """See `Place.leave`. Closing the connection stops a call that still runs."""
        self._connection.close()
        if self._left:
            self._left()
            self._left = None

    def close(self) -> None:
        """Nothing is owned: the model belongs to its process."""

    def _call(self, message: wire.Wire, cancellation: Cancellation, expected: type) -> Any:  # noqa: ANN401 - of type `expected`
        self.wait(cancellation)
        try:
            wire.send(self._connection, message)
        except OSError as error:
            raise ModelLostError(LOST) from error
        reply = self._receive(cancellation)
        if isinstance(reply, wire.Trouble):
            raise ModelError(reply.text)
        if not isinstance(reply, expected):
            raise ModelLostError(LOST)
        return reply

    def _receive(self, cancellation: Cancellation) -> wire.Wire:
        try:
            while not self._connection.poll(POLL_SECONDS):
                cancellation.check()
            return wire.receive(self._connection)
        except (EOFError, OSError) as error:
            with contextlib.suppress(OSError):
                self._connection.close()
            raise ModelLostError(LOST) from error
