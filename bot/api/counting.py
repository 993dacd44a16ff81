"""The model as one answer uses it: counts what the verifier did not let through, and lets others compute meanwhile."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bot.cite import SUMMARY
from bot.prompts import load_prompt
from bot.values import Support

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Mapping

    from bot.llm import Cancellation, LanguageModel, Prompt


class Counted:
    """A `LanguageModel` that counts how often it was asked to restate a quote. One answer uses it, in one thread.

    Args:
        model: what does the work.
        computing: what the answer holds while it computes; given back while it waits for the model.
    """

    def __init__(self, model: LanguageModel, computing: threading.Semaphore) -> None:
        self._model, self._computing = model, computing
        self._restated = 0

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    def write(self, prompt: Prompt, *, max_tokens: int, cancellation: Cancellation) -> str:
        """See `LanguageModel.write`."""
        with self._elsewhere():
            written = self._model.write(prompt, max_tokens=max_tokens, cancellation=cancellation)
        self._restated += prompt.fixed == load_prompt("restate").fixed
        return written

    def yes_probability(self, prompt: Prompt, *, cancellation: Cancellation) -> float | None:
        """See `LanguageModel.yes_probability`."""
        with self._elsewhere():
            return self._model.yes_probability(prompt, cancellation=cancellation)

    @contextmanager
    def _elsewhere(self) -> Iterator[None]:
        self._computing.release()
        try:
            yield
        finally:
            self._computing.acquire()

    def close(self) -> None:
        """Nothing is owned."""

    def rejected(self, payload: Mapping[str, Any]) -> int:
        """Return how many restatements the finished answer does not show (a digest's sentences are not the model's)."""
        digests = {citation["n"] for citation in payload["citations"] if citation["role"] == SUMMARY}
        shown: int = sum(
            claim["support"] == Support.PARAPHRASE and not digests.intersection(claim["citations"])
            for claim in payload["claims"]
        )
        return max(0, self._restated - shown)
