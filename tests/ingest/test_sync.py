"""Sync: what goes in, what stays, what is embedded, and what is never lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from small_index import ADA, STAGES, CountingEmbedder, align, build
from sync_world import ADA_TEXT, ADA_ZH_TEXT, BO_TEXT, World

from ingest.errors import HomeBusyError, IndexDamagedError, IndexMismatchError, UsageError
from ingest.index.reader import open_index
from ingest.progress import Silent
from ingest.sync import remove, sync
from ingest.walk import walk

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.stages import Embed
    from ingest.values import Alignment, Ingested


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return an empty corpus and home."""
    return World(tmp_path)


def test_a_folder_goes_in_and_a_second_sync_changes_nothing(world: World) -> None:
    """A folder goes in and a second sync changes nothing."""
    world.write("ada.txt", ADA_TEXT)
    world.write("deep/bo.txt", BO_TEXT)
    world.write("picture.png", "not a text")
    world.write(".hidden.txt", "bad")
    first = world.sync()
    assert world.ids() == ["ada-en", "bo-en"]
    assert (first.published, first.embedded, first.exit_code, len(first.rows)) == (True, 3, 0, 2)
    second = world.sync()
    assert not second.published
    assert second.unchanged == 2
    assert world.embedder.embedded == []
    assert world.home.current() == (first.manifest.generation if first.manifest else "")


def test_only_new_texts_of_a_changed_file_are_embedded(world: World) -> None:
    """Only new texts of a changed file are embedded."""
    world.write("ada.txt", ADA_TEXT)
    world.write("bo.txt", BO_TEXT)
    world.sync()
    world.write("ada.txt", ADA_TEXT + "And then?|I rest.\n")
    report = world.sync()
    assert (report.embedded, report.unchanged) == (1, 1)
    assert [text for text in world.embedder.embedded if "robots" in text or "radio" in text] == []
    assert world.ids() == ["ada-en", "bo-en"]


def test_a_moved_file_is_not_embedded_again(world: World) -> None:
    """A moved file is not embedded again."""
    path = world.write("ada.txt", ADA_TEXT)
    world.sync()
    path.rename(world.corpus / "renamed.txt")
    report = world.sync()
    assert (report.embedded, report.removed) == (0, ())
    with open_index(world.home) as index:
        assert str(index.source("ada-en").path).endswith("renamed.txt")


def test_a_source_whose_identity_changes_replaces_the_old_one(world: World) -> None:
    """A source whose identity changes replaces the old one."""
    world.write("ada.txt", ADA_TEXT)
    world.sync()
    world.write("ada.txt", ADA_TEXT.replace("Ada", "Ida"))
    assert world.sync().removed == ("ada-en",)
    assert world.ids() == ["ida-en"]


def test_a_deleted_file_takes_its_source_along_and_other_roots_stay(world: World) -> None:
    """A deleted file takes its source along and other roots stay."""
    path = world.write("one/ada.txt", ADA_TEXT)
    world.write("two/bo.txt", BO_TEXT)
    world.sync(world.corpus / "one", world.corpus / "two")
    path.unlink()
    assert world.sync(world.corpus / "two").removed == ()
    assert world.sync(world.corpus / "one").removed == ("ada-en",)
    assert world.ids() == ["bo-en"]


def test_one_bad_file_is_reported_and_the_rest_goes_in(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """One bad file is reported and the rest goes in."""
    world.write("ada.txt", ADA_TEXT)
    world.write("noise.txt", "bad")
    world.write("stumble.txt", "crash")
    report = world.sync()
    assert report.exit_code == 0
    assert world.ids() == ["ada-en"]
    warnings = capsys.readouterr().err
    assert "noise.txt: holds nothing but noise" in warnings
    assert "stumble.txt: ValueError" in warnings
    again = world.sync()
    assert not again.published
    assert len(again.troubles) == 2


def test_nothing_but_bad_files_is_a_failure_and_makes_no_index(world: World) -> None:
    """Nothing but bad files is a failure and makes no index."""
    world.write("noise.txt", "bad")
    report = world.sync()
    assert (report.exit_code, report.published, report.manifest) == (1, False, None)
    assert world.home.current() is None


def test_a_file_that_goes_bad_keeps_its_last_good_version(world: World) -> None:
    """A file that goes bad keeps its last good version."""
    world.write("ada.txt", ADA_TEXT)
    world.sync()
    world.write("ada.txt", "bad")
    assert world.sync().removed == ()
    assert world.ids() == ["ada-en"]
    world.write("ada.txt", BO_TEXT)
    world.sync()
    assert world.ids() == ["bo-en"]


def test_the_same_source_in_two_files_goes_in_once(world: World) -> None:
    """The same source in two files goes in once."""
    world.write("a.txt", ADA_TEXT)
    copy = world.write("b.txt", ADA_TEXT)
    report = world.sync()
    assert [trouble.status for trouble in report.troubles] == ["duplicate"]
    assert world.ids() == ["ada-en"]
    (world.corpus / "a.txt").unlink()
    world.sync()
    assert world.ids() == ["ada-en"]
    with open_index(world.home) as index:
        assert index.source("ada-en").path == str(copy)


def test_a_second_copy_of_a_folder_is_no_failure(world: World) -> None:
    """A second clone's corpus, read beside the first one's, lacks nothing: skipped, said, and no reason to stop a script."""
    world.write("a.txt", ADA_TEXT)
    world.sync()
    copy = world.corpus.with_name("second-clone")
    copy.mkdir()
    (copy / "a.txt").write_text(ADA_TEXT, encoding="utf-8")
    report = world.sync(copy)
    assert ([trouble.status for trouble in report.troubles], report.exit_code) == (["duplicate"], 0)
    (copy / "noise.txt").write_text("bad", encoding="utf-8")
    assert world.sync(copy).exit_code == 1


def test_translations_are_linked_and_aligned_in_any_order(world: World) -> None:
    """Translations are linked and aligned in any order."""
    world.write("zh.txt", ADA_ZH_TEXT)
    world.sync()
    with open_index(world.home) as index:
        assert index.source("ada-zh").translation_of is None
    original = world.write("en.txt", ADA_TEXT)
    world.sync()
    with open_index(world.home) as index:
        assert index.source("ada-zh").translation_of == "ada-en"
        assert [pair.other_id for pair in index.alignments("ada-zh")] == ["ada-en"]
    original.unlink()
    world.sync()
    with open_index(world.home) as index:
        assert index.source("ada-zh").translation_of is None
        assert index.alignments("ada-zh") == ()


def test_removing_an_original_unlinks_its_translations(world: World) -> None:
    """Removing an original unlinks its translations."""
    world.write("zh.txt", ADA_ZH_TEXT)
    world.write("en.txt", ADA_TEXT)
    world.sync()
    remove(["ada-en"], home=world.home)
    with open_index(world.home) as index:
        assert index.source("ada-zh").translation_of is None
        assert index.alignments("ada-zh") == ()


def test_alignment_embeds_what_the_index_does_not_hold(world: World) -> None:
    """Alignment embeds what the index does not hold."""
    world.write("zh.txt", ADA_ZH_TEXT)
    world.write("en.txt", ADA_TEXT)

    def curious(original: Ingested, translation: Ingested, embed: Embed) -> list[Alignment]:
        embed(["entirely new words", "entirely new words"])
        return align(original, translation, embed)

    world.sync(stages=replace(STAGES, align=curious))
    assert "entirely new words" in world.embedder.embedded


def test_another_parser_version_reads_everything_again_without_embedding(world: World) -> None:
    """Another parser version reads everything again without embedding."""
    world.write("ada.txt", ADA_TEXT)
    world.sync()
    report = world.sync(stages=replace(STAGES, version="2"))
    assert (report.published, report.embedded, len(report.rows)) == (True, 0, 1)
    assert not world.sync(stages=replace(STAGES, version="2")).published


def test_another_embedder_needs_a_rebuild_which_embeds_every_source(world: World) -> None:
    """Another embedder needs a rebuild which embeds every source."""
    world.write("one/ada.txt", ADA_TEXT)
    world.write("two/bo.txt", BO_TEXT)
    world.sync()
    world.embedder = CountingEmbedder("other", dimension=16)
    with pytest.raises(IndexMismatchError, match=r"hash-48.*other.*reembed"):
        world.sync()
    report = world.sync(world.corpus / "one", rebuild=True)
    assert report.embedded == 3
    assert world.ids() == ["ada-en", "bo-en"]
    with open_index(world.home, fingerprint="other") as index:
        assert index.manifest.embedder.dimension == 16


def test_known_roots_are_read_where_none_is_named(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Known roots are read where none is named."""
    world.write("one/ada.txt", ADA_TEXT)
    single = world.write("two/bo.txt", BO_TEXT)
    with pytest.raises(UsageError, match="ingest sync PATH"):
        sync((), home=world.home, embedder=world.embedder, stages=STAGES, report=Silent())
    world.sync(world.corpus / "one", single)
    world.write("one/more.txt", BO_TEXT.replace("Bo", "Cy"))
    world.write("two/ignored.txt", BO_TEXT.replace("Bo", "Di"))
    single.unlink()
    sync((), home=world.home, embedder=world.embedder, stages=STAGES, report=Silent())
    assert world.ids() == ["ada-en", "bo-en", "cy-en"]
    assert "is not there any more" in capsys.readouterr().err


def test_a_path_that_does_not_exist_is_a_usage_error(world: World) -> None:
    """A path that does not exist is a usage error."""
    with pytest.raises(UsageError, match="no such file or folder"):
        world.sync(world.corpus / "nowhere")


def test_what_was_removed_by_hand_stays_out_until_its_file_changes(world: World) -> None:
    """What was removed by hand stays out until its file changes."""
    world.write("ada.txt", ADA_TEXT)
    world.write("bo.txt", BO_TEXT)
    world.sync()
    assert remove(["ada-en"], home=world.home).sources == 1
    assert not world.sync().published
    assert world.ids() == ["bo-en"]
    world.write("ada.txt", ADA_TEXT + "More?|Yes, more.\n")
    world.sync()
    assert world.ids() == ["ada-en", "bo-en"]


def test_removing_the_unknown_changes_nothing(world: World) -> None:
    """Removing the unknown changes nothing."""
    with pytest.raises(UsageError, match="no index"):
        remove(["ada-en"], home=world.home)
    world.write("ada.txt", ADA_TEXT)
    world.sync()
    with pytest.raises(UsageError, match="nobody-en"):
        remove(["ada-en", "nobody-en"], home=world.home)
    assert world.ids() == ["ada-en"]


def test_two_writers_do_not_meet(world: World) -> None:
    """Two writers do not meet."""
    with world.home.lock(), pytest.raises(HomeBusyError):
        world.sync()


def test_a_damaged_index_is_built_on_only_if_a_whole_one_stands_behind(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """A damaged index is built on only if a whole one stands behind."""
    world.write("ada.txt", ADA_TEXT)
    first = world.sync()
    assert first.manifest is not None
    (world.home.folder(first.manifest.generation) / "index.sqlite").write_bytes(b"noise")
    with pytest.raises(IndexDamagedError, match=r"index\.sqlite.*--rebuild"):
        world.sync()
    world.sync(rebuild=True)
    assert "building a new index" in capsys.readouterr().err
    world.write("bo.txt", BO_TEXT)
    newest = world.sync()
    assert newest.manifest is not None
    (world.home.folder(newest.manifest.generation) / "vectors.faiss").write_bytes(b"noise")
    world.sync()
    assert "building on the generation before" in capsys.readouterr().err
    assert world.ids() == ["ada-en", "bo-en"]


def test_an_unlistable_folder_loses_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unlistable folder loses nothing."""
    path = world.write("shut/ada.txt", ADA_TEXT)
    world.sync()
    path.unlink()

    def shut(top: Path, onerror: object) -> list[object]:
        assert callable(onerror)
        onerror(PermissionError(13, "Permission denied", str(world.corpus / "shut")))
        return [(str(top), [], [])]

    monkeypatch.setattr("ingest.walk.os.walk", shut)
    assert world.sync().removed == ()
    assert world.ids() == ["ada-en"]


def test_sentences_said_twice_are_stored_once(world: World) -> None:
    """Sentences said twice are stored once."""
    world.write("ada.txt", "Ada en\nWhy?|Because.\nWhy?|Because.\n")
    world.sync()
    assert world.ids() == ["ada-en"]
    with open_index(world.home) as index:
        assert index.manifest.passages == 1


def test_a_hand_made_index_without_a_ledger_can_be_added_to(world: World) -> None:
    """A hand made index without a ledger can be added to."""
    build(world.home, [ADA])
    world.write("bo.txt", BO_TEXT)
    world.sync()
    assert world.ids() == ["ada-quill-en", "bo-en"]


def test_a_readme_is_about_its_folder(tmp_path: Path) -> None:
    """What a folder says of itself is nobody's advice; named on its own it is taken."""
    for name in ("README.md", "ada.md", "LICENSE.txt"):
        (tmp_path / name).write_text("words", encoding="utf-8")
    assert [found.relative for found in walk([tmp_path], lambda _: True).files] == ["ada.md"]
    assert len(walk([tmp_path / "README.md"], lambda _: True).files) == 1
