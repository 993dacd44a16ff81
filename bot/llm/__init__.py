"""Language models behind one small protocol: write a short text, or say how likely "Yes" is.

A model never sees more than one quote at a time and never writes a link, a citation or markup that reaches the reader:
everything it writes passes the verifier first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from bot.llm.cancellation import Cancellation

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Cancellation", "LanguageModel", "Message", "Prompt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a chat prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt in two parts: what is the same every time (kept in the KV cache) and what is asked now."""

    fixed: tuple[Message, ...]
    asked: str
    shots: tuple[Message, ...] = ()
    """Further examples, for models that continue examples and follow no instructions; the others do better without."""

    def messages(self, *, shots: bool = False) -> Sequence[Message]:
        """Return the whole conversation, the asked part as the last user turn."""
        return (*self.opening(shots=shots), Message(role="user", content=self.asked))

    def opening(self, *, shots: bool = False) -> Sequence[Message]:
        """Return what is the same every time."""
        return (*self.fixed, *self.shots) if shots else self.fixed


class LanguageModel(Protocol):
    """What the pipeline needs of a model. One call runs at a time; `bot.llm.queue.OneAtATime` sees to that."""

    @property
    def name(self) -> str:
        """Name for people and for the answer's `models` field."""
        ...

    def write(self, prompt: Prompt, *, max_tokens: int, cancellation: Cancellation) -> str:
        """Return the model's reply, greedy, cut at the end of its turn or after `max_tokens`.

        Raises:
            CancelledError: `cancellation` was set; the model stopped at the next token.
            ModelError: the model cannot be reached.
        """
        ...

    def yes_probability(self, prompt: Prompt, *, cancellation: Cancellation) -> float | None:
        """Return P("Yes") / (P("Yes") + P("No")) for the reply's first token, or None where the model cannot tell."""
        ...

    def close(self) -> None:
        """Free the model's memory."""
        ...
