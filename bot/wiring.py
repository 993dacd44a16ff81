"""The one place where services are built from settings."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from bot.abilities import TRUSTED, Abilities
from bot.answer import Services
from bot.errors import ModelError
from bot.llm.queue import OneAtATime
from ingest.embed import Embedder, open_embedder
from ingest.embed.paired import prepare_second
from ingest.home import Home
from ingest.index.reader import Index, open_index
from ingest.weights import models_dir

if TYPE_CHECKING:
    from bot.llm import LanguageModel
    from bot.settings import BotSettings

Progress = Callable[[int, int], None]
"""Called with (bytes done, bytes in all) while a model is unpacked."""


def build(settings: BotSettings, *, progress: Progress | None = None) -> Services:
    """Open the index and both models; the language model loads while the embedder does.

    Raises:
        NotReadyError: no index yet, an index of another embedder, or weights that are missing.
        ModelError: the language model cannot be used.
    """
    home = Home.resolve(settings.home)
    folder = models_dir(settings.models)
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="load") as loader:
        loading = loader.submit(build_model, settings, folder, progress)
        index, embedder = open_search(settings, home, folder)
        model = loading.result()
        return Services(index=index, embedder=embedder, model=model, abilities=abilities_of(settings, folder))


def open_search(settings: BotSettings, home: Home, folder: Path) -> tuple[Index, Embedder]:
    """Open what a search needs: the index, checked against the embedder that will embed the questions."""
    embedder = open_embedder(settings.embedder, engine=settings.engine, models_dir=folder, second=settings.second_encoder)
    index = open_index(home, fingerprint=embedder.fingerprint)
    prepare_second(embedder, index.manifest.second.fingerprint if index.manifest.second else None)
    return index, embedder


def build_model(settings: BotSettings, folder: Path, progress: Progress | None = None) -> LanguageModel | None:
    """Return the configured language model; None for `none`, which answers with exact quotes alone.

    Raises:
        ModelError: it cannot be loaded.
        ModelMissingError: its weights are not installed.
    """
    chosen = settings.llm
    if chosen == "none":
        return None
    if chosen.startswith(("http://", "https://")):
        from bot.llm.remote import RemoteModel  # noqa: PLC0415 - only a remote model needs it

        return RemoteModel(chosen, model=settings.llm_model, key=settings.llm_key)
    return OneAtATime(_local(chosen, folder, settings.threads, progress))


def abilities_of(settings: BotSettings, folder: Path) -> Abilities:
    """Return what the configured model may be asked to do, as far as anybody has measured it."""
    from bot.calibration.identity import identify  # noqa: PLC0415 - nothing to look up without a model
    from bot.calibration.store import look_up  # noqa: PLC0415

    identity = identify(settings, folder)
    return look_up(identity, folder).abilities if identity else TRUSTED


def _local(chosen: str, folder: Path, threads: int | None, progress: Progress | None) -> LanguageModel:
    from bot.llm.bundled import BUNDLED, ensure  # noqa: PLC0415 - heavy libraries load only when they are used
    from bot.llm.llama import LlamaModel  # noqa: PLC0415

    if chosen in BUNDLED:
        path, name = ensure(chosen, models_dir=folder, progress=progress), BUNDLED[chosen].title
    else:
        path = Path(chosen).expanduser()
        name = path.stem
        if not path.is_file():
            raise ModelError(
                f"no model called {chosen!r}: choose {', '.join(BUNDLED)}, none, a GGUF file, or the URL of a server"
            )
    return LlamaModel(path, name=name, cache_dir=folder / "prefixes", threads=threads)
