"""Turn chat messages into the text a local model was trained to continue.

The templates stored in GGUF files are programs (Jinja), and running a stranger's program is a known way into a host
(CVE-2024-34359): only the formats written here are used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.llm import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatFormat:
    """How turns are written down, and which strings end the model's turn."""

    name: str
    render: Callable[[Sequence[Message]], str]
    """Messages to text, without the opening of the reply."""
    opening: str
    """What comes before the reply."""
    stop: tuple[str, ...]


def _chatml(messages: Sequence[Message]) -> str:
    return "".join(f"<|im_start|>{message.role}\n{message.content}<|im_end|>\n" for message in messages)


def _completion(messages: Sequence[Message]) -> str:
    """Few-shot text for base models that know no turns: the system text, then input and output pairs."""
    labels = {"system": "", "user": "Input: ", "assistant": "Output: "}
    return "".join(f"{labels[message.role]}{message.content}\n\n" for message in messages)


CHATML = ChatFormat(name="chatml", render=_chatml, opening="<|im_start|>assistant\n", stop=("<|im_end|>", "<|im_start|>"))
COMPLETION = ChatFormat(name="completion", render=_completion, opening="Output:", stop=("\n",))


def choose(template: str | None) -> ChatFormat:
    """Return the format that a model's own `tokenizer.chat_template` belongs to; base models get few-shot completion."""
    return CHATML if template and "<|im_start|>" in template else COMPLETION
