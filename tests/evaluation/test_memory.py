"""What models said is remembered by who said it to what."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scripted import ScriptedModel

from bot.evaluation.memory import Memory, RememberingEmbedder, RememberingModel
from bot.llm import Cancellation, Message, Prompt
from ingest.embed import HashEmbedder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ingest.embed import PassagesDone
    from ingest.values import Matrix

PROMPT = Prompt(fixed=(), asked="Is a fig a fruit?")


def shot(text: str, reply: str) -> tuple[Message, Message]:
    """Return an example."""
    return Message(role="user", content=text), Message(role="assistant", content=reply)


class CountingEmbedder(HashEmbedder):
    """Counts the texts it is given."""

    count = 0

    def embed_passages(self, texts: Sequence[str], *, progress: PassagesDone | None = None) -> Matrix:
        """Count, then embed."""
        self.count += len(texts)
        return super().embed_passages(texts, progress=progress)


def test_a_known_reply_needs_no_model(tmp_path: Path) -> None:
    """The second asker gets the same reply though no model can be loaded any more."""
    memory = Memory(tmp_path / "replies.sqlite")
    asked = RememberingModel("m", "fingerprint", lambda: ScriptedModel(["yes it is"], yes=[0.25]), memory)
    assert asked.write(PROMPT, max_tokens=5, cancellation=Cancellation()) == "yes it is"
    assert asked.yes_probability(PROMPT, cancellation=Cancellation()) == 0.25
    again = RememberingModel("m", "fingerprint", _none, Memory(tmp_path / "replies.sqlite"))
    assert again.write(PROMPT, max_tokens=5, cancellation=Cancellation()) == "yes it is"
    assert again.yes_probability(PROMPT, cancellation=Cancellation()) == 0.25


def test_another_model_prompt_or_length_is_asked_anew(tmp_path: Path) -> None:
    """Nothing is mixed up."""
    memory = Memory(tmp_path / "replies.sqlite")
    replies = iter(["one", "two", "three", "four"])
    script = ScriptedModel(lambda _: next(replies))
    said = [
        RememberingModel("m", fingerprint, lambda: script, memory).write(prompt, max_tokens=length, cancellation=Cancellation())
        for fingerprint, prompt, length in (
            ("a", PROMPT, 5),
            ("b", PROMPT, 5),
            ("a", Prompt(fixed=(), asked="And a date?"), 5),
            ("a", PROMPT, 6),
            ("a", PROMPT, 5),
        )
    ]
    assert said == ["one", "two", "three", "four", "one"]


def judged(prompt: Prompt, memory: Memory, *, shots: bool = True) -> list[Prompt]:
    """Return what the model itself was asked when `prompt` was judged."""
    script = ScriptedModel(yes=[0.5])
    model = RememberingModel("m", "fingerprint", lambda: script, memory, shots=shots)
    assert model.yes_probability(prompt, cancellation=Cancellation()) == 0.5
    return script.judged


def test_other_shots_are_asked_anew(tmp_path: Path) -> None:
    """A model that is shown shots is asked again when they change, come or go; one that is not shown them is not."""
    memory = Memory(tmp_path / "replies.sqlite")
    prompts = [replace(PROMPT, shots=shots) for shots in ((), shot("Is a pea one?", "No"), shot("Is a pea one?", "Yes"))]
    assert [judged(prompt, memory) for prompt in prompts] == [[prompt] for prompt in prompts]
    assert [judged(prompt, memory) for prompt in prompts] == [[], [], []]
    other = Memory(tmp_path / "others.sqlite")
    assert [len(judged(prompt, other, shots=False)) for prompt in prompts] == [1, 0, 0]


def test_no_text_is_embedded_twice(tmp_path: Path) -> None:
    """Known texts keep their vectors, within one call and across calls; queries and passages are different things."""
    real = CountingEmbedder()
    embedder = RememberingEmbedder(real, Memory(tmp_path / "replies.sqlite"))
    first = embedder.embed_passages(["a fig", "a date", "a fig"])
    assert real.count == 2
    assert np.array_equal(first[0], first[2])
    assert np.array_equal(embedder.embed_passages(["a date"])[0], first[1])
    assert real.count == 2
    assert np.allclose(embedder.embed_query("a fig"), real.embed_query("a fig"))
    assert embedder.embed_passages([]).shape == (0, real.dimension)


def _none() -> ScriptedModel:
    raise AssertionError("the model was loaded although the reply is known")
