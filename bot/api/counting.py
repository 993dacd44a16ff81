"""How many sentences the model wrote and the verifier did not let through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.cite import SUMMARY
from bot.prompts import load_prompt
from bot.values import Support

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.llm import Cancellation, LanguageModel, Prompt


class Counted:
    """A `LanguageModel` that counts how often it was asked to restate a quote. One answer uses it, in one thread."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._restated = 0

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    def write(self, prompt: Prompt, *, max_tokens: int, cancellation: Cancellation) -> str:
        """See `LanguageModel.write`."""
        written = self._model.write(prompt, max_tokens=max_tokens, cancellation=cancellation)
        self._restated += prompt.fixed == load_prompt("restate").fixed
        return written

    def yes_probability(self, prompt: Prompt, *, cancellation: Cancellation) -> float | None:
        """See `LanguageModel.yes_probability`."""
        return self._model.yes_probability(prompt, cancellation=cancellation)

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
