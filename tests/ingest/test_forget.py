"""What is forgotten leaves every stored file, stays out of later syncs, and its absence is proven, not claimed."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from small_index import FACTS, STAGES, CountingEmbedder, build, interview

from bot.feedback import FeedbackStore, Vote
from ingest import forget as module
from ingest.changes import INGESTED
from ingest.cli import cli
from ingest.errors import IndexDamagedError, NoIndexError, UsageError
from ingest.forget import forget
from ingest.forgotten import FILE, FORGOTTEN, Forgotten
from ingest.home import Home
from ingest.index import rows
from ingest.index.check import check
from ingest.index.generation import draft, find_base
from ingest.index.manifest import DATABASE
from ingest.index.reader import open_index
from ingest.progress import Silent
from ingest.sync import remove, sync
from ingest.traces import search

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from ingest.sync import SyncReport

ADA = (
    "ada en",
    "How did you begin with robots?|I soldered a crawling toy at nine years of age. My aunt lent me her books on C++.",
    "What do you use?|A second-hand workbench computer with a loud fan. The café next door lends me its power.",
)
ADA_ZH = ("ada zh ada-en", "你是怎么开始做机器人的?|我九岁的时候亲手焊了一个会在地上爬的玩具。姑姑把她的编程书全部都借给了我。")
BO = ("bo en", "Do degrees matter?|Nobody ever asked me for my diploma. They only asked me to show my compiler.")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Return a folder of three invented interviews."""
    folder = tmp_path / "files"
    folder.mkdir()
    for name, lines in (("ada", ADA), ("ada-zh", ADA_ZH), ("bo", BO)):
        (folder / f"{name}.txt").write_text("\n".join(lines), encoding="utf-8")
    return folder


@pytest.fixture
def home(tmp_path: Path, files: Path) -> Home:
    """Return a home with two generations of them."""
    home = Home(tmp_path / "home")
    bring(home, files)
    (files / "di.txt").write_text("di en\nWhat next?|A quiet year among the hills and goats.", encoding="utf-8")
    bring(home, files)
    return home


def bring(home: Home, files: Path, *include: str, rebuild: bool = False) -> SyncReport:
    """Sync."""
    return sync(
        [files],
        home=home,
        embedder=CountingEmbedder(),
        stages=STAGES,
        report=Silent(),
        include=include,
        rebuild=rebuild,
    )


def ids(home: Home) -> set[str]:
    """Return the ids of what is served, having checked all of it."""
    assert [str(result) for result in check(home) if result.faults] == []
    with open_index(home) as index:
        return {source.id for source in index.sources()}


def statuses(home: Home) -> dict[str, str]:
    """Return what the ledger says of each file."""
    base = find_base(home)
    assert base is not None
    with closing(base.connect()) as connection:
        return {entry.relative: entry.status for entry in rows.read_ledger(connection).values()}


def test_no_file_of_the_home_holds_a_sentence_of_it(home: Home, files: Path) -> None:
    """Every file is searched by hand here, in three encodings, for each word group of the text."""
    report = forget(["ada-en"], home=home)
    assert report.proof.found == ()
    assert report.proof.sentences >= 4
    assert report.exit_code == 0
    assert ids(home) == {"ada-zh", "bo-en", "di-en"}
    stored = b"".join(path.read_bytes() for path in home.path.rglob("*") if path.is_file())
    for words in ("crawling toy", "aunt lent me", "workbench", "café next", "cafe next", "loud fan"):
        assert not any(words.encode(name) in stored for name in ("utf-8", "utf-16-le", "utf-16-be")), words
    assert b"compiler" in stored
    assert (files / "ada.txt").exists()
    assert report.outside == (str(files / "ada.txt"),)
    assert len(report.generations) == 2
    assert home.published() == (report.manifest.generation,)


def test_the_search_finds_what_is_there(home: Home) -> None:
    """The proof could fail: before, it finds the sentences in both generations and in files of any spelling."""
    with open_index(home) as index:
        text = index.document("ada-en").text
    (home.path / "wide.log").write_text(text, encoding="utf-16")
    (home.path / "torn.bin").write_bytes(b"\0" * 4_194_290 + text.encode())
    (home.path / "answer.json").write_text(json.dumps({"text": "The café next door lends me its power."}), encoding="ascii")
    found = {trace.path: trace.sentences for trace in search(home.path, [text]).found}
    assert {f"generations/{name}/{DATABASE}" for name in home.published()} <= found.keys()
    assert found["wide.log"] == found["torn.bin"] >= 4
    assert found["answer.json"] == 1
    assert search(home.path, [text], staying=[text]).found == ()
    assert search(home.path, ["A sentence that nobody here has ever said."]).found == ()


def test_a_sentence_across_the_border_of_a_page_is_found(tmp_path: Path) -> None:
    """A database is searched value by value as well."""
    with closing(sqlite3.connect(tmp_path / "notes.sqlite")) as connection, connection:
        connection.execute("CREATE TABLE notes (text TEXT)")
        for length in range(3900, 4100):
            connection.execute("INSERT INTO notes VALUES (?)", ("x" * length + "My aunt lent me her books.",))
        connection.execute("DELETE FROM notes WHERE rowid % 7")
    assert [trace.path for trace in search(tmp_path, ["My aunt lent me her books."]).found] == ["notes.sqlite"]


def test_translations_go_on_request(home: Home) -> None:
    """Translations go on request only; one that stays has no original any more."""
    assert forget(["ada-en"], home=home, translations=True).proof.found == ()
    assert ids(home) == {"bo-en", "di-en"}


def test_copies_go_with_translations(home: Home) -> None:
    """The same text from another place goes too, whichever of the two was named; on request only."""
    with home.lock(), draft(home, find_base(home)) as work:
        for source in rows.read_sources(work.store.connection):
            if source.id == "di-en":
                work.store.update(replace(source, copy_of="ada-en"))
        work.publish(FACTS, "chunker-1")
    forget(["di-en"], home=home, translations=True)
    assert ids(home) == {"bo-en"}


def test_a_translation_that_stays_is_linked_with_nothing(home: Home) -> None:
    """A translation that stays is linked with nothing."""
    forget(["ada-en"], home=home)
    with open_index(home) as index:
        assert index.source("ada-zh").translation_of is None


@pytest.mark.parametrize("change", ["nothing", "edit", "move", "edit and move", "rebuild", "another name"])
def test_it_stays_out_of_later_syncs(home: Home, files: Path, change: str) -> None:
    """Whatever becomes of the file: changed, moved, both, under another id, or with everything read anew."""
    forget(["ada-en"], home=home)
    path, text = files / "ada.txt", "\n".join(ADA)
    if "edit" in change:
        text = text.replace("crawling toy", "walking toy") + "\nAnything else?|One more word on that."
    if "another name" in change:
        text = text.replace("ada en", "somebody en")
    if "move" in change:
        path.unlink()
        path = files / "moved.txt"
    path.write_text(text, encoding="utf-8")
    for _ in range(2):
        bring(home, files, rebuild=change == "rebuild")
        assert ids(home) == {"ada-zh", "bo-en", "di-en"}
        assert statuses(home)[path.name] == FORGOTTEN
    assert not bring(home, files).published


@pytest.mark.parametrize("by", ["id", "file"])
def test_include_brings_it_back(home: Home, files: Path, by: str) -> None:
    """`--include` takes the id or the file, and nothing else that was forgotten comes with it."""
    forget(["ada-en", "bo-en"], home=home)
    bring(home, files, "ada-en" if by == "id" else str(files / "ada.txt"))
    assert ids(home) == {"ada-en", "ada-zh", "di-en"}
    assert statuses(home) == {"ada.txt": INGESTED, "ada-zh.txt": INGESTED, "di.txt": INGESTED, "bo.txt": FORGOTTEN}
    with pytest.raises(UsageError, match="neither the id nor the file"):
        bring(home, files, "nobody-en")


def test_the_record_holds_no_word(home: Home) -> None:
    """What is remembered of a forgotten source is checksums."""
    forget(["ada-en"], home=home)
    record = (home.path / FILE).read_text(encoding="utf-8")
    assert not any(word in record for word in ("ada", "toy", "café", "aunt"))
    (home.path / FILE).write_text(record.replace('"sentences"', '"phrases"'), encoding="utf-8")
    with pytest.raises(IndexDamagedError, match=FILE):
        Forgotten.read(home)


def test_feedback_about_it_goes(home: Home) -> None:
    """Votes on answers that cited it are deleted, while the bot holds the file open; others stay."""
    store = FeedbackStore(home)
    for name, source in (("one", "ada-en"), ("two", "bo-en")):
        cited = [{"n": 1, "source_id": source, "char_start": 0, "char_end": 4}]
        claims = [{"support": "quote", "citations": [1]}]
        facts = {"id": name, "language": "en", "status": "answered", "citations": cited, "claims": claims}
        store.remember({**facts, "index": {"generation": "g"}})
        store.add(Vote(answer_id=name, vote="down", reason="I soldered a crawling toy at nine years of age: wrong"))
    report = forget(["ada-en"], home=home)
    assert report.stores == {"feedback.sqlite": 2}
    assert [vote.answer_id for vote in store.votes()] == ["two"]
    # The other vote's reason quotes the forgotten words: the proof says so instead of passing over it.
    assert {trace.path.removesuffix("-wal") for trace in report.proof.found} == {"feedback.sqlite"}
    assert report.exit_code == 1
    store.close()


def test_fetched_copies_in_the_home_are_deleted(tmp_path: Path) -> None:
    """The copy that the home itself keeps goes, with what stands beside it; its row leaves the ledger."""
    home = Home(tmp_path / "home")
    library = home.path / "library"
    library.mkdir(parents=True)
    (library / "ada.txt").write_text("\n".join(ADA), encoding="utf-8")
    (library / "ada.txt.json").write_text("{}", encoding="utf-8")
    (library / "bo.txt").write_text("\n".join(BO), encoding="utf-8")
    bring(home, library)
    report = forget(["ada-en"], home=home)
    assert report.deleted == (str(library / "ada.txt"),)
    assert report.outside == ()
    assert report.proof.found == ()
    assert [path.name for path in library.iterdir()] == ["bo.txt"]
    assert statuses(home) == {"bo.txt": INGESTED}
    (library / "again.txt").write_text("\n".join(ADA), encoding="utf-8")
    bring(home, library)
    assert ids(home) == {"bo-en"}


def test_a_copy_that_a_killed_run_left_is_deleted_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where the source had left the index already."""
    home = Home(tmp_path / "home")
    copy = home.path / "library" / "ada.txt"
    copy.parent.mkdir(parents=True)
    copy.write_text("\n".join(ADA), encoding="utf-8")
    bring(home, copy.parent)
    with monkeypatch.context() as patch:
        patch.setattr(module, "_delete", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            forget(["ada-en"], home=home)
    assert ids(home) == set()
    assert copy.exists()
    report = forget(["ada-en"], home=home)
    assert not copy.exists()
    assert report.proof.found == ()


def test_what_only_an_earlier_generation_holds_can_be_forgotten(home: Home, files: Path) -> None:
    """A source that was removed before still stands in the previous generation, until it is forgotten."""
    remove(["ada-en"], home=home)
    assert forget(["ada-en"], home=home).proof.found == ()
    (files / "ada.txt").write_text("\n".join(ADA).replace("nine", "ten"), encoding="utf-8")
    bring(home, files)
    assert ids(home) == {"ada-zh", "bo-en", "di-en"}


def test_a_file_that_holds_another_text_by_now_is_left_alone(home: Home, files: Path) -> None:
    """Forgetting what once stood in a file does not take out what stands there today."""
    (files / "ada.txt").write_text("\n".join(("cy en", *BO[1:])).replace("compiler", "drawings"), encoding="utf-8")
    bring(home, files)
    assert forget(["ada-en"], home=home).outside == ()
    assert ids(home) == {"ada-zh", "bo-en", "cy-en", "di-en"}
    assert statuses(home)["ada.txt"] == INGESTED


def test_a_run_that_stopped_half_way_is_finished_by_the_next(home: Home, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once it is written down, a sync keeps it out and a second run deletes what the first one left."""
    with monkeypatch.context() as patch:
        patch.setattr(module, "_publish", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            forget(["ada-en"], home=home)
    bring(home, files)
    assert ids(home) == {"ada-zh", "bo-en", "di-en"}
    assert search(home.path, ["I soldered a crawling toy at nine years of age."]).found
    assert forget(["ada-en"], home=home).proof.found == ()
    assert forget(["ada-en"], home=home).forgotten == ()


def test_unknown_ids_and_an_empty_home_are_refused(home: Home, tmp_path: Path) -> None:
    """Nothing is removed where one of the ids is unknown."""
    with pytest.raises(UsageError, match="nobody-en"):
        forget(["ada-en", "nobody-en"], home=home)
    assert "ada-en" in ids(home)
    with pytest.raises(NoIndexError):
        forget(["ada-en"], home=Home(tmp_path / "empty"))


def test_sentences_that_others_say_too_do_not_spoil_the_proof(tmp_path: Path) -> None:
    """What stays because somebody else said it is counted apart."""
    home = Home(tmp_path)
    same = "It was a pleasure to talk with you today."
    build(home, [interview("Ada", [("Any last words?", f"My own private sentence about kites. {same}")])])
    build(home, [interview("Bo", [("Any last words?", f"Another opinion about something else. {same}")])])
    proof = forget(["ada-en"], home=home).proof
    assert proof.found == ()
    assert proof.shared >= 1


def test_the_command_prints_the_proof(home: Home) -> None:
    """The command says what it deleted, what it kept and what it searched; with --json as JSON."""
    from click.testing import CliRunner  # noqa: PLC0415

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli, ["forget", *arguments, "--home", str(home.path)])

    shown = run("ada-en")
    assert shown.exit_code == 0, shown.output
    assert "found nothing" in shown.output
    assert "ingest sync --include" in shown.output
    facts = json.loads(run("bo-en", "--json").output)
    assert facts["forgotten"] == ["bo-en"]
    assert facts["proof"]["found"] == []
    assert run("nobody").exit_code == 2
