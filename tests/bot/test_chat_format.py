"""Chat turns as the text that models were trained on; templates from files are never run."""

from __future__ import annotations

from bot.llm import Message
from bot.llm.chat_format import CHATML, COMPLETION, choose

TURNS = (
    Message(role="system", content="Be brief."),
    Message(role="user", content="Hello?"),
    Message(role="assistant", content="Yes."),
)


def test_chatml() -> None:
    """ChatML marks each turn with its role."""
    assert CHATML.render(TURNS) == (
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHello?<|im_end|>\n<|im_start|>assistant\nYes.<|im_end|>\n"
    )


def test_completion() -> None:
    """A base model gets pairs of input and output to continue."""
    assert COMPLETION.render(TURNS) == "Be brief.\n\nInput: Hello?\n\nOutput: Yes.\n\n"


def test_the_format_is_chosen_not_run() -> None:
    """A template only tells which of our own formats fits; one that is a program, or none at all, gets completion."""
    assert choose("{% for m in messages %}<|im_start|>{{ m }}{% endfor %}") is CHATML
    assert choose("{{ cycler.__init__.__globals__.os.system('x') }}") is COMPLETION
    assert choose(None) is COMPLETION
