"""One step back: what is served, what is said, when it is refused, and how it goes on from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from small_index import ADA, BO, FACTS, STAGES, CountingEmbedder, build, interview

from ingest.errors import HomeBusyError, IndexDamagedError, NoIndexError, UsageError
from ingest.home import Home
from ingest.index.check import check
from ingest.index.manifest import EmbedderFacts
from ingest.index.reader import open_index
from ingest.progress import Silent
from ingest.rollback import rollback
from ingest.sync import sync

if TYPE_CHECKING:
    from pathlib import Path


def test_a_step_back_serves_the_generation_before_and_says_what_changed(tmp_path: Path) -> None:
    """Sources that come back, go, and have other words are named; a second step back is refused."""
    home = Home(tmp_path)
    other_ada = interview("Ada Quill", [("How did you begin?", "I now tell it otherwise.")])
    first = build(home, [ADA, BO])
    second = build(home, [other_ada, interview("Cy Marsh", [("Why?", "For fun.")])], removed=["bo-fern-en"])
    report = rollback(home)
    assert (report.left, report.manifest.generation) == (second.generation, first.generation)
    assert (report.back, report.gone, report.other_words) == (("bo-fern-en",), ("cy-marsh-en",), ("ada-quill-en",))
    assert (report.other_embedder, report.unknown) == (None, False)
    with open_index(home) as index:
        assert index.manifest.generation == first.generation
        assert index.warning is None
    with pytest.raises(UsageError, match="no generation before"):
        rollback(home)


def test_a_sync_after_a_step_back_builds_on_it(tmp_path: Path) -> None:
    """What was rolled back is read again from its files; the generation that was left is deleted, never gone back to."""
    home, corpus = Home(tmp_path / "home"), tmp_path / "corpus"
    corpus.mkdir()

    def bring_in_step() -> str:
        done = sync([corpus], home=home, embedder=CountingEmbedder(), stages=STAGES, report=Silent())
        assert done.manifest is not None
        return done.manifest.generation

    (corpus / "ada.txt").write_text("Ada en\nWhy?|Because.\n", encoding="utf-8")
    first = bring_in_step()
    (corpus / "bo.txt").write_text("Bo en\nWhen?|At once.\n", encoding="utf-8")
    second = bring_in_step()
    rollback(home)
    third = bring_in_step()
    assert home.published() == (third, first)
    assert second not in home.published()
    assert [str(result) for result in check(home) if result.faults] == []
    assert rollback(home).manifest.generation == first


def test_a_left_generation_that_is_still_read_is_never_gone_back_to(tmp_path: Path) -> None:
    """A reader that holds it keeps it on disk; the next step back still goes to what the served one was built on."""
    home = Home(tmp_path)
    first = build(home, [ADA])
    build(home, [BO])
    with open_index(home) as reader:
        rollback(home)
        third = build(home, [interview("Cy Marsh", [("Why?", "For fun.")])])
        assert len(home.published()) == 3
        assert rollback(home).manifest.generation == first.generation
        assert reader.manifest.generation not in (first.generation, third.generation)


def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    """No index, nothing before it, a damaged one before it, and a writer at work: one line each, and nothing changes."""
    home = Home(tmp_path)
    with pytest.raises(NoIndexError, match="ingest sync"):
        rollback(home)
    first = build(home, [ADA])
    with pytest.raises(UsageError, match="no generation before"):
        rollback(home)
    second = build(home, [BO])
    with home.lock("is at work"), pytest.raises(HomeBusyError, match="is at work"):
        rollback(home)
    (home.folder(first.generation) / "vectors.faiss").write_bytes(b"noise")
    with pytest.raises(IndexDamagedError, match=r"vectors\.faiss is damaged"):
        rollback(home)
    assert home.current() == second.generation


def test_a_damaged_generation_can_be_left(tmp_path: Path) -> None:
    """Then nothing is said about the difference but that it is not known."""
    home = Home(tmp_path)
    first = build(home, [ADA])
    second = build(home, [BO])
    (home.folder(second.generation) / "index.sqlite").write_bytes(b"noise" * 1000)
    report = rollback(home)
    assert report.unknown
    assert home.current() == first.generation


def test_another_embedder_is_named(tmp_path: Path) -> None:
    """Services that run with the embedder of the generation that was left would refuse the one before."""
    home = Home(tmp_path)
    build(home, [ADA])
    build(home, [], facts=EmbedderFacts(id="newer", fingerprint="other", engine="hash", dimension=FACTS.dimension))
    assert rollback(home).other_embedder == "newer"
