"""A language model that says what a test told it to, and remembers what it was asked."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeVar

from bot.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.llm import Cancellation, Prompt

Reply = str | Exception
Probability = float | Exception | None
Value = TypeVar("Value")


class ScriptedModel:
    """A `bot.llm.LanguageModel` without a model.

    Args:
        replies: what `write` returns, in turn; an exception is raised instead. A function is called with each prompt.
        yes: what `yes_probability` returns, in turn, or a function of the prompt. None of either refuses the call.
        name: the model's name.
    """

    def __init__(
        self,
        replies: Iterable[Reply] | Callable[[Prompt], str] = (),
        *,
        yes: Iterable[Probability] | Callable[[Prompt], float | None] = (),
        name: str = "scripted",
    ) -> None:
        self._write = replies if callable(replies) else None
        self._replies: deque[Reply] = deque() if callable(replies) else deque(replies)
        self._judge = yes if callable(yes) else None
        self._probabilities: deque[Probability] = deque() if callable(yes) else deque(yes)
        self._name = name
        self.prompts: list[Prompt] = []
        """Every prompt given to `write`, in order."""
        self.judged: list[Prompt] = []
        """Every prompt given to `yes_probability`, in order."""
        self.closed = False

    @property
    def name(self) -> str:
        """The model's name."""
        return self._name

    def write(self, prompt: Prompt, *, max_tokens: int, cancellation: Cancellation) -> str:
        """Return the next reply.

        Raises:
            AssertionError: the script is over.
        """
        cancellation.check()
        self.prompts.append(prompt)
        if self._write:
            return self._write(prompt)
        if not self._replies:
            raise AssertionError(f"nothing is scripted to write at most {max_tokens} tokens for: {prompt.asked}")
        return _given(self._replies.popleft())

    def yes_probability(self, prompt: Prompt, *, cancellation: Cancellation) -> float | None:
        """Return the next probability.

        Raises:
            AssertionError: the script is over.
        """
        cancellation.check()
        self.judged.append(prompt)
        if self._judge:
            return self._judge(prompt)
        if not self._probabilities:
            raise AssertionError(f"no probability is scripted for: {prompt.asked}")
        return _given(self._probabilities.popleft())

    def close(self) -> None:
        """Remember that the model was freed."""
        self.closed = True


def _given(value: Value | Exception) -> Value:
    """Return a scripted value, or raise a scripted error."""
    if isinstance(value, Exception):
        raise value
    return value


class UnhurriedPace(Pace):
    """A pace whose clock stands still: what an answer has time for does not depend on how busy the machine is."""

    def now(self) -> float:
        """Return the same moment always."""
        return 0.0
