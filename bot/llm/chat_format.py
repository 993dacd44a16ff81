"""Turn chat messages into the text a local model was trained to continue.

The templates stored in GGUF files are programs (Jinja), and running a stranger's program is a known way into a host
(CVE-2024-34359): only the formats written here are used. Text inside a turn cannot end the turn: what looks like a
control token in a quote or a question is broken up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.llm import Message

_CONTROL = re.compile(r"<(?=[^\s<>]{1,40}>)|\[(?=/?[A-Z_]{2,20}\])")
"""The first character of what tokenizers may take for a control token: <|im_end|>, </s>, <end_of_turn>, [INST]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatFormat:
    """How turns are written down, and which strings end the model's turn."""

    name: str
    render: Callable[[Sequence[Message]], str]
    """Messages to text, without the opening of the reply."""
    opening: str
    """What comes before the reply."""
    stop: tuple[str, ...]
    bos: bool = True
    """Whether the text begins with the tokenizer's begin-of-sequence token."""
    knows_turns: bool = True
    """False for base models, which continue examples instead of following instructions."""


def _plain(content: str) -> str:
    return _CONTROL.sub(lambda found: f"{found.group()} ", content)


def _chatml(messages: Sequence[Message]) -> str:
    return "".join(f"<|im_start|>{message.role}\n{_plain(message.content)}<|im_end|>\n" for message in messages)


def _llama3(messages: Sequence[Message]) -> str:
    turns = (f"<|start_header_id|>{each.role}<|end_header_id|>\n\n{_plain(each.content)}<|eot_id|>" for each in messages)
    return "".join(turns)


def _phi(messages: Sequence[Message]) -> str:
    return "".join(f"<|{message.role}|>\n{_plain(message.content)}<|end|>\n" for message in messages)


def _zephyr(messages: Sequence[Message]) -> str:
    return "".join(f"<|{message.role}|>\n{_plain(message.content)}</s>\n" for message in messages)


def _gemma(messages: Sequence[Message]) -> str:
    roles = {"user": "user", "assistant": "model"}
    return "".join(
        f"<start_of_turn>{roles[role]}\n{_plain(content)}<end_of_turn>\n" for role, content in _without_system(messages)
    )


def _mistral(messages: Sequence[Message]) -> str:
    turns = {"user": "[INST] {}[/INST]", "assistant": " {}</s>"}
    return "".join(turns[role].format(_plain(content)) for role, content in _without_system(messages))


def _completion(messages: Sequence[Message]) -> str:
    """Few-shot text for base models that know no turns: the system text, then input and output pairs."""
    labels = {"system": "", "user": "Input: ", "assistant": "Output: "}
    return "".join(f"{labels[message.role]}{_plain(message.content)}\n\n" for message in messages)


def _without_system(messages: Sequence[Message]) -> list[tuple[str, str]]:
    """Return roles and contents with what the system says put before the first turn, for models without such a role."""
    system = [message.content for message in takewhile(lambda each: each.role == "system", messages)]
    turns = [(message.role, message.content) for message in messages[len(system) :]] or [("user", "")]
    (role, content), *others = turns
    return [(role, "\n\n".join((*system, content))), *others]


CHATML = ChatFormat(
    name="chatml", render=_chatml, opening="<|im_start|>assistant\n", stop=("<|im_end|>", "<|im_start|>"), bos=False
)
LLAMA3 = ChatFormat(
    name="llama3", render=_llama3, opening="<|start_header_id|>assistant<|end_header_id|>\n\n", stop=("<|eot_id|>",)
)
GEMMA = ChatFormat(name="gemma", render=_gemma, opening="<start_of_turn>model\n", stop=("<end_of_turn>", "<start_of_turn>"))
PHI = ChatFormat(name="phi", render=_phi, opening="<|assistant|>\n", stop=("<|end|>", "<|user|>"))
ZEPHYR = ChatFormat(name="zephyr", render=_zephyr, opening="<|assistant|>\n", stop=("</s>", "<|user|>"))
MISTRAL = ChatFormat(name="mistral", render=_mistral, opening="", stop=("</s>", "[INST]"))
COMPLETION = ChatFormat(name="completion", render=_completion, opening="Output:", stop=("\n",), knows_turns=False)
_BY_MARK = (
    ("<|im_start|>", CHATML),
    ("<|start_header_id|>", LLAMA3),
    ("<start_of_turn>", GEMMA),
    ("<|end|>", PHI),
    ("<|user|>", ZEPHYR),
    ("[INST]", MISTRAL),
)


def choose(template: str | None) -> ChatFormat:
    """Return the format that a model's own `tokenizer.chat_template` belongs to; base models get few-shot completion."""
    return next((known for mark, known in _BY_MARK if template and mark in template), COMPLETION)
