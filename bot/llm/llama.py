"""A GGUF file run in this process by llama.cpp (through llama-cpp-python)."""

from __future__ import annotations

import hashlib
import math
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bot.errors import ModelError
from bot.llm.chat_format import ChatFormat, choose
from bot.llm.prefix_cache import PrefixCache

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bot.llm import Cancellation, Prompt

CONTEXT_TOKENS = 2048
"""Prompts hold one quote each and stay far below this."""


class LlamaModel:
    """One `Llama` object: one generation at a time, the fixed part of each prompt kept as a saved KV state.

    Args:
        path: the GGUF file.
        name: what people call the model.
        cache_dir: where states of fixed prompt prefixes are kept between runs; None keeps none.
        threads: how many cores to use; None for all.

    Raises:
        ModelError: llama-cpp-python is not installed, or the file is not a model it can run.
    """

    def __init__(self, path: Path, *, name: str, cache_dir: Path | None = None, threads: int | None = None) -> None:
        llama_cpp = _library()
        self._name = name
        try:
            with plain_buffers(llama_cpp):
                self._llama: Any = llama_cpp.Llama(
                    str(path),
                    n_ctx=CONTEXT_TOKENS,
                    n_batch=256,
                    n_threads=threads or _cores(),
                    n_threads_batch=threads or _cores(),
                    verbose=False,
                    seed=0,
                )
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"{path} is not a model that llama.cpp can load ({error}); choose another with --llm") from error
        metadata: dict[str, str] = self._llama.metadata
        self._format: ChatFormat = choose(metadata.get("tokenizer.chat_template"))
        identity = f"{path.name}:{path.stat().st_size}:{llama_cpp.__version__}:{CONTEXT_TOKENS}"
        self._prefixes = PrefixCache(self._llama, cache_dir, hashlib.sha256(identity.encode()).hexdigest())

    @property
    def name(self) -> str:
        """The model's name."""
        return self._name

    @property
    def is_instruct(self) -> bool:
        """Tell whether the model knows chat turns; a base model continues few-shot examples instead."""
        return self._format.knows_turns

    def write(self, prompt: Prompt, *, max_tokens: int, cancellation: Cancellation) -> str:
        """See `LanguageModel.write`; greedy decoding, so that the same question gets the same answer."""
        tokens = self._prepare(prompt)
        end = self._llama.token_eos()
        written: list[int] = []
        for token in self._llama.generate(tokens, temp=0.0, top_k=1, repeat_penalty=1.0):
            cancellation.check()
            if token == end or len(written) >= max_tokens:
                break
            written.append(token)
            text = self._text(written).lstrip()
            if any(stop in text for stop in self._format.stop):
                break
        return self._cut(self._text(written))

    def yes_probability(self, prompt: Prompt, *, cancellation: Cancellation) -> float | None:
        """See `LanguageModel.yes_probability`; reads the two logits after the prompt, nothing is sampled."""
        cancellation.check()
        tokens = self._prepare(prompt)
        self._evaluate(tokens)
        logits = self._llama._ctx.get_logits_ith(-1)  # noqa: SLF001 - the public API reaches logits only with logits_all
        yes, no = (max(logits[token] for token in self._spellings(word)) for word in ("Yes", "No"))
        return 1.0 / (1.0 + math.exp(min(60.0, max(-60.0, no - yes))))

    def close(self) -> None:
        """Free the model's memory."""
        self._llama.close()

    def _prepare(self, prompt: Prompt) -> list[int]:
        """Tokenise, and bring the KV cache to the longest known prefix of the prompt."""
        shots = not self._format.knows_turns
        whole = self._format.render(prompt.messages(shots=shots)) + self._format.opening
        fixed = self._tokens(self._format.render(prompt.opening(shots=shots)))
        tokens = self._tokens(whole)
        self._prefixes.restore(fixed, tokens)
        return tokens

    def _evaluate(self, tokens: Sequence[int]) -> None:
        known = self._llama.longest_token_prefix(self._llama._input_ids.tolist(), list(tokens))  # noqa: SLF001
        known = min(known, len(tokens) - 1)
        self._llama.n_tokens = known
        self._llama.eval(list(tokens[known:]))

    def _tokens(self, text: str) -> list[int]:
        tokens: list[int] = self._llama.tokenize(text.encode(), add_bos=self._format.bos, special=True)
        return tokens

    def _text(self, tokens: Sequence[int]) -> str:
        raw: bytes = self._llama.detokenize(list(tokens), special=True)
        return raw.decode(errors="ignore")

    def _cut(self, text: str) -> str:
        text = text.strip()
        for stop in self._format.stop:
            text = text.split(stop, 1)[0]
        return text.strip()

    def _spellings(self, word: str) -> list[int]:
        spellings = [self._tokens_of(form) for form in (word, f" {word}", word.lower())]
        return [tokens[0] for tokens in spellings if len(tokens) == 1]

    def _tokens_of(self, word: str) -> list[int]:
        tokens: list[int] = self._llama.tokenize(word.encode(), add_bos=False, special=False)
        return tokens


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def plain_buffers(llama_cpp: Any) -> Iterator[None]:  # noqa: ANN401 - llama_cpp ships no types
    """Load the weights as they lie in the file: no AMX buffers, no repacked copy.

    ggml's AMX kernels fault inside some virtual machines that announce AMX, which kills the process without a message (seen
    with llama-cpp-python 0.3.36 on a Sapphire Rapids guest). Repacked weights cost 0.6 GB and were slower than plain ones where
    both were measured (docs/adr/0003). `Llama` takes no parameter for it, so the defaults it reads are changed while it loads.
    """
    modules = (llama_cpp, llama_cpp.llama_cpp)
    original = llama_cpp.llama_model_default_params

    def without_extra_buffers() -> Any:  # noqa: ANN401
        parameters = original()
        parameters.use_extra_bufts = False
        return parameters

    for module in modules:
        module.llama_model_default_params = without_extra_buffers
    try:
        yield
    finally:
        for module in modules:
            module.llama_model_default_params = original


def _library() -> Any:  # noqa: ANN401 - llama_cpp ships no types
    # Threads that spin at a barrier halve the speed once anything else wants a core (measured: 4.3 against 10.7 tokens/s).
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        import llama_cpp  # noqa: PLC0415 - 0.3 s that only a run with a local model should pay
    except ImportError as error:
        raise ModelError("llama-cpp-python is not installed; run: pip install llama-cpp-python, or use --llm none") from error
    return llama_cpp
