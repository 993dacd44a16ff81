"""What is installed, chosen and wrong here, and how to mend it: one finding a line."""

from __future__ import annotations

import importlib.metadata
import shutil
import sqlite3
import sys
from typing import TYPE_CHECKING

from bot import aliases
from bot.abilities import Ability
from bot.errors import BotError
from bot.findings import Finding, Level
from ingest.errors import IngestError
from ingest.home import ALIASES as OWN_ALIASES
from ingest.home import Home
from ingest.weights import models_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.settings import BotSettings

LIBRARIES = ("faiss-cpu", "langchain-core", "llama-cpp-python", "numpy", "openvino", "sentence-transformers", "torch")
LIBRARY, EMBEDDER, LANGUAGE_MODEL = "A library is missing", "The embedder is missing", "The language model does not load"
INDEX, DISK = "The index cannot be used", "The disk is full"
ALIASES = "Names that captions mishear"
CALIBRATE = "bot doctor --calibrate"
LOW_DISK_BYTES = 2_000_000_000


def examine(settings: BotSettings) -> Iterator[Finding]:
    """Yield the findings, quick ones first; opening the models takes a second or two."""
    home, models = Home.resolve(settings.home), models_dir(settings.models)
    yield from _libraries()
    yield (
        _ok("sqlite", f"{sqlite3.sqlite_version} with FTS5")
        if _has_fts5()
        else _wrong("sqlite", f"{sqlite3.sqlite_version} was built without FTS5; use a Python whose SQLite has it")
    )
    yield from _disk(models)
    yield _look("embedder", EMBEDDER, lambda: _embedder(settings, models))
    yield _second_encoder(settings, models)
    yield _look("language model", LANGUAGE_MODEL, lambda: _language_model(settings, models))
    yield from _abilities(settings, models)
    yield _look("index", INDEX, lambda: _index(settings, home, models))
    if (home.path / OWN_ALIASES).exists():
        yield _look("misheard names", ALIASES, lambda: f"{len(aliases.read_own(home.path))} in {home.path / OWN_ALIASES}")


def _look(subject: str, section: str, action: Callable[[], str]) -> Finding:
    try:
        return _ok(subject, action())
    except (BotError, IngestError) as error:
        return _wrong(subject, str(error), section)


def _libraries() -> Iterator[Finding]:
    yield _ok("python", f"{sys.version.split()[0]} at {sys.executable}")
    for name in LIBRARIES:
        try:
            yield _ok(name, importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            yield _wrong(name, f"not installed; run: pip install {name}", LIBRARY)


def _disk(folder: Path) -> Iterator[Finding]:
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    text = f"{free / 1e9:.1f} GB free for models in {folder}"
    if free < LOW_DISK_BYTES:
        yield Finding(level=Level.NOTE, subject="disk", text=f"{text}; unpacking the language model needs 1.2 GB", section=DISK)
    else:
        yield _ok("disk", text)


def _embedder(settings: BotSettings, models: Path) -> str:
    from ingest.embed import describe, open_embedder  # noqa: PLC0415 - heavy

    embedder = open_embedder(settings.embedder, engine=settings.engine, models_dir=models)
    return f"{describe(settings.embedder, engine=settings.engine)}; fingerprint {embedder.fingerprint[:12]}"


def _second_encoder(settings: BotSettings, models: Path) -> Finding:
    from ingest.embed.choose import describe_second  # noqa: PLC0415 - heavy
    from ingest.embed.universal import why_absent  # noqa: PLC0415 - heavy

    is_missing = settings.second_encoder and why_absent(models) is not None
    text = describe_second(models, second=settings.second_encoder)
    return Finding(level=Level.NOTE if is_missing else Level.OK, subject="second encoder", text=text)


def _language_model(settings: BotSettings, models: Path) -> str:
    from bot.wiring import build_model  # noqa: PLC0415 - heavy

    model = build_model(settings, models)
    if model is None:
        return "none: answers are exact quotes only"
    name = model.name
    model.close()
    return f"{name} loads"


def _abilities(settings: BotSettings, models: Path) -> Iterator[Finding]:
    from bot.calibration.identity import identify, prompts_fingerprint  # noqa: PLC0415 - heavy
    from bot.calibration.store import Origin, look_up  # noqa: PLC0415

    identity = identify(settings, models)
    if identity is None:
        return
    known = look_up(identity, models)
    if known.fault:
        yield Finding(level=Level.NOTE, subject="abilities", text=f"{known.fault}; run: {CALIBRATE}")
    if known.record is None:
        text = f"{identity.name} was never measured, so it judges nothing and writes no prose; run: {CALIBRATE}"
        yield Finding(level=Level.NOTE, subject="abilities", text=text)
        return
    counts = ", ".join(f"{ability.replace('_', ' ')} {len(known.abilities.languages(ability))}" for ability in Ability)
    text = f"languages in which each is on: {counts} ({known.origin}, {known.record.date})"
    if known.origin is Origin.HERE and known.record.prompts != prompts_fingerprint():
        yield Finding(level=Level.NOTE, subject="abilities", text=f"{text}; the prompts have changed since, run: {CALIBRATE}")
    else:
        yield _ok("abilities", text)


def _index(settings: BotSettings, home: Home, models: Path) -> str:
    from bot.wiring import open_search  # noqa: PLC0415 - heavy

    index, _ = open_search(settings, home, models)
    manifest = index.manifest
    index.close()
    languages = ", ".join(f"{language} {count}" for language, count in manifest.languages.items())
    warning = f"; {index.warning}" if index.warning else ""
    return f"{manifest.passages} passages ({languages}) of {manifest.sources} sources in {home.path}{warning}"


def _has_fts5() -> bool:
    with sqlite3.connect(":memory:") as connection:
        return any(option == "ENABLE_FTS5" for (option,) in connection.execute("PRAGMA compile_options"))


def _ok(subject: str, text: str) -> Finding:
    return Finding(level=Level.OK, subject=subject, text=text)


def _wrong(subject: str, text: str, section: str | None = None) -> Finding:
    return Finding(level=Level.WRONG, subject=subject, text=text, section=section)
