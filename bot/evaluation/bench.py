"""What suites work with: the data folder, indexes built in a temporary home, models that remember, a clock that counts work."""

from __future__ import annotations

import hashlib
import os
import random
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bot.answer import Asked, Services, answer
from bot.evaluation.memory import Memory, RememberingEmbedder, RememberingModel
from bot.events import Done, Failed, Refused
from bot.llm.queue import OneAtATime
from bot.pace import Pace
from bot.wiring import abilities_of, build_model
from ingest.home import Home
from ingest.progress import Silent
from ingest.settings import default_registry
from ingest.stages import real_stages
from ingest.sync import sync
from ingest.weights import models_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.abilities import Abilities
    from bot.llm import LanguageModel
    from bot.settings import BotSettings
    from bot.values import Answer, Turn
    from ingest.embed import Embedder
    from ingest.index.reader import Index

Item = TypeVar("Item")


class CountedPace(Pace):
    """A pace whose clock stands still but for the model's work, each call of which takes its usual time.

    What an answer has time for then depends on the question alone, never on the machine or what else it does.
    """

    def __init__(self) -> None:
        super().__init__()
        self._spent = 0.0

    def now(self) -> float:
        """Return the seconds counted so far."""
        return self._spent

    @contextmanager
    def timed(self, work: str) -> Iterator[None]:
        """Count the usual time of `work`; learn nothing."""
        yield
        self._spent += self.expected(work)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a run of the suites was told."""

    data: Path
    """Folder of the evaluation texts."""
    limit: int | None = None
    """Cases of each kind at most; 0 for all there are; None for what each suite takes for enough."""
    work: Path | None = None
    """Folder for the indexes that are built; None for a temporary one."""


class Bench:
    """Everything a suite needs; models load when they are first used.

    Args:
        options: data, limit, where to work.
        settings: which embedder and which language model; its home is not touched.
        say: told, in a few words, what is going on.
    """

    def __init__(self, options: Options, settings: BotSettings, *, say: Callable[[str], None] = lambda _: None) -> None:
        self.options, self.settings, self.say = options, settings, say
        self.data = options.data
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._opened: list[Index] = []

    @cached_property
    def memory(self) -> Memory:
        """Replies of the models in earlier runs."""
        return Memory(models_dir(self.settings.models).parent / "evaluation" / "replies.sqlite")

    @cached_property
    def embedder(self) -> Embedder:
        """The configured embedder, remembering."""
        from ingest.embed import open_embedder  # noqa: PLC0415 - heavy

        folder = models_dir(self.settings.models)
        return RememberingEmbedder(
            open_embedder(self.settings.embedder, engine=self.settings.engine, models_dir=folder), self.memory
        )

    @cached_property
    def model(self) -> LanguageModel | None:
        """The configured language model, remembering; None for `none`."""
        if self.settings.llm == "none":
            return None
        folder = models_dir(self.settings.models)
        name, fingerprint = _identify(self.settings)
        shots = may_read_shots(self.settings)

        def load() -> LanguageModel:
            loaded = build_model(self.settings, folder)
            if loaded is None:  # pragma: no cover - "none" was answered above
                raise AssertionError
            return loaded

        return OneAtATime(RememberingModel(name, fingerprint, load, self.memory, shots=shots))

    @cached_property
    def abilities(self) -> Abilities:
        """What the configured language model may be asked to do."""
        return abilities_of(self.settings, models_dir(self.settings.models))

    def index(self, name: str, *paths: Path, registry: Path | None = None) -> Index:
        """Index `paths` as `ingest sync` does, into a home called `name`, and open it.

        Args:
            name: of the home; the same name and files give the same index, read anew.
            paths: files and folders.
            registry: facts about sources that do not state them; None for the registry that came with careerbot.
        """
        from ingest.index.reader import open_index  # noqa: PLC0415 - loads FAISS

        self.say(f"indexing {name}")
        home = Home.resolve(self.folder(f"home-{name}"))
        stages = real_stages(registry or default_registry())
        sync(paths, home=home, embedder=self.embedder, stages=stages, report=Silent(), rebuild=True)
        opened = open_index(home, fingerprint=self.embedder.fingerprint)
        self._opened.append(opened)
        return opened

    def folder(self, name: str) -> Path:
        """Return a folder to write in, empty unless the run was given a folder to keep."""
        if self.options.work is None and self._temporary is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="careerbot-eval-")
        base = self.options.work or Path(self._temporary.name)  # type: ignore[union-attr]
        made = base / name
        made.mkdir(parents=True, exist_ok=True)
        return made

    def services(self, index: Index, *, model: bool = True) -> Services:
        """Return what an answer needs, with a clock that counts work; `model=False` leaves the language model out."""
        chosen = self.model if model else None
        return Services(index=index, embedder=self.embedder, model=chosen, pace=CountedPace(), abilities=self.abilities)

    def ask(self, text: str, services: Services, *, history: Sequence[Turn] = (), sources: int | None = None) -> Answer:
        """Answer as `ask --json` does.

        Raises:
            Exception: whatever the answer failed with.
        """
        asked = Asked(text=text, history=history)
        if sources is not None:
            asked = replace(asked, sources=sources)
        for event in answer(asked, services):
            match event:
                case Done(answer=found) | Refused(answer=found):
                    return found
                case Failed(error=error):
                    raise error
                case _:
                    pass
        raise AssertionError("an answer ended without an end")

    def sample(self, items: Sequence[Item], usual: int, *, seed: str = "") -> list[Item]:
        """Return the cases to run: `--limit` of them, else the `usual` number; always the same ones, in order."""
        wanted = usual if self.options.limit is None else self.options.limit
        if wanted == 0 or wanted >= len(items):
            return list(items)
        chosen = random.Random(f"careerbot {seed}").sample(range(len(items)), wanted)  # noqa: S311 - nothing secret
        return [items[n] for n in sorted(chosen)]

    def close(self) -> None:
        """Close indexes and models, delete what was temporary."""
        for index in self._opened:
            index.close()
        if "model" in self.__dict__ and self.model is not None:
            self.model.close()
        if "memory" in self.__dict__:
            self.memory.close()
        if self._temporary is not None:
            self._temporary.cleanup()


def _identify(settings: BotSettings) -> tuple[str, str]:
    """Return a model's name and what tells its replies from another model's, without loading it."""
    from bot.llm.bundled import BUNDLED  # noqa: PLC0415

    chosen = settings.llm
    if chosen in BUNDLED:
        return BUNDLED[chosen].title, BUNDLED[chosen].sha256
    if chosen.startswith(("http://", "https://")):
        return settings.llm_model or chosen, f"{chosen} {settings.llm_model}"
    path = Path(chosen).expanduser()
    size = path.stat().st_size if path.is_file() else 0
    return path.stem, hashlib.sha256(f"{path.absolute()}{os.sep}{size}".encode()).hexdigest()


def may_read_shots(settings: BotSettings) -> bool:
    """Tell whether the model may be shown the shots of prompts: base models are, and a file may hold one."""
    from bot.llm.bundled import BUNDLED  # noqa: PLC0415

    chosen = settings.llm
    return not (chosen in BUNDLED and BUNDLED[chosen].instruct) and not chosen.startswith(("http://", "https://"))


def describe(settings: BotSettings) -> dict[str, Any]:
    """Return the models by name, as the results state them."""
    from ingest.embed.bundled import MODEL_ID  # noqa: PLC0415

    return {"embedder": settings.embedder or MODEL_ID, "llm": "none" if settings.llm == "none" else _identify(settings)[0]}
