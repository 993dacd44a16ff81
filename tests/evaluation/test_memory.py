"""What models said is remembered by who said it to what."""

from __future__ import annotations

import hashlib
import json
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


JUDGE = Message(
    role="system",
    content=(
        "You decide whether an excerpt from an interview answers a question. Reply Yes only if the excerpt itself contains the "
        "answer. Reply No if it is about somebody else, something else, or only shares words with the question."
    ),
)
_PRINTER = "Question: How did Maria Lopez become a printer?\nExcerpt by Maria Lopez: "
_CHEF = "Question: Do I need a licence to be a chef?\nExcerpt by Tom Baker: "
JUDGE_SHOTS = (
    *shot(f"{_PRINTER}My sister had found me a job in a small print shop, so I moved to Lisbon.", "Yes"),
    *shot(f"{_PRINTER}A printer should wash his hands before he touches the paper.", "No"),
    *shot(f"{_CHEF}I like the smell of onions in the morning, it reminds me of home.", "No"),
    *shot(f"{_CHEF}Nobody asks a chef for papers; they ask you to cook an omelette.", "Yes"),
)
"""The prompt `judge` as it was when keys did not name shots: it stays as it is here, whatever becomes of the file."""


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


def test_what_was_kept_before_keys_named_shots_is_known(tmp_path: Path) -> None:
    """The prompt `judge` with the shots that it had then finds its replies; with other shots, or none, it is asked anew."""
    prompt = Prompt(fixed=(JUDGE,), asked="Question: Why?\nExcerpt by Kit Marsh: Because.", shots=JUDGE_SHOTS)
    shown = json.dumps([("system", JUDGE.content), ("user", prompt.asked)])
    memory = Memory(tmp_path / "replies.sqlite")
    memory.keep([(hashlib.sha256(f"fingerprint\0judge\0{shown}".encode()).hexdigest(), b"0.5")])
    others = [replace(prompt, shots=JUDGE_SHOTS[:6]), replace(prompt, shots=())]
    for shots in (True, False):
        assert judged(prompt, memory, shots=shots) == []
    assert [judged(other, memory) for other in others] == [[other] for other in others]
    assert [judged(other, memory, shots=False) for other in others] == [[], []]


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
