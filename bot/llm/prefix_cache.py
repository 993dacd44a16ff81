"""Saved KV states of fixed prompt prefixes, so that a few-shot prompt is evaluated once and not once a question.

`Llama.generate` reuses the longest common prefix of the previous call; two prompts in turn (judge, restate) would evict each
other. Here each fixed prefix is written once by llama.cpp's own `llama_state_seq_save_file` and read back in milliseconds, in
this process and in the next.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

WORTH_SAVING_TOKENS = 32


class PrefixCache:
    """KV states of prompt prefixes for one `Llama` object.

    Args:
        llama: the model.
        directory: where state files live; None keeps no states.
        identity: changes whenever states of another model, library or context size must not be used.
    """

    def __init__(self, llama: Any, directory: Path | None, identity: str) -> None:  # noqa: ANN401 - llama_cpp ships no types
        self._llama = llama
        self._directory = directory
        self._identity = identity

    def restore(self, fixed: Sequence[int], tokens: Sequence[int]) -> None:
        """Bring the KV cache to hold the prefix `fixed` of `tokens`, unless more than that is there already."""
        shared = _common_prefix(fixed, tokens)
        if self._directory is None or shared < WORTH_SAVING_TOKENS or self._held(tokens) >= shared:
            return
        prefix = list(tokens[:shared])
        path = self._path(self._directory, prefix)
        if not self._load(path, prefix):
            self._llama.reset()
            self._llama.eval(prefix)
            self._save(path, prefix)

    def _held(self, tokens: Sequence[int]) -> int:
        return _common_prefix(self._llama._input_ids.tolist(), tokens)  # noqa: SLF001 - no public reader

    def _path(self, directory: Path, prefix: Sequence[int]) -> Path:
        digest = hashlib.sha256(f"{self._identity}:{list(prefix)}".encode()).hexdigest()[:24]
        return directory / f"prefix-{digest}.kv"

    def _load(self, path: Path, prefix: list[int]) -> bool:
        import llama_cpp  # noqa: PLC0415

        if not path.is_file():
            return False
        held = (llama_cpp.llama_token * len(prefix))()
        count = ctypes.c_size_t(0)
        self._llama.reset()
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self._llama.ctx), True)
        read = llama_cpp.llama_state_seq_load_file(
            self._llama.ctx, os.fsencode(path), 0, held, len(prefix), ctypes.byref(count)
        )
        if not read or list(held[: count.value]) != prefix:
            self._llama.reset()
            llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self._llama.ctx), True)
            return False
        self._llama.input_ids[: len(prefix)] = prefix
        self._llama.n_tokens = len(prefix)
        self._llama._requires_eval = True  # noqa: SLF001 - what Llama.load_state does too
        return True

    def _save(self, path: Path, prefix: list[int]) -> None:
        import llama_cpp  # noqa: PLC0415

        aside = path.with_name(f"{path.name}.{os.getpid()}")
        array = (llama_cpp.llama_token * len(prefix))(*prefix)
        with contextlib.suppress(OSError):  # a folder that cannot be written costs time, not the answer
            path.parent.mkdir(parents=True, exist_ok=True)
            if llama_cpp.llama_state_seq_save_file(self._llama.ctx, os.fsencode(aside), 0, array, len(prefix)):
                aside.replace(path)
            else:
                aside.unlink(missing_ok=True)


def _common_prefix(first: Sequence[int], second: Sequence[int]) -> int:
    shared = 0
    for a, b in zip(first, second, strict=False):
        if a != b:
            break
        shared += 1
    return shared
