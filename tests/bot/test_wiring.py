"""Services are built from settings in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.errors import ModelError
from bot.settings import BotSettings
from bot.warm import warm
from bot.wiring import build, build_model
from ingest.embed import open_embedder
from ingest.embed.paired import second_of
from ingest.errors import NoIndexError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


def test_everything_is_opened(home: Path, tmp_path: Path) -> None:
    """With `none` the services hold an index, its embedder and no model."""
    services = build(BotSettings(home=home, models=tmp_path, embedder="hash", llm="none"))
    assert services.index.manifest.sources == 6
    assert services.embedder.id == "hash"
    assert services.model is None
    services.index.close()


def test_no_index_yet(tmp_path: Path) -> None:
    """An empty home is told as such."""
    with pytest.raises(NoIndexError, match="ingest sync"):
        build(BotSettings(home=tmp_path, models=tmp_path, embedder="hash", llm="none"))


def test_a_model_nobody_knows_lists_the_choices(tmp_path: Path) -> None:
    """A name that is neither bundled nor a file says what may be chosen."""
    with pytest.raises(ModelError, match=r"qwen.*none.*GGUF"):
        build_model(BotSettings(llm="gpt-9"), tmp_path)


def test_an_address_is_a_remote_model(tmp_path: Path) -> None:
    """A URL is spoken to only when it is asked something."""
    pytest.importorskip("langchain_openai")
    model = build_model(BotSettings(llm="https://127.0.0.1:9/v1", llm_model="m"), tmp_path)
    assert model is not None
    assert model.name == "m at https://127.0.0.1:9/v1"


def test_an_engine_nobody_knows(home: Path, tmp_path: Path) -> None:
    """A misspelt engine is wrong usage."""
    with pytest.raises(UsageError, match="engine"):
        build(BotSettings(home=home, models=tmp_path, engine="warp", llm="none"))


def test_warming_up_says_what_is_ready(tmp_path: Path) -> None:
    """One line a model."""
    lines = list(warm(BotSettings(models=tmp_path, embedder="hash", llm="none")))
    assert len(lines) == 2


@pytest.mark.models
def test_after_warming_up_nothing_is_left_to_unpack(tmp_path: Path) -> None:
    """What a question needs is in the folder of models then, the second encoder too, so that the folder may be read only."""
    lines = list(warm(BotSettings(models=tmp_path, llm="none")))
    assert any("second encoder" in line for line in lines)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    second = second_of(open_embedder(None, models_dir=tmp_path))
    assert second is not None
    second.embed_query("How do I begin?")
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == before
