"""Checksums are remembered as long as nothing can have changed, and no longer."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

import pytest

from ingest import seen
from ingest.home import Home
from ingest.seen import FILE, Seen

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return an empty home."""
    (tmp_path / "home").mkdir()
    return Home(tmp_path / "home")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file that counts as written long ago."""
    path = tmp_path / "talk.txt"
    path.write_text("words", encoding="utf-8")
    monkeypatch.setattr(seen, "RACY_NANOSECONDS", -(10**12))
    return path


def remembered(home: Home) -> dict[str, object]:
    """Return what the home remembers."""
    path = home.path / FILE
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def test_a_file_left_alone_is_not_read_again(home: Home, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time, also in another process, its checksum comes from memory."""
    first = Seen(home)
    digest = first.sha256(file)
    first.write()
    assert list(remembered(home)) == [str(file)]
    monkeypatch.setattr("ingest.seen.hashlib.file_digest", lambda *_: pytest.fail("it was read again"))
    assert Seen(home).sha256(file) == digest


@pytest.mark.parametrize("change", ["longer", "same length", "old times put back", "another file in its place"])
def test_a_changed_file_is_read_again(home: Home, file: Path, change: str) -> None:
    """Whatever was done to hide the change: size, time of writing, time of the inode and inode must all be the same."""
    memory = Seen(home)
    before = memory.sha256(file)
    status = file.stat()
    time.sleep(0.02)
    if change == "another file in its place":
        other = file.with_name("other")
        other.write_text("wards", encoding="utf-8")
        other.replace(file)
    else:
        file.write_text("words and more" if change == "longer" else "wards", encoding="utf-8")
    if change == "old times put back":
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert memory.sha256(file) != before


def test_a_file_that_was_just_written_is_not_remembered(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second change within the same tick of the clock would leave the same times."""
    monkeypatch.setattr(seen, "RACY_NANOSECONDS", 1000 * seen.RACY_NANOSECONDS)  # "just" is long on a busy machine
    path = tmp_path / "talk.txt"
    path.write_text("words", encoding="utf-8")
    memory = Seen(home)
    memory.sha256(path)
    memory.write()
    assert remembered(home) == {}


@pytest.mark.parametrize("content", [b"", b"noise", b"[]", b'{"x": 1}', b'{"x": ["a", 1, 2, 3, "4"]}', b"\xff\xfe"])
def test_a_damaged_memory_counts_as_none(home: Home, file: Path, content: bytes) -> None:
    """It is made anew."""
    (home.path / FILE).write_bytes(content)
    memory = Seen(home)
    memory.sha256(file)
    memory.write()
    assert list(remembered(home)) == [str(file)]


def test_what_is_gone_is_dropped_and_nothing_new_is_not_written(home: Home, file: Path) -> None:
    """The memory follows the files, and is written only when it changed."""
    memory = Seen(home)
    memory.sha256(file)
    memory.write()
    (home.path / FILE).unlink()
    memory.sha256(file)
    memory.write()
    assert not (home.path / FILE).exists()
    memory.forget(str(file))
    memory.write()
    assert remembered(home) == {}
