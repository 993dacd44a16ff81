"""The model process: owns the language model and the queue in front of it, and serves the web workers."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from multiprocessing import AuthenticationError, parent_process
from multiprocessing.connection import Listener, wait
from typing import TYPE_CHECKING, Any

from bot.api import wire
from bot.api.errors import BusyError
from bot.api.gate import Gate
from bot.errors import BotError, CancelledError, exit_code
from bot.llm import Cancellation
from ingest.errors import IngestError

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from bot.api.full_sign import FullSign
    from bot.api.gate import Place
    from bot.llm import LanguageModel

BACKLOG = 128


def run_host(make_model: Callable[[], LanguageModel], address: str, key: bytes, waiting: int, sign: FullSign) -> None:
    """Load the model and serve it until the process is ended: the whole life of the model process.

    It ends with its parent. Ctrl-C in a terminal reaches every process of the service; this one leaves it to the supervisor.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
    try:
        model = make_model()
    except (BotError, IngestError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - the last words of a process whose only channel this is
        sys.exit(exit_code(error))
    with contextlib.suppress(FileNotFoundError):
        os.unlink(address)  # noqa: PTH108 - left by a predecessor that was killed; on Windows no file at all
    with Listener(address, backlog=BACKLOG, authkey=key) as listener:
        serve(listener, Gate(model, running=1, waiting=waiting, sign=sign))


def serve(listener: Listener, gate: Gate) -> None:
    """Attend every connection in a thread of its own until the listener is closed."""
    while True:
        try:
            connection = listener.accept()
        except (AuthenticationError, EOFError, ConnectionError):
            continue
        except OSError:
            return
        threading.Thread(target=attend, args=(connection, gate), daemon=True).start()


def attend(connection: Connection[Any, Any], gate: Gate) -> None:
    """Serve one connection: a ping, or one answer from its place in the queue to its last call."""
    # Whatever ends the conversation (the worker has gone, the answer was stopped) ends with the place given up.
    with connection, contextlib.suppress(EOFError, OSError, CancelledError):
        match wire.receive(connection):
            case wire.Ping():
                wire.send(connection, wire.Ready(name=gate.ping(), depth=gate.depth))
            case wire.Enter():
                _answer(connection, gate)
            case other:
                wire.send(connection, wire.Trouble(text=f"{type(other).__name__} before Enter"))


def _answer(connection: Connection[Any, Any], gate: Gate) -> None:
    told: list[int] = []

    def tell(position: int) -> None:
        told.append(position)
        wire.send(connection, wire.Queued(position=position, name=gate.ping()))

    try:
        place = gate.enter(tell)
    except BusyError as full:
        wire.send(connection, wire.Full(text=str(full), retry_after=full.retry_after))
        return
    try:
        listening = Listening(connection)
        place.wait(listening)
        # Not before: a worker that knows its turn has come sends its first call, which must not look like a hang-up.
        if told[-1:] != [0]:
            tell(0)
        while True:
            message = wire.receive(connection)
            wire.send(connection, _work(message, place, listening))
    finally:
        place.leave()


def _work(message: wire.Wire, place: Place, cancellation: Cancellation) -> wire.Wire:
    model = place.model
    if model is None:
        return wire.Trouble(text="there is no model here")
    try:
        match message:
            case wire.Write(max_tokens=most):
                return wire.Text(text=model.write(wire.prompt_of(message), max_tokens=most, cancellation=cancellation))
            case wire.Judge():
                return wire.Probability(value=model.yes_probability(wire.prompt_of(message), cancellation=cancellation))
            case _:
                return wire.Trouble(text=f"{type(message).__name__} is not a call")
    except CancelledError:
        raise
    except BotError as error:
        return wire.Trouble(text=str(error))


class Listening(Cancellation):
    """Cancelled when the other side has closed the connection: while it waits for a reply it says nothing else."""

    def __init__(self, connection: Connection[Any, Any]) -> None:
        super().__init__()
        self._connection = connection

    def check(self) -> None:
        """See `Cancellation.check`; models call it between tokens."""
        try:
            if self._connection.poll():
                self.cancel()
        except (OSError, EOFError):
            self.cancel()
        super().check()


def end_with_parent() -> None:
    """End this process when the one that started it ends, however that ended."""
    parent = parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="parent").start()
