"""A language model under observation: how long its calls take, and whether one of them failed."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.llm import Cancellation, LanguageModel, Prompt


class Watched:
    """A `LanguageModel` that hands calls through.

    The pipeline forgives a failing model; a calibration must not take its silence for inability.

    Args:
        model: what does the work.
        now: a clock in seconds.
    """

    def __init__(self, model: LanguageModel, now: Callable[[], float] = time.monotonic) -> None:
        self._model, self._now = model, now
        self._took: defaultdict[str, list[float]] = defaultdict(list)
        self._failure: ModelError | None = None
        self.work = ""
        """What the calls are for at the moment."""

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    def write(self, prompt: Prompt, *, max_tokens: int, cancellation: Cancellation) -> str:
        """See `LanguageModel.write`."""
        with self._noted():
            return self._model.write(prompt, max_tokens=max_tokens, cancellation=cancellation)

    def yes_probability(self, prompt: Prompt, *, cancellation: Cancellation) -> float | None:
        """See `LanguageModel.yes_probability`."""
        with self._noted():
            return self._model.yes_probability(prompt, cancellation=cancellation)

    def close(self) -> None:
        """Free the model."""
        self._model.close()

    def check(self) -> None:
        """Stop where a call has failed since.

        Raises:
            ModelError: what it failed with.
        """
        if self._failure:
            raise self._failure

    def usual_seconds(self) -> dict[str, float]:
        """Return the median duration of a call, by kind of work."""
        return {work: statistics.median(took) for work, took in self._took.items()}

    @contextmanager
    def _noted(self) -> Iterator[None]:
        began = self._now()
        try:
            yield
        except ModelError as error:
            self._failure = error
            raise
        self._took[self.work].append(self._now() - began)
