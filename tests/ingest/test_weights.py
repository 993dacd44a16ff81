"""Big files appear whole or not at all, and are what they claim to be."""

from __future__ import annotations

import hashlib
import os
import shutil
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from ingest import weights
from ingest.errors import ModelMissingError

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = b"invented weights " * 100_000
SUM = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """Return a file with known content."""
    path = tmp_path / "model.bin"
    path.write_bytes(CONTENT)
    return path


def test_the_models_directory_is_named_by_argument_then_environment_then_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An explicit directory wins over CAREERBOT_MODELS, which wins over the user's cache."""
    monkeypatch.setenv("CAREERBOT_MODELS", str(tmp_path / "environment"))
    assert weights.models_dir(tmp_path) == tmp_path
    assert weights.models_dir() == tmp_path / "environment"
    monkeypatch.delenv("CAREERBOT_MODELS")
    assert weights.models_dir().parts[-2:] == ("careerbot", "models")


def test_verifying_reports_progress_and_accepts_the_right_sum(stored: Path) -> None:
    """Progress ends at the whole file."""
    seen: list[tuple[int, int]] = []
    weights.verify_sha256(stored, SUM, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (len(CONTENT), len(CONTENT))


def test_a_wrong_sum_names_both(stored: Path) -> None:
    """Whoever reads the error can compare."""
    with pytest.raises(ModelMissingError, match=f"{SUM}, expected {'0' * 64}"):
        weights.verify_sha256(stored, "0" * 64)


def test_an_absent_file_is_missing(tmp_path: Path) -> None:
    """Absence is told apart from damage."""
    with pytest.raises(ModelMissingError, match="is missing"):
        weights.verify_sha256(tmp_path / "none", SUM)


def test_a_full_disk_is_noticed_before_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says how much is needed, how much there is, and what to do; nothing is left behind."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=300_000_000))
    target = tmp_path / "models" / "big.gguf"
    with (
        pytest.raises(
            ModelMissingError, match=r"needs 1\.2 GB free in .*models, has 0\.3 GB: free some or set CAREERBOT_MODELS"
        ),
        weights.new_file(target, 1_200_000_000),
    ):
        pytest.fail("nothing should be written")
    assert not list(target.parent.iterdir())


def test_a_new_file_is_readable_by_all_and_leaves_nothing_else(tmp_path: Path) -> None:
    """The temporary file became the file."""
    target = tmp_path / "deep" / "file.bin"
    with weights.new_file(target, 10) as file:
        file.write(b"0123456789")
        assert not target.exists()
    assert target.read_bytes() == b"0123456789"
    assert [path.name for path in target.parent.iterdir()] == ["file.bin"]
    assert target.stat().st_mode & 0o444 == 0o444


def test_a_failure_while_writing_leaves_the_old_file(tmp_path: Path) -> None:
    """What was there before stays, whole."""
    target = tmp_path / "file.bin"
    target.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), weights.new_file(target, 3) as file:
        file.write(b"new" * (1 // 0))
    assert target.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


def test_the_second_of_two_writers_keeps_the_first_directory(tmp_path: Path) -> None:
    """Two processes that unpack at once both succeed and one result stands."""
    target = tmp_path / "model"
    with weights.new_directory(target, 1) as second:
        (second / "weights").write_text("second")
        with weights.new_directory(target, 1) as first:
            (first / "weights").write_text("first")
    assert (target / "weights").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_a_place_that_cannot_be_written_is_one_line_of_advice(tmp_path: Path) -> None:
    """An operating system's error becomes ours."""
    (tmp_path / "file").write_text("not a directory")
    expected = pytest.raises(ModelMissingError, match=r"cannot write models to .*set CAREERBOT_MODELS")
    with expected, weights.new_directory(tmp_path / "file" / "model", 1):
        pytest.fail("nothing should be written")


def test_a_directory_does_not_replace_a_file(tmp_path: Path) -> None:
    """A file where the directory should go is not another process's work."""
    (tmp_path / "model").write_text("in the way")
    with pytest.raises(ModelMissingError, match="cannot write"), weights.new_directory(tmp_path / "model", 1) as partial:
        (partial / "weights").write_text("new")


def test_leftovers_of_killed_processes_are_swept(tmp_path: Path) -> None:
    """Old temporary files and directories go; a fresh one may belong to a living process."""
    for name in (".partial-old-file", ".partial-fresh"):
        (tmp_path / name).write_text("")
    (tmp_path / ".partial-old-directory").mkdir()
    for name in (".partial-old-file", ".partial-old-directory"):
        os.utime(tmp_path / name, (1, 1))
    with weights.new_file(tmp_path / "file", 1) as file:
        file.write(b"1")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".partial-fresh", "file"]


def test_a_checksum_is_remembered_until_the_file_changes(stored: Path, tmp_path: Path) -> None:
    """The second look reads nothing; a changed file is read again; a damaged ledger is only a slower start."""
    ledger = tmp_path / "models" / weights.LEDGER
    reads: list[int] = []
    for _ in range(2):
        assert weights.known_sha256(stored, ledger, lambda done, _: reads.append(done)) == SUM
    first = len(reads)
    assert first == 2
    stored.write_bytes(b"other")
    assert weights.known_sha256(stored, ledger) == hashlib.sha256(b"other").hexdigest()
    ledger.write_text("{damaged")
    assert weights.known_sha256(stored, ledger) == hashlib.sha256(b"other").hexdigest()


def test_a_ledger_that_cannot_be_written_costs_only_time(stored: Path) -> None:
    """Models on a read-only place still verify."""
    assert weights.known_sha256(stored, stored / "impossible" / weights.LEDGER) == SUM
