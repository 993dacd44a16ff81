"""Saved states of prompt prefixes: right or not used. llama.cpp's four functions are played by a file of tokens."""

from __future__ import annotations

import ctypes
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.llm.prefix_cache import PrefixCache

PREFIX = list(range(1, 41))
PROMPT = [*PREFIX, 77]


class Model:
    """Holds the tokens it has evaluated, and counts them."""

    ctx = None

    def __init__(self) -> None:
        self.input_ids: list[int] = [0] * 100
        self.n_tokens = 0
        self.evaluated = 0

    @property
    def _input_ids(self) -> Any:
        return SimpleNamespace(tolist=lambda: self.input_ids[: self.n_tokens])

    def eval(self, tokens: list[int]) -> None:
        """Take tokens in."""
        self.input_ids[self.n_tokens : self.n_tokens + len(tokens)] = tokens
        self.n_tokens += len(tokens)
        self.evaluated += len(tokens)

    def reset(self) -> None:
        """Forget them."""
        self.n_tokens = 0


@pytest.fixture(autouse=True)
def library(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Put the played library in the place of the real one, which needs a real model."""

    def save(_: object, path: bytes, _sequence: int, tokens: Any, count: int) -> int:
        Path(os.fsdecode(path)).write_text(json.dumps(list(tokens[:count])), encoding="utf-8")
        return 1

    def load(_: object, path: bytes, _sequence: int, held: Any, _room: int, count: Any) -> int:
        try:
            tokens = json.loads(Path(os.fsdecode(path)).read_text(encoding="utf-8"))
        except ValueError:
            return 0
        held[: len(tokens)] = tokens
        count._obj.value = len(tokens)
        return 1

    played = SimpleNamespace(
        llama_token=ctypes.c_int32,
        llama_get_memory=lambda _: None,
        llama_memory_clear=lambda *_: None,
        llama_state_seq_save_file=save,
        llama_state_seq_load_file=load,
    )
    monkeypatch.setitem(sys.modules, "llama_cpp", played)
    return played


def restore(folder: Path, *, identity: str = "model 1") -> Model:
    """Return a fresh model brought to the prefix."""
    model = Model()
    PrefixCache(model, folder, identity).restore(PREFIX, PROMPT)
    assert model.input_ids[: model.n_tokens] == PREFIX
    return model


def test_the_second_process_computes_nothing(tmp_path: Path) -> None:
    """A prefix is evaluated once and read back by whoever comes later."""
    assert restore(tmp_path / "new").evaluated == len(PREFIX)
    assert restore(tmp_path / "new").evaluated == 0


def test_another_model_has_its_own_states(tmp_path: Path) -> None:
    """A state of another model, library or context size is never read."""
    restore(tmp_path)
    assert restore(tmp_path, identity="model 2").evaluated == len(PREFIX)
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("content", ["", "[1, 2, 3]", json.dumps([*PREFIX[:-1], 99])])
def test_a_damaged_state_is_made_again(tmp_path: Path, content: str) -> None:
    """A file that cannot be read or holds other tokens is replaced by a right one."""
    restore(tmp_path)
    (state,) = tmp_path.iterdir()
    state.write_text(content, encoding="utf-8")
    assert restore(tmp_path).evaluated == len(PREFIX)
    assert restore(tmp_path).evaluated == 0


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path, library: SimpleNamespace) -> None:
    """Neither a path that is no folder nor a failing write stops the model, and nothing half-written stays."""
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    assert restore(tmp_path / "file").evaluated == len(PREFIX)
    library.llama_state_seq_save_file = lambda *_: 0
    assert restore(tmp_path / "full").evaluated == len(PREFIX)
    assert list((tmp_path / "full").iterdir()) == []
