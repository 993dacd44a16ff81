"""Which model is configured, told by its weights and not by its name, and which prompts it is asked with."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.resources import data_file, prompts_dir
from ingest.weights import LEDGER, known_sha256

if TYPE_CHECKING:
    from bot.settings import BotSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A model's name for people and what tells it from every other."""

    name: str
    fingerprint: str


def identify(settings: BotSettings, folder: Path) -> Identity | None:
    """Return which model the settings name; None where they name none, or a file that is not there.

    A file is told by its SHA-256, which is read once and remembered in `folder`; a server by its address and the model's name
    there, because nothing else can be seen from here.
    """
    from bot.llm.bundled import BUNDLED  # noqa: PLC0415 - reads package metadata

    chosen = settings.llm
    if chosen == "none":
        return None
    if chosen in BUNDLED:
        return Identity(name=BUNDLED[chosen].title, fingerprint=BUNDLED[chosen].sha256)
    if chosen.startswith(("http://", "https://")):
        model = settings.llm_model or "default"
        digest = hashlib.sha256(f"{chosen.rstrip('/')} {model}".encode()).hexdigest()
        return Identity(name=f"{model} at {chosen}", fingerprint=digest)
    path = Path(chosen).expanduser()
    return Identity(name=path.stem, fingerprint=known_sha256(path, folder / LEDGER)) if path.is_file() else None


MEASURED = ("condense", "judge", "prose", "restate", "translate")
"""The prompts that a calibration asks with; `told` is put to the reference model alone."""


def prompts_fingerprint() -> str:
    """Return a short fingerprint of everything that a calibration asks."""
    digest = hashlib.sha256(data_file("calibration.toml").read_bytes())
    for name in MEASURED:
        path = prompts_dir() / f"{name}.toml"
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]
