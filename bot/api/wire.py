"""The protocol between web workers and the model process: JSON messages over a local connection, one connection an answer.

worker                      model process
Ping                     →  Ready
Enter                    →  Queued(position), again at every change, until position 0; or Full
Write, Judge (in turn)   →  Text, Probability; or Trouble
closing the connection   →  gives the place up and stops the running call at its next token
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from bot.llm import Message, Prompt

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.connection import Connection

MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """Is anybody there?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """The model is loaded."""

    name: str
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Enter:
    """An answer asks for a place in the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """How many answers are ahead; 0: it is your turn."""

    position: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Full:
    """There is no place left."""

    text: str
    retry_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """Write a reply."""

    fixed: tuple[dict[str, str], ...]
    asked: str
    max_tokens: int
    shots: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Say how likely "Yes" is."""

    fixed: tuple[dict[str, str], ...]
    asked: str
    shots: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What the model wrote."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Probability:
    """How likely "Yes" is."""

    value: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """The model could not do it."""

    text: str


Wire = Ping | Ready | Enter | Queued | Full | Write | Judge | Text | Probability | Trouble
_TYPES: dict[str, Any] = {kind.__name__: kind for kind in Wire.__args__}


def send(connection: Connection[Any, Any], message: Wire) -> None:
    """Send one message.

    Raises:
        OSError: the other side is gone.
    """
    connection.send_bytes(json.dumps({"type": type(message).__name__, **asdict(message)}).encode())


def receive(connection: Connection[Any, Any]) -> Wire:
    """Wait for one message.

    Raises:
        EOFError: the other side closed the connection.
        OSError: the connection broke, or the message is longer than any of this protocol.
    """
    fields = json.loads(connection.recv_bytes(MOST_BYTES))
    message: Wire = _TYPES[fields.pop("type")](**fields)
    return message


def turns(messages: Sequence[Message]) -> tuple[dict[str, str], ...]:
    """Return turns of a prompt as plain values."""
    return tuple({"role": message.role, "content": message.content} for message in messages)


def prompt_of(message: Write | Judge) -> Prompt:
    """Return the prompt that a message carries."""
    fixed, shots = (tuple(Message(**turn) for turn in part) for part in (message.fixed, message.shots))  # type: ignore[arg-type]
    return Prompt(fixed=fixed, asked=message.asked, shots=shots)
