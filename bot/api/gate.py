"""A bounded first-come-first-served queue of whole answers in front of a language model."""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING, Protocol

from bot.api.errors import BusyError
from bot.api.full_sign import FullSign

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.llm import Cancellation, LanguageModel, Prompt


POLL_SECONDS = 0.05
FIRST_GUESS_SECONDS = 5
LONGEST_RETRY_SECONDS = 60
FULL = "as many questions as may wait are waiting; ask again in a moment"
_MEMORY = 0.8
"""How much the running mean of an answer's seconds keeps of its past at each answer."""


class Place(Protocol):
    """A place in the queue, held from admission to the end of the answer."""

    @property
    def position(self) -> int:
        """How many answers are ahead; 0 when work may begin."""
        ...

    @property
    def model(self) -> LanguageModel | None:
        """The model as this answer may use it: its first call waits for the turn. None where there is no model."""
        ...

    def wait(self, cancellation: Cancellation) -> None:
        """Return when it is this answer's turn.

        Raises:
            CancelledError: the answer was stopped while it waited.
            ModelLostError: the model process died.
        """
        ...

    def leave(self) -> None:
        """Give the place up; harmless when repeated."""
        ...


class Door(Protocol):
    """What an answer has to pass before it may use the model."""

    def enter(self, report: Callable[[int], None]) -> Place:
        """Return a place in the queue at once.

        Raises:
            BusyError: the queue is full.
            ModelLostError: the model process cannot be reached.
        """
        ...

    def look(self) -> None:
        """Return at once, without asking any other process, where there may be a place.

        Raises:
            BusyError: the queue is full.
        """
        ...

    def ping(self) -> str:
        """Return the name of the model, or "none".

        Raises:
            ModelLostError: the model process cannot be reached.
        """
        ...

    @property
    def depth(self) -> int:
        """How many answers hold a place now, as far as this process knows."""
        ...

    @property
    def places(self) -> int:
        """How many answers may hold a place at the same time."""
        ...

    @property
    def near(self) -> bool:
        """Tell whether `enter` only looks at this process's memory, so that the event loop may call it."""
        ...


class Gate:
    """The queue itself, in the process that owns the model.

    Args:
        model: what the answers share; None for answers of exact quotes.
        running: how many may work at once.
        waiting: how many more may wait.
        sign: kept up while there is no place.
    """

    def __init__(
        self, model: LanguageModel | None, *, running: int = 1, waiting: int = 16, sign: FullSign | None = None
    ) -> None:
        self._model, self._running, self._waiting = model, running, waiting
        self._sign = sign or FullSign()
        self._sign.take_down()
        self._changed = threading.Condition()
        self._places: list[_LocalPlace] = []
        self._mean = float(FIRST_GUESS_SECONDS)

    def enter(self, report: Callable[[int], None]) -> Place:
        """See `Door.enter`."""
        with self._changed:
            if self._full():
                raise BusyError(FULL, retry_after=self._retry_after())
            place = _LocalPlace(self, self._model, report)
            self._places.append(place)
            self._hang_sign()
        return place

    def look(self) -> None:
        """See `Door.look`."""
        if seconds := self._sign.retry_after:
            raise BusyError(FULL, retry_after=seconds)

    def ping(self) -> str:
        """See `Door.ping`."""
        return self._model.name if self._model else "none"

    @property
    def depth(self) -> int:
        """See `Door.depth`."""
        return len(self._places)

    @property
    def places(self) -> int:
        """See `Door.places`."""
        return self._running + self._waiting

    @property
    def near(self) -> bool:
        """See `Door.near`."""
        return True

    def position(self, place: _LocalPlace) -> int:
        """Return how many answers are ahead of `place`; 0 for one that has left."""
        try:
            return max(0, self._places.index(place) - self._running + 1)
        except ValueError:
            return 0

    def wait(self, place: _LocalPlace, cancellation: Cancellation) -> None:
        """Return when `place` may work, having reported every change of its position."""
        told: int | None = None
        while True:
            cancellation.check()
            with self._changed:
                position = self.position(place)
                if position == told:
                    self._changed.wait(POLL_SECONDS)
                    position = self.position(place)
            if position != told and (told is not None or position):
                place.report(position)
            if not position:
                return
            told = position

    def leave(self, place: _LocalPlace, seconds: float) -> None:
        """Take `place` out of the queue."""
        with self._changed:
            if place in self._places:
                if self.position(place) == 0:
                    self._mean = _MEMORY * self._mean + (1 - _MEMORY) * seconds
                self._places.remove(place)
                self._hang_sign()
                self._changed.notify_all()

    def _full(self) -> bool:
        return len(self._places) >= self.places

    def _hang_sign(self) -> None:
        if self._full():
            self._sign.put_up(self._retry_after())
        else:
            self._sign.take_down()

    def _retry_after(self) -> int:
        expected = self._mean * len(self._places) / self._running
        return min(LONGEST_RETRY_SECONDS, max(1, math.ceil(expected)))


class _LocalPlace:
    """A place in a `Gate` of this process."""

    def __init__(self, gate: Gate, model: LanguageModel | None, report: Callable[[int], None]) -> None:
        self._gate = gate
        self._model = InTurn(model, self) if model else None
        self.report = report
        self._began = time.monotonic()
        self._mine = False

    @property
    def position(self) -> int:
        return self._gate.position(self)

    @property
    def model(self) -> LanguageModel | None:
        return self._model

    def wait(self, cancellation: Cancellation) -> None:
        if not self._mine:
            self._gate.wait(self, cancellation)
            self._mine, self._began = True, time.monotonic()

    def leave(self) -> None:
        self._gate.leave(self, time.monotonic() - self._began)


class InTurn:
    """A `LanguageModel` whose calls wait for the turn of the answer that makes them."""

    def __init__(self, model: LanguageModel, place: Place) -> None:
        self._model, self._place = model, place

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    def write(self, prompt: Prompt, *, max_tokens: int, cancellation: Cancellation) -> str:
        """See `LanguageModel.write`."""
        self._place.wait(cancellation)
        return self._model.write(prompt, max_tokens=max_tokens, cancellation=cancellation)

    def yes_probability(self, prompt: Prompt, *, cancellation: Cancellation) -> float | None:
        """See `LanguageModel.yes_probability`."""
        self._place.wait(cancellation)
        return self._model.yes_probability(prompt, cancellation=cancellation)

    def close(self) -> None:
        """Nothing is owned: the gate's owner frees the model."""
