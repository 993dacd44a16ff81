"""Addresses in a list of sources are fetched once, by the rules of `ingest add`, and are ordinary sources afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from small_index import STAGES

from ingest import cli
from ingest.commands import options
from ingest.embed.hashing import HashEmbedder
from ingest.errors import FetchError
from ingest.fetch.document import Facts, Fetched
from ingest.home import Home
from ingest.index.reader import open_index

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.fetch.session import Session
    from ingest.values import Ingested

LISTING = """
[[source]]
url = "https://example.org/one"
[[source]]
url = "https://example.org/gone"
"""


def parse(path: Path, folder: Path) -> Ingested:
    """Read what stands beside a card in the invented format of the tests, or the file itself."""
    original = path.with_name(path.name + ".original")
    parsed = STAGES.parse(original if original.exists() else path, folder)
    return replace(parsed, source=replace(parsed.source, path=str(path)))


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the addresses that were asked for; nothing leaves this process."""
    asked: list[str] = []

    def fetch(url: str, _: Session, facts: Facts) -> Fetched:
        asked.append(url)
        if url.endswith("gone"):
            raise FetchError(f"{url}: is not there")
        return Fetched(url=url, suffix=".txt", body=b"Ada en\nWhy?|Because of radios.\n", facts=facts)

    stages = replace(STAGES, parse=parse, accepts=lambda path: path.suffix in {".txt", ".md"})
    monkeypatch.setattr(options, "stages_of", lambda *_: stages)
    monkeypatch.setattr(options, "embedder_of", lambda *_: HashEmbedder())
    monkeypatch.setattr("ingest.fetch.add.fetch", fetch)
    monkeypatch.setenv("CAREERBOT_HOME", str(tmp_path / "home"))
    return asked


def sources() -> list[str]:
    """Return the ids of what is in the index."""
    with open_index(Home.resolve()) as index:
        return [source.id for source in index.sources()]


@pytest.mark.parametrize("also", ["", '[[source]]\npath = "bo.txt"\n'])
def test_addresses_of_a_list_are_fetched_once(tmp_path: Path, asked: list[str], also: str) -> None:
    """One that fails is told and tried again next time; files that the list names are read as ever."""
    listing = tmp_path / "sources.toml"
    listing.write_text(LISTING + also, encoding="utf-8")
    (tmp_path / "bo.txt").write_text("Bo en\nWhen?|At once.\n", encoding="utf-8")
    first = CliRunner().invoke(cli.cli, ["sync", "--fetch", str(listing)])
    assert first.exit_code == 0, first.stderr
    assert "not fetched: https://example.org/gone: is not there" in first.stderr
    assert sources() == (["ada-en", "bo-en"] if also else ["ada-en"])
    assert CliRunner().invoke(cli.cli, ["sync", "--fetch", str(listing)]).exit_code == 0
    assert asked == ["https://example.org/one", "https://example.org/gone", "https://example.org/gone"]


@pytest.mark.usefixtures("asked")
def test_only_a_list_can_be_fetched(tmp_path: Path) -> None:
    """A folder names no addresses."""
    refused = CliRunner().invoke(cli.cli, ["sync", "--fetch", str(tmp_path)])
    assert (refused.exit_code, refused.stderr.count("ingest add URL")) == (2, 1)
