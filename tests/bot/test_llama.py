"""The local model's own logic, over a `Llama` that writes what it was told: one token is one character."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bot.errors import CancelledError, ModelError
from bot.llm import Cancellation, Message, Prompt
from bot.llm.chat_format import CHATML, COMPLETION, ChatFormat
from bot.llm.llama import CONTEXT_TOKENS, LlamaModel
from bot.llm.prefix_cache import WORTH_SAVING_TOKENS, PrefixCache

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

PROMPT = Prompt(fixed=(Message(role="system", content="x" * WORTH_SAVING_TOKENS),), asked="Why?")
END = 0
YES, NO = 1_000_001, 1_000_002


class FakeLlama:
    """As much of `llama_cpp.Llama` as the code touches."""

    def __init__(self, reply: str = "", logits: dict[int, float] | None = None) -> None:
        self.reply, self.logits = reply, logits or {}
        self.input_ids = np.zeros(CONTEXT_TOKENS, np.intc)
        self.n_tokens = 0
        self.evaluated: list[int] = []
        self.closed = False
        self._ctx = self

    @property
    def _input_ids(self) -> Any:
        return self.input_ids[: self.n_tokens]

    def tokenize(self, text: bytes, *, add_bos: bool, special: bool) -> list[int]:
        """Return one token a character; "Yes" and "No" are one token where nothing special is asked for."""
        del add_bos
        words = {b"Yes": [YES], b"No": [NO]}
        return words.get(text, [ord(character) for character in text.decode()]) if not special else [*text]

    def detokenize(self, tokens: Sequence[int], *, special: bool) -> bytes:
        """Return the characters."""
        del special
        return "".join(map(chr, tokens)).encode()

    def token_eos(self) -> int:
        """Return the token that ends a turn."""
        return END

    def generate(self, tokens: Sequence[int], **_: object) -> Iterator[int]:
        """Yield the scripted reply."""
        self.eval(tokens)
        yield from map(ord, self.reply)
        yield END

    def longest_token_prefix(self, first: Sequence[int], second: Sequence[int]) -> int:
        """Return how many tokens two lists begin with in common."""
        return next((n for n, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second)))

    def eval(self, tokens: Sequence[int]) -> None:
        """Note what had to be computed."""
        self.evaluated.append(len(tokens))
        self.input_ids[self.n_tokens : self.n_tokens + len(tokens)] = tokens
        self.n_tokens += len(tokens)

    def reset(self) -> None:
        """Forget everything."""
        self.n_tokens = 0

    def get_logits_ith(self, position: int) -> dict[int, float]:
        """Return the logits after the prompt."""
        assert position == -1
        return self.logits

    def close(self) -> None:
        """Note it."""
        self.closed = True


def over(llama: FakeLlama, chat: ChatFormat = CHATML) -> LlamaModel:
    """Return the model over a fake, without caching on disk."""
    model = LlamaModel.__new__(LlamaModel)
    model._llama, model._format, model._name = llama, chat, "fake"
    model._prefixes = PrefixCache(llama, None, "fake")
    return model


def write(reply: str, *, chat: ChatFormat = CHATML, max_tokens: int = 99) -> str:
    """Have the fake write."""
    return over(FakeLlama(reply), chat).write(PROMPT, max_tokens=max_tokens, cancellation=Cancellation())


def test_a_reply_ends_with_its_turn() -> None:
    """Words up to the end token are the reply; marks of the format are not, nor is anything after them."""
    assert write(" It works. ") == "It works."
    assert write("It works.<|im_end|>\n<|im_start|>user") == "It works."
    assert write(" A line.\nInput: more", chat=COMPLETION) == "A line."
    assert write("\n A line.\nInput: more", chat=COMPLETION) == "A line."


def test_a_reply_has_a_longest_length() -> None:
    """No more tokens than allowed."""
    assert write("abcdef", max_tokens=3) == "abc"


def test_cancellation_between_tokens() -> None:
    """A cancelled generation stops at its next token."""
    cancellation = Cancellation()
    cancellation.cancel()
    assert cancellation.cancelled
    with pytest.raises(CancelledError):
        over(FakeLlama("x")).write(PROMPT, max_tokens=9, cancellation=cancellation)
    with pytest.raises(CancelledError):
        over(FakeLlama("x")).yes_probability(PROMPT, cancellation=cancellation)


@pytest.mark.parametrize(
    ("yes", "no", "expected"), [(0.0, 0.0, 0.5), (2.0, 0.0, 0.881), (-900.0, 900.0, 0.0), (900.0, 0.0, 1.0)]
)
def test_yes_against_no(yes: float, no: float, expected: float) -> None:
    """The two logits become a probability, whatever their size."""
    found = over(FakeLlama(logits={YES: yes, NO: no})).yes_probability(PROMPT, cancellation=Cancellation())
    assert found == pytest.approx(expected, abs=1e-3)


def test_what_is_known_is_not_computed_again() -> None:
    """The second judgement on the same prompt evaluates only its last token."""
    llama = FakeLlama(logits={YES: 0.0, NO: 0.0})
    model = over(llama)
    for _ in range(2):
        model.yes_probability(PROMPT, cancellation=Cancellation())
    assert llama.evaluated[1] == 1


def test_name_kind_and_close() -> None:
    """A model says what it is and frees its memory."""
    llama = FakeLlama()
    model = over(llama, COMPLETION)
    assert (model.name, model.is_instruct, over(llama).is_instruct) == ("fake", False, True)
    model.close()
    assert llama.closed


def test_short_prefixes_are_not_worth_a_file(tmp_path: Path) -> None:
    """A prefix of a few tokens is computed, not saved; nor is anything without a place for it."""
    llama = FakeLlama()
    PrefixCache(llama, tmp_path, "x").restore([1, 2, 3], [1, 2, 3, 4])
    PrefixCache(llama, None, "x").restore(range(99), range(100))
    assert llama.evaluated == []
    assert list(tmp_path.iterdir()) == []


def test_a_prefix_in_memory_is_used_as_it_is(tmp_path: Path) -> None:
    """When the model already holds the prefix nothing is read or written."""
    llama = FakeLlama()
    llama.eval(range(100))
    PrefixCache(llama, tmp_path, "x").restore(list(range(90)), [*range(90), 7])
    assert llama.evaluated == [100]
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_model(tmp_path: Path) -> None:
    """A damaged file is one line that says what to do."""
    pytest.importorskip("llama_cpp")
    (tmp_path / "bad.gguf").write_bytes(b"invented, and no model")
    with pytest.raises(ModelError, match="choose another"):
        LlamaModel(tmp_path / "bad.gguf", name="bad")


def test_only_base_models_get_further_examples() -> None:
    """A model that knows turns reads the prompt as it is; one that continues examples reads the shots too."""
    shots = (Message(role="user", content="Because?"), Message(role="assistant", content="Yes"))
    prompt = Prompt(fixed=PROMPT.fixed, asked=PROMPT.asked, shots=shots)
    read = {}
    for chat in (CHATML, COMPLETION):
        llama = FakeLlama("ok")
        over(llama, chat).write(prompt, max_tokens=3, cancellation=Cancellation())
        read[chat.name] = "".join(map(chr, llama._input_ids))
    assert "Because?" not in read["chatml"]
    assert "Input: Because?\n\nOutput: Yes\n\nInput: Why?" in read["completion"]
