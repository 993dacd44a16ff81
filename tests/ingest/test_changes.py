"""What a sync finds out: moved, renamed, copied and vanished files, failures, and what it asks before."""

from __future__ import annotations

import errno
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from small_index import STAGES
from sync_world import ADA_TEXT, BO_TEXT, World

from ingest import failures
from ingest.changes import Kind
from ingest.errors import HomeBusyError, UnreadableError, UsageError
from ingest.home import Home
from ingest.index.reader import open_index
from ingest.progress import Silent
from ingest.seen import Seen
from ingest.sync import MANY_REMOVED, SyncReport, preview, remove, retry, sync

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.values import Ingested


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return an empty corpus and home."""
    return World(tmp_path)


def kinds(report: SyncReport) -> list[str]:
    """Return what happened, a word a file, in the order of paths."""
    return [str(step.kind) for step in report.steps]


def never(path: Path, _: Path) -> Ingested:
    """Parse nothing."""
    raise AssertionError(f"{path} was parsed")


UNPARSED = replace(STAGES, parse=never)


@pytest.mark.parametrize("target", ["renamed.txt", "deep/down/ada.txt"])
def test_a_moved_file_keeps_its_source_unread(world: World, target: str) -> None:
    """It is known by its bytes: nothing is parsed, nothing embedded, and the report says from where it came."""
    path = world.write("ada.txt", ADA_TEXT)
    world.write("bo.txt", BO_TEXT)
    world.sync()
    moved = world.corpus / target
    moved.parent.mkdir(parents=True, exist_ok=True)
    path.rename(moved)
    report = world.sync(stages=UNPARSED)
    assert kinds(report) == ["moved"]
    assert (report.steps[0].was, report.steps[0].path) == (str(path), str(moved))
    assert (report.embedded, report.removed, report.unchanged, report.published) == (0, (), 1, True)
    with open_index(world.home) as index:
        assert index.source("ada-en").path == str(moved)
    assert not world.sync(stages=UNPARSED).published


def test_a_file_moved_to_another_root_keeps_its_source_though_the_old_root_is_not_read(world: World) -> None:
    """Its absence is certain: nothing has to be known of the rest of the old root."""
    path = world.write("one/ada.txt", ADA_TEXT)
    world.write("two/bo.txt", BO_TEXT)
    world.sync(world.corpus / "one", world.corpus / "two")
    path.rename(world.corpus / "two" / "ada.txt")
    assert kinds(world.sync(world.corpus / "two", stages=UNPARSED)) == ["moved"]
    assert world.sync(world.corpus / "one", stages=UNPARSED).removed == ()
    assert world.ids() == ["ada-en", "bo-en"]


def test_a_file_that_is_moved_and_edited_stays_the_same_source(world: World) -> None:
    """Its words are new, its place is new, its id is not: nothing is doubled and only new words are embedded."""
    path = world.write("one/ada.txt", ADA_TEXT)
    world.write("two/bo.txt", BO_TEXT)
    world.sync(world.corpus / "one", world.corpus / "two")
    path.unlink()
    moved = world.write("two/new.txt", ADA_TEXT + "And then?|I rest.\n")
    report = world.sync(world.corpus / "two")
    assert kinds(report) == ["changed"]
    assert (report.embedded, report.troubles) == (1, ())
    with open_index(world.home) as index:
        assert index.source("ada-en").path == str(moved)
    assert world.ids() == ["ada-en", "bo-en"]


def test_a_file_moved_over_another_takes_its_place(world: World) -> None:
    """The source of the file that was written over goes, the moved one stays."""
    path = world.write("ada.txt", ADA_TEXT)
    world.write("bo.txt", BO_TEXT)
    world.sync()
    path.rename(world.corpus / "bo.txt")
    report = world.sync(stages=UNPARSED)
    assert sorted(kinds(report)) == ["moved", "removed"]
    assert world.ids() == ["ada-en"]


def test_two_files_that_change_names_are_both_kept(world: World) -> None:
    """No bytes are new, nothing is embedded."""
    ada, bo = world.write("ada.txt", ADA_TEXT), world.write("bo.txt", BO_TEXT)
    world.sync()
    ada.rename(world.corpus / "aside")
    bo.rename(ada)
    (world.corpus / "aside").rename(bo)
    report = world.sync()
    assert (report.embedded, report.removed) == (0, ())
    with open_index(world.home) as index:
        assert index.source("ada-en").path == str(bo)


def test_a_copy_is_a_double_and_takes_over_when_the_first_goes(world: World) -> None:
    """A double is parsed once; when the first file goes it becomes the source's file, as a move."""
    first = world.write("a.txt", ADA_TEXT)
    shutil.copy(first, world.corpus / "b.txt")
    assert sorted(kinds(world.sync())) == ["added", "duplicate"]
    again = world.sync(stages=UNPARSED)
    assert (kinds(again), again.published, again.unchanged) == (["duplicate"], False, 1)
    first.unlink()
    report = world.sync()
    assert (report.embedded, report.removed) == (0, ())
    assert world.ids() == ["ada-en"]
    assert world.sync(stages=UNPARSED).troubles == ()


def test_what_was_removed_by_hand_stays_out_when_its_file_moves(world: World) -> None:
    """The ledger follows the file."""
    path = world.write("ada.txt", ADA_TEXT)
    world.write("bo.txt", BO_TEXT)
    world.sync()
    remove(["ada-en"], home=world.home)
    path.rename(world.corpus / "renamed.txt")
    world.sync(stages=UNPARSED)
    assert world.ids() == ["bo-en"]


def test_another_suffix_is_another_reader(world: World) -> None:
    """A file renamed to another format is read again, and is the same source if that is what is read."""
    path = world.write("ada.txt", ADA_TEXT)
    world.sync()
    path.rename(world.corpus / "ada.md")
    report = world.sync(stages=replace(STAGES, accepts=lambda _: True))
    assert (kinds(report), report.embedded) == (["changed"], 0)
    assert world.ids() == ["ada-en"]


def test_a_pattern_is_remembered_and_followed(world: World) -> None:
    """Without paths the pattern is looked at again: new files come in, deleted ones go, others are not looked at."""
    world.write("talk-1.txt", ADA_TEXT)
    world.write("other.txt", BO_TEXT)
    world.sync(world.corpus / "talk-*.txt")
    assert world.ids() == ["ada-en"]
    world.write("talk-2.txt", BO_TEXT)
    (world.corpus / "talk-1.txt").unlink()
    sync((), home=world.home, embedder=world.embedder, stages=STAGES, report=Silent())
    assert world.ids() == ["bo-en"]
    (world.corpus / "talk-2.txt").unlink()
    sync((), home=world.home, embedder=world.embedder, stages=STAGES, report=Silent())
    assert world.ids() == []


def test_a_list_of_sources_is_followed(world: World) -> None:
    """What the list does not name any more goes, though its file is still there."""
    world.write("ada.txt", ADA_TEXT)
    world.write("bo.txt", BO_TEXT)
    listing = world.write("sources.toml", '[[source]]\npath = "*.txt"\n')
    world.sync(listing)
    assert world.ids() == ["ada-en", "bo-en"]
    listing.write_text('[[source]]\npath = "bo.txt"\n', encoding="utf-8")
    assert world.sync(listing).removed == ("ada-en",)
    assert world.ids() == ["bo-en"]


def many(world: World, number: int) -> list[Path]:
    """Put as many invented interviews into the corpus."""
    return [world.write(f"guest{one}.txt", f"Guest{one} en\nWhy?|Because of reason {one}.\n") for one in range(number)]


def test_a_mass_removal_asks_first(world: World) -> None:
    """More than 5 sources and more than 30 % of the index: refused in one line, nothing changed, until it is confirmed."""
    files = many(world, 20)
    world.sync()
    before = world.home.current()
    for path in files[:7]:
        path.unlink()
    with pytest.raises(UsageError, match=r"take 7 of 20 sources out .* nothing was changed: .* --yes") as refused:
        world.sync()
    assert refused.value.exit_code == 2
    assert world.home.current() == before
    assert len(world.sync(many_may_go=True).removed) == 7
    assert len(world.ids()) == 13


@pytest.mark.parametrize(("held", "deleted"), [(20, 6), (MANY_REMOVED, MANY_REMOVED)])
def test_a_small_removal_does_not_ask(world: World, held: int, deleted: int) -> None:
    """At 30 %, or five sources, it is everyday work."""
    files = many(world, held)
    world.sync()
    for path in files[:deleted]:
        path.unlink()
    assert len(world.sync().removed) == deleted


def test_a_thorough_edit_or_a_move_of_everything_is_no_removal(world: World) -> None:
    """Only sources whose files are gone count: not those that changed their names in their files, nor files moved as one."""
    files = many(world, 10)
    world.sync()
    (world.corpus / "all").mkdir()
    for path in files:
        path.rename(world.corpus / "all" / path.name)
    assert kinds(world.sync(stages=UNPARSED)) == ["moved"] * 10
    for path in files:
        text = (world.corpus / "all" / path.name).read_text(encoding="utf-8")
        (world.corpus / "all" / path.name).write_text(text.replace("Guest", "Host"), encoding="utf-8")
    report = world.sync()
    assert (kinds(report), len(report.removed)) == (["changed"] * 10, 10)


def test_a_dry_run_says_everything_and_writes_nothing(world: World) -> None:
    """Not even a home is made; the second time every kind of change is named, and the confirmation that would be needed."""
    files = many(world, 10)
    changes, objection = preview([world.corpus], home=world.home, stages=STAGES, report=Silent())
    assert ([step.kind for step in changes.steps], objection) == ([Kind.ADDED] * 10, None)
    assert all(step.passages == 1 for step in changes.steps)
    assert not world.home.path.exists()
    world.sync()
    before = {path: path.read_bytes() for path in world.home.path.rglob("*") if path.is_file()}
    for path in files[:7]:
        path.unlink()
    files[7].rename(world.corpus / "moved.txt")
    files[8].write_text("Guest8 en\nWhy?|For another reason.\n", encoding="utf-8")
    world.write("new.txt", ADA_TEXT)
    world.write("noise.txt", "bad")
    changes, objection = preview([world.corpus], home=world.home, stages=STAGES, report=Silent())
    assert objection is not None
    assert "--yes" in objection
    found = {kind: sum(step.kind is kind for step in changes.steps) for kind in Kind}
    assert {kind.value: count for kind, count in found.items() if count} == {
        "added": 1,
        "changed": 1,
        "moved": 1,
        "removed": 7,
        "failed": 1,
    }
    assert {path: path.read_bytes() for path in world.home.path.rglob("*") if path.is_file()} == before


def test_a_file_that_cannot_be_opened_keeps_its_whole_root(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails on one file proves nothing about the others that are missing."""
    gone, bad = world.write("ada.txt", ADA_TEXT), world.write("bo.txt", BO_TEXT)
    world.sync()
    gone.unlink()
    real = Seen.sha256

    def failing(memory: Seen, path: Path) -> str:
        if path == bad:
            raise OSError(errno.EIO, "Input/output error", str(path))
        return real(memory, path)

    with monkeypatch.context() as patch:
        patch.setattr(Seen, "sha256", failing)
        report = world.sync()
    assert report.removed == ()
    assert [trouble.reason for trouble in report.troubles] == ["bo.txt: Input/output error"]
    assert world.ids() == ["ada-en", "bo-en"]
    assert world.sync().removed == ("ada-en",)


def test_a_file_that_vanishes_while_it_is_looked_at_is_no_trouble(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next sync finds it gone."""
    path = world.write("ada.txt", ADA_TEXT)
    world.write("bo.txt", BO_TEXT)
    world.sync()
    real = Seen.sha256

    def vanishing(memory: Seen, wanted: Path) -> str:
        if wanted == path:
            path.unlink()
        return real(memory, wanted)

    with monkeypatch.context() as patch:
        patch.setattr(Seen, "sha256", vanishing)
        assert world.sync().troubles == ()
    assert world.ids() == ["ada-en", "bo-en"]
    assert world.sync().removed == ("ada-en",)


@pytest.mark.services
def test_one_changed_file_among_a_thousand_costs_its_own_new_words(world: World) -> None:
    """Counted: one file is parsed, and of its passages only the new one, with its sentence, is embedded."""
    files = many(world, 1000)
    assert world.sync().embedded == 1000
    files[500].write_text(files[500].read_text(encoding="utf-8") + "And now?|I rest a little.\n", encoding="utf-8")
    moody = Moody()
    report = world.sync(stages=replace(STAGES, parse=moody.parse))
    assert (moody.calls, kinds(report), report.unchanged) == (["guest500.txt"], ["changed"], 999)
    assert report.embedded == 1
    assert sorted(world.embedder.embedded) == ["An invented talk with Guest500\nAnd now?\nI rest a little.", "I rest a little."]


class Moody:
    """A parser that fails on files whose names are on its list, and counts its calls."""

    def __init__(self, *bad: str) -> None:
        self.bad = set(bad)
        self.calls: list[str] = []

    def parse(self, path: Path, folder: Path) -> Ingested:
        """Parse, or refuse."""
        self.calls.append(path.name)
        if path.name in self.bad:
            raise UnreadableError(f"{path.name}: took too long")
        return STAGES.parse(path, folder)


def test_a_failure_is_listed_with_its_reason_and_not_tried_again_before_it_changes(world: World) -> None:
    """The list says why, since when, and how often; a sync names it again without parsing it."""
    moody = Moody("ada.txt")
    stages = replace(STAGES, parse=moody.parse)
    path = world.write("ada.txt", ADA_TEXT)
    world.write("bo.txt", BO_TEXT)
    world.sync(stages=stages)
    report = world.sync(stages=stages)
    assert (moody.calls.count("ada.txt"), kinds(report)) == (1, ["failed"])
    (failure,) = failures.failures(world.home)
    assert (failure.path, failure.reason, failure.times) == (str(path), "ada.txt: took too long", 1)
    assert failure.since == failure.tried != ""
    path.write_text(ADA_TEXT + "More?|Yes, more.\n", encoding="utf-8")
    world.sync(stages=stages)
    assert failures.failures(world.home)[0].times == 2
    moody.bad.clear()
    path.write_text(ADA_TEXT, encoding="utf-8")
    world.sync(stages=stages)
    assert failures.failures(world.home) == ()


@pytest.mark.parametrize("by", ["id", "path", "relative", "all"])
def test_failures_are_tried_again_on_request(world: World, by: str) -> None:
    """By id, by path, or all of them; what can be read now goes in and leaves the list, and nothing else is touched."""
    moody = Moody("ada.txt", "deep.txt")
    stages = replace(STAGES, parse=moody.parse)
    path = world.write("ada.txt", ADA_TEXT)
    world.write("sub/deep.txt", BO_TEXT.replace("Bo", "Deep"))
    gone = world.write("gone.txt", BO_TEXT)
    world.sync(stages=stages)
    gone.unlink()
    moody.bad = {"deep.txt"}
    first = next(one for one in failures.failures(world.home) if one.path == str(path))
    names = {"id": [first.id], "path": [str(path)], "relative": ["ada.txt"], "all": []}[by]
    report = retry(names, home=world.home, embedder=world.embedder, stages=stages, report=Silent())
    assert report.count(Kind.ADDED) == 1
    assert report.removed == ()
    assert world.ids() == ["ada-en", "bo-en"]
    (left,) = failures.failures(world.home)
    assert (left.relative, left.times) == ("sub/deep.txt", 2 if by == "all" else 1)


def test_failures_are_known_without_an_index_too(world: World) -> None:
    """The very first sync may fail altogether; trying again may make the index."""
    moody = Moody("ada.txt")
    path = world.write("ada.txt", ADA_TEXT)
    report = world.sync(stages=replace(STAGES, parse=moody.parse))
    assert (report.exit_code, report.manifest) == (1, None)
    assert [one.path for one in failures.failures(world.home)] == [str(path)]
    assert retry([], home=world.home, embedder=world.embedder, stages=STAGES, report=Silent()).exit_code == 0
    assert world.ids() == ["ada-en"]
    assert failures.failures(world.home) == ()


def test_what_did_not_fail_cannot_be_tried_again(world: World) -> None:
    """Both mistakes are one line with the way out."""
    with pytest.raises(UsageError, match="nothing to try again"):
        retry([], home=world.home, embedder=world.embedder, stages=STAGES, report=Silent())
    with pytest.raises(UsageError, match="ingest failed"):
        retry(["nobody"], home=world.home, embedder=world.embedder, stages=STAGES, report=Silent())


@pytest.mark.parametrize("content", [b"", b"noise", b"{}", b'[{"path": 1}]', b"[7]"])
def test_a_damaged_list_of_failures_costs_only_its_dates(world: World, content: bytes) -> None:
    """The reasons stand in the ledger."""
    world.write("ada.txt", ADA_TEXT)
    world.write("noise.txt", "bad")
    world.sync()
    (world.home.path / failures.FILE).write_bytes(content)
    (failure,) = failures.failures(world.home)
    assert (failure.reason, failure.since) == ("noise.txt: holds nothing but noise", "")
    world.sync()


def test_the_holder_of_the_lock_is_named_with_its_work(world: World) -> None:
    """Process, host, what it does and since when."""
    world.write("ada.txt", ADA_TEXT)
    held = r"process \d+ on \S+ syncs it with files since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"
    with world.home.lock("syncs it with files"), pytest.raises(HomeBusyError, match=held):
        Home(world.home.path).lock().__enter__()
