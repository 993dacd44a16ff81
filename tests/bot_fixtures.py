"""What the tests of `bot` share: the invented corpus, ingested once, and a model that follows a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from invented_corpus import FILES, BilingualEmbedder, ingest_texts
from scripted import ScriptedModel, UnhurriedPace

from bot.answer import Services
from ingest.embed.hashing import HashEmbedder
from ingest.home import Home
from ingest.index.reader import open_index
from ingest.sync import remove

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ingest.index.reader import Index


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the home that holds the invented corpus."""
    return ingest_texts(tmp_path_factory.mktemp("invented"))


@pytest.fixture(scope="session")
def index(home: Path) -> Iterator[Index]:
    """Yield the open index of the invented corpus."""
    with open_index(home, fingerprint=HashEmbedder.fingerprint) as opened:
        yield opened


@pytest.fixture
def services(index: Index) -> Services:
    """Return services without a language model: answers are exact quotes."""
    return Services(index=index, embedder=BilingualEmbedder(), model=None, pace=UnhurriedPace())


@pytest.fixture
def model() -> ScriptedModel:
    """Return a model that finds every quote good and has nothing to write yet."""
    return ScriptedModel(yes=lambda _: 0.97)


@pytest.fixture(scope="session")
def empty_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """Yield an index whose last source was removed."""
    home = ingest_texts(tmp_path_factory.mktemp("emptied"), {"tove.md": FILES["tove.md"]})
    remove(["tove-lund-digest"], home=Home(home))
    with open_index(home) as opened:
        yield opened
