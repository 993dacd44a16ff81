"""One generation at a time, with a bounded queue in front of it."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.errors import ModelBusyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.llm import Cancellation, LanguageModel, Prompt

POLL_SECONDS = 0.05


class OneAtATime:
    """A `LanguageModel` that lets one call through at a time and refuses when too many wait.

    Args:
        model: what does the work; it is not safe to be called twice at once.
        waiting: how many calls may wait; the next is refused at once.
    """

    def __init__(self, model: LanguageModel, *, waiting: int = 16) -> None:
        self._model = model
        self._turn = threading.Lock()
        self._places = threading.BoundedSemaphore(waiting + 1)

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    def write(self, prompt: Prompt, *, max_tokens: int, cancellation: Cancellation) -> str:
        """See `LanguageModel.write`.

        Raises:
            ModelBusyError: the queue is full.
        """
        with self._my_turn(cancellation):
            return self._model.write(prompt, max_tokens=max_tokens, cancellation=cancellation)

    def yes_probability(self, prompt: Prompt, *, cancellation: Cancellation) -> float | None:
        """See `LanguageModel.yes_probability`.

        Raises:
            ModelBusyError: the queue is full.
        """
        with self._my_turn(cancellation):
            return self._model.yes_probability(prompt, cancellation=cancellation)

    def close(self) -> None:
        """Free the model once the running call is over."""
        with self._turn:
            self._model.close()

    @contextmanager
    def _my_turn(self, cancellation: Cancellation) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise ModelBusyError("too many questions are waiting for the model; ask again in a moment")
        try:
            while not self._turn.acquire(timeout=POLL_SECONDS):
                cancellation.check()
            try:
                yield
            finally:
                self._turn.release()
        finally:
            self._places.release()
