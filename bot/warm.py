"""Do once what a first question would otherwise wait for: unpack weights, compile the embedder, cache the prompts' prefixes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.llm import Cancellation
from bot.prompts import load_prompt
from bot.wiring import Progress, build_model
from ingest.embed import open_embedder
from ingest.embed.paired import second_of
from ingest.weights import models_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.settings import BotSettings


def warm(settings: BotSettings, *, progress: Progress | None = None) -> Iterator[str]:
    """Prepare the models, the second encoder too where one is chosen and installed; yield one line for each that is ready.

    Raises:
        NotReadyError: weights are missing or damaged, or the disk is full.
        ModelError: the language model cannot be loaded.
    """
    folder = models_dir(settings.models)
    embedder = open_embedder(settings.embedder, engine=settings.engine, models_dir=folder, second=settings.second_encoder)
    embedder.embed_query("ready?")
    yield f"embedder ready: {embedder.id} on {embedder.engine}"
    if second := second_of(embedder):
        second.embed_query("ready?")
        yield f"second encoder ready: {second.id}"
    model = build_model(settings, folder, progress)
    if model is None:
        yield "no language model: answers are exact quotes"
        return
    cancellation = Cancellation()
    for name in ("judge", "told"):
        prompt = load_prompt(name).fill(question="ready?", voice="nobody", quote="ready")
        model.yes_probability(prompt, cancellation=cancellation)
    model.write(load_prompt("translate").fill(question="¿Listo?"), max_tokens=1, cancellation=cancellation)
    model.write(load_prompt("restate").fill(speaker="Nobody", quote="I am ready."), max_tokens=1, cancellation=cancellation)
    yield f"language model ready: {model.name}"
    model.close()
