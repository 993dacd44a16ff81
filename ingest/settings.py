"""Settings of the `ingest` command: options on the command line win over CAREERBOT_… variables over these defaults."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

_PACKAGE = Path(__file__).resolve().parent


class Settings(BaseSettings):
    """What can be chosen. Unknown names are refused."""

    model_config = SettingsConfigDict(env_prefix="CAREERBOT_", env_ignore_empty=True, extra="forbid", frozen=True)

    home: Path | None = None
    """Folder of the index; the user's data folder if not set."""
    models: Path | None = None
    """Folder of unpacked models; the user's cache folder if not set."""
    embedder: str | None = None
    """Embedding model: a hub id or a folder; the bundled multilingual-e5-small if not set."""
    second_encoder: bool = True
    """Search with the second encoder too, which finds more across languages; needs the index to have been made with it."""
    engine: str = "auto"
    """What runs it: auto, openvino or sentence-transformers."""
    registry: Path | None = None
    """TOML file with facts about sources that do not state them; the one that came with careerbot if not set."""


def default_registry() -> Path | None:
    """Return the registry that came with careerbot, from the checkout or the installed packages; None where neither has one."""
    beside = _PACKAGE.parent
    candidates = (beside / "corpus" / "sources.toml", beside / "bot" / "data" / "corpus" / "sources.toml")
    return next((path for path in candidates if path.is_file()), None)
