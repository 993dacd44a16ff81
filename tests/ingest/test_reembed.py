"""A change of embedder: the same passages in another space, the old index serving meanwhile, nothing embedded twice."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from small_index import STAGES, CountingEmbedder

from ingest.cli import cli
from ingest.embed import HashEmbedder
from ingest.errors import IndexMismatchError, NoIndexError
from ingest.home import Home
from ingest.index.check import check
from ingest.index.manifest import Manifest
from ingest.index.reader import open_index
from ingest.progress import Silent
from ingest.reembed import ReembedReport, reembed
from ingest.sync import SyncReport, sync

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ingest.embed.protocol import PassagesDone
    from ingest.values import Matrix

OTHER, OTHER_DIMENSION = "other-32", 32


class Interrupted(CountingEmbedder):
    """Another embedder, whose run is stopped after some calls."""

    def __init__(self, calls: int) -> None:
        super().__init__(OTHER, OTHER_DIMENSION)
        self._calls = calls

    def embed_passages(self, texts: Sequence[str], *, progress: PassagesDone | None = None) -> Matrix:
        """Return one row for each text, or stop."""
        if self._calls == 0:
            raise KeyboardInterrupt
        self._calls -= 1
        return super().embed_passages(texts, progress=progress)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Return a folder of invented interviews, two of which are translations of each other."""
    folder = tmp_path / "files"
    folder.mkdir()
    for name in ("ada", "bo", "cy"):
        answers = [f"What of {number}?|{name} made thing {number}. It held for years." for number in range(40)]
        (folder / f"{name}.txt").write_text("\n".join([f"{name} en", *answers]), encoding="utf-8")
    lines = ["ada zh ada-en", *(f"那{number}呢?|{name}做了第{number}件东西。" for number in range(9))]
    (folder / "ada-zh.txt").write_text("\n".join(lines), encoding="utf-8")
    return folder


@pytest.fixture
def home(tmp_path: Path, files: Path) -> Home:
    """Return a home that holds them."""
    home = Home(tmp_path / "home")
    bring(home, files)
    return home


def bring(home: Home, files: Path, version: str = "1", *, rebuild: bool = False) -> SyncReport:
    """Sync with a parser of some version."""
    return sync(
        [files],
        home=home,
        embedder=CountingEmbedder(),
        stages=replace(STAGES, version=version),
        report=Silent(),
        rebuild=rebuild,
    )


def again(home: Home, embedder: CountingEmbedder | None = None) -> ReembedReport:
    """Change the embedder."""
    embedder = embedder or CountingEmbedder(OTHER, OTHER_DIMENSION)
    return reembed(home=home, embedder=embedder, stages=STAGES, report=Silent())


def places(home: Home) -> list[object]:
    """Return every passage with its place, and every alignment, of an index that was checked from end to end."""
    assert [str(result) for result in check(home) if result.faults] == []
    with open_index(home) as index:
        found: list[object] = [one.passage for one in index.passages(index.keys())]
        return [*found, *(index.alignments(source.id) for source in index.sources())]


def test_the_same_passages_get_vectors_of_the_other_embedder(home: Home) -> None:
    """Passages, offsets and alignments stay; every passage is found by its new vector; files are not needed."""
    before = places(home)
    report = again(home)
    assert places(home) == before
    assert report.published
    assert report.embedded == len([one for one in before if not isinstance(one, tuple)])
    with open_index(home, fingerprint=OTHER) as index:
        assert index.manifest.embedder.dimension == OTHER_DIMENSION


def test_the_manifest_names_both_embedders(home: Home) -> None:
    """What made the vectors, and what had made those of the generation it was built on; read back from the file."""
    before = home.current()
    report = again(home)
    manifest = Manifest.read(home.folder(str(home.current())))
    assert manifest == report.manifest
    assert manifest.embedder.fingerprint == OTHER
    assert manifest.made_from is not None
    assert (manifest.made_from.generation, manifest.made_from.embedder) == (before, "word-hash")
    assert manifest.made_from.fingerprint == "hash-48"


def test_a_manifest_of_before_there_were_origins_is_read(home: Home) -> None:
    """An index that an earlier version wrote has no origin and opens all the same."""
    folder = home.folder(str(home.current()))
    replace(Manifest.read(folder), made_from=None).write(folder)
    facts = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    del facts["made_from"], facts["checksum"]
    from ingest.index.manifest import _checksum  # noqa: PLC0415

    (folder / "manifest.json").write_text(json.dumps({**facts, "checksum": _checksum(facts)}), encoding="utf-8")
    with open_index(home) as index:
        assert index.manifest.made_from is None


def test_a_reader_with_the_other_embedder_is_told_what_mends_it(home: Home) -> None:
    """Both sides are named, and the command; the same the other way round after the change."""
    with pytest.raises(IndexMismatchError, match=r"word-hash \(hash-48\).*other-32.*ingest reembed"):
        open_index(home, fingerprint=OTHER)
    with open_index(home) as old:
        again(home)
        assert old.dense(old.passage(old.keys()[0]).vector, 1)  # whoever has the old one open goes on
    with pytest.raises(IndexMismatchError, match=r"word-hash \(other-32\).*hash-48.*ingest reembed"):
        open_index(home, fingerprint="hash-48")
    with pytest.raises(IndexMismatchError, match="ingest reembed"):
        sync([], home=home, embedder=CountingEmbedder(), stages=STAGES, report=Silent())


@pytest.mark.parametrize("calls", [1, 3, 5])
def test_an_interrupted_run_goes_on_where_it_stopped(home: Home, files: Path, calls: int) -> None:
    """The old index serves meanwhile, even through a sync; no text is embedded twice by the two runs together."""
    before = places(home)
    first = Interrupted(calls)
    with pytest.raises(KeyboardInterrupt):
        again(home, first)
    with open_index(home, fingerprint="hash-48"):
        assert places(home) == before
    bring(home, files)
    (files / "di.txt").write_text("di en\nWhat else?|Nothing else at all.", encoding="utf-8")
    bring(home, files)
    second = CountingEmbedder(OTHER, OTHER_DIMENSION)
    report = again(home, second)
    assert len(first.embedded) > 0
    assert report.resumed >= len(first.embedded)
    assert set(first.embedded).isdisjoint(second.embedded)
    assert len(second.embedded) == len(set(second.embedded))
    assert not list(home.path.glob("embedding-*"))
    assert len(places(home)) == len(before) + 2


def test_there_is_nothing_to_do_for_its_own_embedder(home: Home) -> None:
    """The embedder that made the index makes no new generation; no index is refused."""
    before = home.current()
    report = again(home, CountingEmbedder())
    assert not report.published
    assert home.current() == before
    with pytest.raises(NoIndexError, match="ingest sync"):
        again(Home(home.path / "nothing"))


def test_another_chunker_is_named_beside_the_one_before(home: Home, files: Path) -> None:
    """After a change of the parser or chunker a sync reads all again; the manifest names both versions."""
    report = bring(home, files, "2")
    assert report.manifest is not None
    assert report.manifest.made_from is not None
    assert (report.manifest.made_from.chunker, report.manifest.chunker) == ("1", "2")
    kept = again(home).manifest
    assert kept.chunker == "2"


def test_embedders_tell_their_prompts_to_the_manifest(home: Home) -> None:
    """What a model is shown in front of a text is part of what made the vectors."""
    embedder = CountingEmbedder(OTHER, OTHER_DIMENSION)
    embedder.prompts = {"query": "q: ", "passage": "p: "}
    assert again(home, embedder).manifest.embedder.prompts == {"query": "q: ", "passage": "p: "}
    assert HashEmbedder().prompts == {"query": "", "passage": ""}


def test_the_command_says_from_what_to_what(home: Home) -> None:
    """`ingest reembed` names both embedders; a second time there is nothing to do."""
    options = ["reembed", "--embedder", "hash", "--home", str(home.path)]
    shown = CliRunner().invoke(cli, [*options, "--quiet"])
    assert shown.exit_code == 0, shown.output
    assert shown.output == ""
    shown = CliRunner().invoke(cli, options)
    assert "nothing to do: hash" in shown.output
    facts = json.loads(CliRunner().invoke(cli, [*options, "--json"]).output)
    assert (facts["published"], facts["embedder"]) == (False, "hash")
