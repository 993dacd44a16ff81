"""What `ingest export` writes, `ingest import` restores the same on any machine; whatever else it is given, it refuses."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import sqlite3
import stat
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from small_index import ADA, ADA_ZH, BO, FACTS, build, direction

from bot.aliases import read_own
from bot.feedback import FeedbackStore, Vote
from ingest import backup, unpack
from ingest.backup import export_home, import_home
from ingest.cli import cli
from ingest.errors import HomeBusyError, IndexDamagedError, IndexMismatchError, IngestError, NoIndexError, UsageError
from ingest.forget import forget
from ingest.forgotten import FORGOTTEN, Forgotten
from ingest.home import Home
from ingest.index import rows
from ingest.index.check import check
from ingest.index.generation import draft, find_base
from ingest.index.manifest import DATABASE
from ingest.index.reader import open_index
from ingest.index.rows import LedgerEntry
from ingest.unpack import Contents

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.index.reader import Index

UNWANTED = r"""
../evil library/../../evil /etc/evil library/a\..\b C:/evil library//x ./library/x library/ keys.json index/vectors.faiss
index/sub/index.sqlite stores/keys.json stores/../feedback.sqlite generations/x/index.sqlite CURRENT
"""
QUESTIONS = ("How did Ada begin with robots?", "diploma", "玩具", "café power")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Path]:
    """Return a home that no test changes, and a backup of it."""
    folder = tmp_path_factory.mktemp("made")
    home = filled(folder)
    return home, export_home(home, folder / "saved.zip").path


@pytest.fixture
def kept(made: tuple[Home, Path]) -> Home:
    """Return the home that `saved` is a backup of; not to be changed."""
    return made[0]


@pytest.fixture
def saved(made: tuple[Home, Path], tmp_path: Path) -> Path:
    """Return a backup to do anything with."""
    return Path(shutil.copy(made[1], tmp_path))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return a home to do anything with."""
    return filled(tmp_path)


def filled(folder: Path) -> Home:
    """Return a home with three invented interviews; one was fetched into its library, one was read from elsewhere."""
    home = Home(folder / "home")
    copy = home.path / "library" / "talks" / "ada.txt"
    copy.parent.mkdir(parents=True)
    copy.write_text("a fetched copy", encoding="utf-8")
    build(home, [replace(ADA, source=replace(ADA.source, path=str(copy))), BO, ADA_ZH])
    record(home, str(copy), str(home.path / "library"), "ada-quill-en")
    record(home, "/elsewhere/bo.txt", "/elsewhere", "bo-fern-en")
    return home


def record(home: Home, path: str, root: str, source_id: str) -> None:
    """Put a file on the ledger."""
    with home.lock(), draft(home, find_base(home)) as work:
        work.store.record(LedgerEntry(path=path, root=root, relative="x", sha256="0" * 64, source_id=source_id))
        work.publish(FACTS, "chunker-1")


def ledger(home: Home) -> dict[str, LedgerEntry]:
    """Return the served ledger."""
    base = find_base(home)
    assert base is not None
    with closing(base.connect()) as connection:
        return rows.read_ledger(connection)


def answers(index: Index) -> list[object]:
    """Return everything that retrieval sees: what is found for each question, and every passage with its vectors."""
    found: list[object] = [(index.dense(direction(one), 9), index.lexical(one, 9)) for one in QUESTIONS]
    for key in index.keys():  # noqa: SIM118 (not a dictionary)
        one = index.passage(key)
        found.append((key, one.passage, one.vector.tobytes(), one.sentence_vectors.tobytes()))
    found += [(source.id, index.document(source.id), index.segments(source.id)) for source in index.sources()]
    return found


def test_a_restored_home_answers_the_same(kept: Home, saved: Path, tmp_path: Path) -> None:
    """Same passages, same vectors, same offsets, same scores; whole; fetched copies in their new place."""
    other = Home(tmp_path / "other machine" / "home")
    done = import_home(other, saved)
    assert [str(result) for result in check(other) if result.faults] == []
    with open_index(kept) as before, open_index(other, fingerprint=FACTS.fingerprint) as after:
        assert answers(after) == answers(before)
        assert replace(after.manifest, generation="", created="", files={}, made_from=None) == replace(
            before.manifest, generation="", created="", files={}, made_from=None
        )
        assert after.source("ada-quill-en").path == str(other.path / "library" / "talks" / "ada.txt")
        assert replace(after.source("ada-quill-en"), path=None) == replace(before.source("ada-quill-en"), path=None)
    assert done.manifest.generation == other.current()
    assert (other.path / "library" / "talks" / "ada.txt").read_text(encoding="utf-8") == "a fetched copy"
    assert ledger(other).keys() == {str(other.path / "library" / "talks" / "ada.txt"), "/elsewhere/bo.txt"}
    assert ledger(other)[str(other.path / "library" / "talks" / "ada.txt")].root == str(other.path / "library")
    assert sorted(path.name for path in other.path.iterdir()) == ["CURRENT", "generations", "library", "lock"]


def test_a_home_of_windows_finds_its_copies_here(kept: Home) -> None:
    """Paths of a machine with other separators are taken apart by that machine's rules."""
    contents = Contents(careerbot="1", created="", home="C:\\Users\\ada\\home", separator="\\", generation="", files={})
    assert backup._moved("C:\\Users\\ada\\home\\library\\x\\y.html", contents, kept) == str(kept.path / "library/x/y.html")
    assert backup._moved("C:\\Users\\ada\\other.txt", contents, kept) == "C:\\Users\\ada\\other.txt"


def test_a_backup_of_a_backup_is_the_same(kept: Home, saved: Path, tmp_path: Path) -> None:
    """Exporting what was imported gives the same passages again, and export changes nothing at home."""
    before = kept.current()
    other, third = Home(tmp_path / "other"), Home(tmp_path / "third")
    import_home(other, saved)
    import_home(third, export_home(other, tmp_path / "again.zip").path)
    with open_index(kept) as first, open_index(third) as last:
        assert answers(first)[: len(QUESTIONS)] == answers(last)[: len(QUESTIONS)]
    assert kept.current() == before


def test_a_home_with_an_index_is_replaced_on_request_only(saved: Path, tmp_path: Path) -> None:
    """What stood there stays behind for a rollback; copies the backup does not know go."""
    other = Home(tmp_path / "other")
    served = build(other, [BO]).generation
    (other.path / "library").mkdir()
    (other.path / "library" / "old.txt").write_text("old", encoding="utf-8")
    with pytest.raises(UsageError, match="--replace"):
        import_home(other, saved)
    assert other.current() == served
    import_home(other, saved, overwrite=True)
    with open_index(other) as index:
        assert len(index.sources()) == 3
    assert other.behind(str(other.current())) == served
    assert not (other.path / "library" / "old.txt").exists()


def test_feedback_comes_with_it_on_request(home: Home, tmp_path: Path) -> None:
    """Feedback is saved while the bot holds it open, restored into one that holds its own, and left out otherwise."""
    store = FeedbackStore(home)
    store.remember(
        {"id": "a", "index": {"generation": "g"}, "language": "en", "status": "answered", "citations": [], "claims": []}
    )
    store.add(Vote(answer_id="a", vote="up"))
    without = export_home(home, tmp_path / "without.zip")
    with_it = export_home(home, tmp_path / "with.zip", feedback=True)
    store.close()
    assert not any(name.startswith("stores/") for name in without.contents.files)
    other = Home(tmp_path / "other")
    import_home(other, with_it.path)
    restored = FeedbackStore(other)
    assert restored.votes() == (Vote(answer_id="a", vote="up"),)
    import_home(other, with_it.path, overwrite=True)
    assert restored.votes() == (Vote(answer_id="a", vote="up"),)
    restored.close()
    assert stat.S_IMODE((other.path / "feedback.sqlite").stat().st_mode) == 0o600
    assert not [path for path in home.path.iterdir() if path.name.startswith("building")]


def test_misheard_names_come_with_it(home: Home, tmp_path: Path) -> None:
    """The user's own aliases are restored as they were; other ones that stood there are kept aside, and only those."""
    mine, theirs = '[[alias]]\nname = "Zephyrine"\nheard = ["zeppelin"]\n', "# other names\n"
    (home.path / "aliases.toml").write_text(mine, encoding="utf-8")
    saved = export_home(home, tmp_path / "saved.zip").path
    other = Home(tmp_path / "other")
    import_home(other, saved)
    assert read_own(other.path) == {"zephyrine": ("zeppelin",)}
    import_home(other, saved, overwrite=True)
    assert not (other.path / "aliases.toml.before").exists()
    (other.path / "aliases.toml").write_text(theirs, encoding="utf-8")
    import_home(other, saved, overwrite=True)
    assert (other.path / "aliases.toml").read_text(encoding="utf-8") == mine
    assert (other.path / "aliases.toml.before").read_text(encoding="utf-8") == theirs


def test_a_backup_without_aliases_leaves_those_that_are_there(saved: Path, tmp_path: Path) -> None:
    """Backups of earlier versions know nothing of them."""
    other = Home(tmp_path / "other")
    other.path.mkdir()
    (other.path / "aliases.toml").write_text("# mine\n", encoding="utf-8")
    import_home(other, saved)
    assert (other.path / "aliases.toml").read_text(encoding="utf-8") == "# mine\n"


def test_keys_and_secrets_are_not_in_it(home: Home, tmp_path: Path) -> None:
    """Only what is listed goes into a backup."""
    (home.path / "keys.json").write_text("secret", encoding="utf-8")
    assert not any("keys" in name for name in export_home(home, tmp_path / "x.zip", feedback=True).contents.files)


def test_what_was_forgotten_since_stays_forgotten(home: Home, tmp_path: Path) -> None:
    """An old backup does not bring back what its home, or the one it is restored to, was told to forget."""
    saved = export_home(home, tmp_path / "saved.zip").path
    forget(["bo-fern-en"], home=home)
    done = import_home(home, saved, overwrite=True)
    assert done.kept_out == ("bo-fern-en",)
    with open_index(home) as index:
        assert {source.id for source in index.sources()} == {"ada-quill-en", "ada-quill-zh"}
    assert ledger(home)["/elsewhere/bo.txt"].status == FORGOTTEN
    other = Home(tmp_path / "other")
    import_home(other, export_home(home, tmp_path / "newer.zip").path)
    assert Forgotten.read(other).knows("bo-fern-en")


def test_the_record_of_copies_still_matches(home: Home, tmp_path: Path) -> None:
    """Restoring a home in its own place changes no row."""
    saved = export_home(home, tmp_path / "saved.zip").path
    before = ledger(home)
    import_home(home, saved, overwrite=True)
    assert ledger(home) == before


def test_one_writer_at_a_time(kept: Home, saved: Path, tmp_path: Path) -> None:
    """Export and import wait for nobody and say who is at work."""
    with kept.lock():
        with pytest.raises(HomeBusyError):
            export_home(kept, tmp_path / "busy.zip")
        with pytest.raises(HomeBusyError):
            import_home(kept, saved, overwrite=True)


def test_export_refuses_what_makes_no_sense(home: Home, saved: Path, tmp_path: Path) -> None:
    """No file is overwritten, none made in the home, none of an empty home, and nothing half-written stays."""
    with pytest.raises(UsageError, match="there already"):
        export_home(home, saved)
    with pytest.raises(UsageError, match="lies in the home"):
        export_home(home, home.path / "x.zip")
    with pytest.raises(NoIndexError):
        export_home(Home(tmp_path / "empty"), tmp_path / "x.zip")
    database = home.folder(str(home.current())) / DATABASE
    before = sorted(tmp_path.iterdir())
    os.truncate(database, 100)
    for generation in home.published():
        os.truncate(home.folder(generation) / DATABASE, 100)
    with pytest.raises(IndexDamagedError):
        export_home(home, tmp_path / "x.zip")
    assert sorted(path for path in tmp_path.iterdir() if path.name != "empty") == [
        path for path in before if path.name != "empty"
    ]


def forged(saved: Path, change: Callable[[dict[str, bytes]], None], *, seal: bool = True) -> Path:
    """Return a copy of a backup with changed members, its own list of contents made to agree where `seal`."""
    with zipfile.ZipFile(saved) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    facts = json.loads(members.pop(Contents.NAME))
    change(members)
    facts.pop("checksum")
    if seal:
        sums = {name: hashlib.sha256(body).hexdigest() for name, body in members.items()}
        facts["files"] = {name: {"sha256": sums[name], "size": len(body)} for name, body in members.items()}
    facts["checksum"] = unpack._checksum(facts)
    target = saved.with_name("forged.zip")
    with zipfile.ZipFile(target, "w") as archive:
        for name, body in members.items():
            archive.writestr(name, body)
        archive.writestr(Contents.NAME, json.dumps(facts))
    return target


@pytest.mark.parametrize("name", UNWANTED.split())
def test_members_that_no_backup_has_are_refused(saved: Path, tmp_path: Path, name: str) -> None:
    """Names that lead out of the folder, or into files that backups do not hold, even with good checksums."""
    other = Home(tmp_path / "other")
    bad = forged(saved, lambda members: members.update({name: b"x"}))
    with pytest.raises(IndexDamagedError, match=r"refused|damaged"):
        import_home(other, bad)
    assert [path.name for path in other.path.iterdir()] == ["lock"]
    assert not (tmp_path / "evil").exists()


def test_links_are_refused(saved: Path, tmp_path: Path) -> None:
    """A symbolic link is not a plain file."""
    with zipfile.ZipFile(saved, "a") as archive:
        link = zipfile.ZipInfo("library/link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(IndexDamagedError, match="library/link"):
        import_home(Home(tmp_path / "other"), saved)


def test_bombs_are_refused_before_they_are_unpacked(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too much in all, more than the disk has, or more than a member's stated size."""
    monkeypatch.setattr(unpack, "MOST_BYTES", 1000)
    with pytest.raises(IndexDamagedError, match="would unpack to more"):
        import_home(Home(tmp_path / "other"), saved)
    monkeypatch.undo()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type("Usage", (), {"free": 10}))
    with pytest.raises(IndexDamagedError, match="make room"):
        import_home(Home(tmp_path / "other"), saved)
    monkeypatch.undo()
    with pytest.raises(IndexDamagedError, match="not those"):
        import_home(Home(tmp_path / "other"), forged(saved, lambda members: members.update({"library/y": b"y"}), seal=False))


def test_a_database_with_code_of_its_own_is_refused(saved: Path, tmp_path: Path) -> None:
    """A trigger, a view or another table in the database of a forged backup never gets to run."""

    def add_trigger(members: dict[str, bytes]) -> None:
        path = tmp_path / "forged.sqlite"
        path.write_bytes(members["index/index.sqlite"])
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("CREATE TRIGGER sly AFTER INSERT ON ledger BEGIN DELETE FROM sources; END")
        members["index/index.sqlite"] = path.read_bytes()

    with pytest.raises(IndexDamagedError, match="not whole"):
        import_home(Home(tmp_path / "other"), forged(saved, add_trigger))


def test_other_versions_and_other_files_are_refused_in_one_clear_line(saved: Path, tmp_path: Path) -> None:
    """A newer format names both versions; a text, an archive of something else and an absent file are called what they are."""
    other = Home(tmp_path / "other")
    with zipfile.ZipFile(saved) as archive:
        facts = json.loads(archive.read(Contents.NAME))
    facts |= {"format": 2, "careerbot": "9.9"}
    facts.pop("checksum")
    facts["checksum"] = unpack._checksum(facts)
    newer, foreign, text = tmp_path / "newer.zip", tmp_path / "foreign.zip", tmp_path / "text.zip"
    for path, name in ((newer, Contents.NAME), (foreign, "readme.txt")):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, json.dumps(facts))
    text.write_text("not an archive", encoding="utf-8")
    with pytest.raises(IndexMismatchError, match=r"9\.9 in backup format 2, this careerbot reads 1"):
        import_home(other, newer)
    with pytest.raises(IndexDamagedError, match="no backup of careerbot"):
        import_home(other, foreign)
    with pytest.raises(IndexDamagedError, match="no backup of careerbot"):
        import_home(other, text)
    with pytest.raises(UsageError, match="no such file"):
        import_home(other, tmp_path / "absent.zip")


def outcome(home: Home, path: Path) -> str:
    """Import a backup; return what was said against it, nothing where it was restored."""
    try:
        import_home(home, path)
    except IngestError as error:
        return str(error)
    return ""


def test_a_damaged_backup_never_becomes_another_index(kept: Home, saved: Path, tmp_path: Path) -> None:
    """A hundred cuts and flipped bits: refused with the file named, or, where the byte means nothing, restored the same."""
    whole = saved.read_bytes()
    bad = tmp_path / "bad.zip"
    chance = random.Random(3)  # noqa: S311
    with open_index(kept) as index:
        expected = answers(index)
    refused = 0
    for case in range(100):
        body = bytearray(whole)
        if case % 2:
            del body[chance.randrange(len(body)) :]
        else:
            body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
        bad.write_bytes(body)
        other = Home(tmp_path / f"other-{case}")
        told = outcome(other, bad)
        refused += bool(told)
        if told:
            assert str(bad) in told
            assert other.current() is None
        else:
            with open_index(other) as index:
                assert answers(index)[: len(QUESTIONS)] == expected[: len(QUESTIONS)]
    assert refused >= 90


def test_a_failed_import_leaves_what_is_served(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old index is served until the last step, and nothing of the attempt stays."""
    other = Home(tmp_path / "other")
    served = build(other, [BO]).generation
    monkeypatch.setattr(backup, "_publish", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        import_home(other, saved, overwrite=True)
    assert other.current() == served
    assert sorted(path.name for path in other.path.iterdir()) == ["CURRENT", "generations", "lock"]


def test_the_commands(home: Home, tmp_path: Path) -> None:
    """`ingest export` prints where and what; `ingest import` what it restored."""
    path = tmp_path / "saved.zip"
    wrote = CliRunner().invoke(cli, ["export", str(path), "--home", str(home.path)])
    assert wrote.exit_code == 0, wrote.output
    assert hashlib.sha256(path.read_bytes()).hexdigest() in wrote.output
    read = CliRunner().invoke(cli, ["import", str(path), "--home", str(tmp_path / "other")])
    assert "restored 3 sources, 4 passages" in read.output
    again = CliRunner().invoke(cli, ["import", str(path), "--home", str(tmp_path / "other")])
    assert again.exit_code == 2
