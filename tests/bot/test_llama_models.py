"""The bundled language model itself: deterministic, able to judge, stoppable, and quick the second time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from bot.errors import CancelledError
from bot.llm import Cancellation, LanguageModel, Prompt
from bot.llm.bundled import BUNDLED, locate
from bot.llm.llama import LlamaModel
from bot.prompts import load_prompt
from bot.settings import BotSettings
from bot.wiring import build_model
from ingest.weights import models_dir

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.models

QUOTE = "I mended radios for two years before I wrote a program."
PAIRS = [
    ("How did you start programming?", QUOTE, "The ferry to the island leaves at nine every morning."),
    (
        "Should I learn Python?",
        "Yes, learn Python first, it is the language I use every day.",
        "My grandmother bakes plum cake.",
    ),
]


@pytest.fixture(scope="module")
def bundled() -> Iterator[LanguageModel]:
    """Yield the default model, unpacked if need be."""
    model = build_model(BotSettings(llm="qwen"), models_dir())
    assert model is not None
    yield model
    model.close()


def restate() -> Prompt:
    """Return a prompt to write."""
    return load_prompt("restate").fill(speaker="Kit Marsh", quote=QUOTE)


def judge(question: str, quote: str) -> Prompt:
    """Return a prompt to judge."""
    return load_prompt("judge").fill(question=question, voice="Kit Marsh", quote=quote)


def write(model: LanguageModel) -> str:
    """Have the model restate the quote."""
    return model.write(restate(), max_tokens=60, cancellation=Cancellation())


def yes(model: LanguageModel, question: str, quote: str) -> float:
    """Return the model's probability that the quote helps."""
    probability = model.yes_probability(judge(question, quote), cancellation=Cancellation())
    assert probability is not None
    return probability


def test_decoding_is_deterministic(bundled: LanguageModel) -> None:
    """The same prompt gets the same words, also after another prompt was in between."""
    first = write(bundled)
    assert "Kit Marsh" in first
    yes(bundled, "Why?", QUOTE)
    assert write(bundled) == first


@pytest.mark.parametrize(("question", "good", "bad"), PAIRS)
def test_judgements_are_probabilities_in_the_right_order(bundled: LanguageModel, question: str, good: str, bad: str) -> None:
    """A quote that answers is likelier to help than one about something else."""
    likely, unlikely = yes(bundled, question, good), yes(bundled, question, bad)
    assert 0 <= unlikely < likely <= 1


def test_a_prefix_is_reused_from_disk(tmp_path: Path) -> None:
    """A second model object reads the state that the first one saved, and gives the same judgement and the same words."""
    from bot.llm.bundled import ensure  # noqa: PLC0415 - only this test opens the file itself

    folder = tmp_path
    path = ensure("qwen", models_dir=models_dir())
    first = LlamaModel(path, name="first", cache_dir=folder)
    expected, words = yes(first, *PAIRS[0][:2]), write(first)
    first.close()
    states = {state: state.stat().st_mtime_ns for state in folder.iterdir()}
    assert len(states) == 2
    second = LlamaModel(path, name="second", cache_dir=folder)
    assert yes(second, *PAIRS[0][:2]) == pytest.approx(expected, abs=0.01)
    assert write(second) == words
    second.close()
    assert {state: state.stat().st_mtime_ns for state in folder.iterdir()} == states


@pytest.mark.parametrize("name", BUNDLED)
def test_what_is_said_of_bundled_models_is_so(name: str) -> None:
    """Whether a bundled model knows turns is written down, so that it can be told without loading it; the file agrees."""
    path = locate(name, models_dir=models_dir())
    if path is None:
        pytest.skip(f"{name} is not installed: {BUNDLED[name].install}")
    model = LlamaModel(path, name=name)
    assert model.is_instruct is BUNDLED[name].instruct
    model.close()


def test_a_damaged_state_is_made_again(tmp_path: Path) -> None:
    """A truncated state file costs time, not the answer."""
    from bot.llm.bundled import ensure  # noqa: PLC0415 - only this test opens the file itself

    folder = tmp_path
    path = ensure("qwen", models_dir=models_dir())
    model = LlamaModel(path, name="once", cache_dir=folder)
    words = write(model)
    model.close()
    (state,) = folder.iterdir()
    state.write_bytes(state.read_bytes()[:1000])
    again = LlamaModel(path, name="again", cache_dir=folder)
    assert write(again) == words
    again.close()


def test_a_generation_can_be_stopped(bundled: LanguageModel) -> None:
    """Cancelled from another thread, the model stops between two tokens and works afterwards."""
    cancellation = Cancellation()
    timer = threading.Timer(0.3, cancellation.cancel)
    prompt = Prompt(fixed=load_prompt("restate").fixed, asked="Count from one to one thousand in words.")
    timer.start()
    with pytest.raises(CancelledError):
        bundled.write(prompt, max_tokens=1000, cancellation=cancellation)
    timer.join()
    assert "Kit Marsh" in write(bundled)
