"""Settings of the bot: environment variables with the prefix CAREERBOT_, read once, checked, never guessed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from ingest.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

PREFIX = "CAREERBOT_"


class BotSettings(BaseSettings):
    """What the commands can be told by the environment; options on the command line win."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True)

    home: Path | None = None
    """Folder of the index; default: the user's data folder."""
    models: Path | None = None
    """Folder of unpacked model weights; default: the user's cache folder."""
    embedder: str | None = None
    """A sentence-transformers model (hub id or folder); default: the bundled multilingual-e5-small."""
    second_encoder: bool = True
    """Search with the second encoder too, which finds more across languages; needs the index to have been made with it."""
    engine: str = "auto"
    """What runs the embedder: auto, openvino or sentence-transformers."""
    llm: str = "qwen"
    """qwen, gemma, smollm2, none, the path of a GGUF file, or the URL of an OpenAI-compatible server."""
    llm_model: str | None = None
    """Name of the model on that server."""
    llm_key: str | None = Field(default=None, repr=False)
    """Key for that server."""
    threads: int | None = Field(default=None, ge=1)
    """Cores the language model may use; default: all."""
    eval: Path | None = None
    """Folder of the evaluation texts that `bot eval` reads."""


def unknown_variables(names: Iterable[str]) -> list[str]:
    """Return those of `names` that have the prefix of a setting and are none: a misspelt variable must not pass unseen."""
    from bot.chat.settings import variables  # noqa: PLC0415 - the bot's own settings read this module's

    known = {f"{PREFIX}{field.upper()}" for field in (*BotSettings.model_fields, *Settings.model_fields)} | set(variables())
    return sorted(name for name in names if name.startswith(PREFIX) and name not in known)
