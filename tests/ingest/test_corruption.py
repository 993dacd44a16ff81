"""Flipped bits and cut files, of everything that is stored: refused with the file named, and the generation before serves."""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING

import pytest
from small_index import ADA, ADA_ZH, BO, build

from ingest.errors import IndexDamagedError
from ingest.forgotten import FILE as RECORD
from ingest.forgotten import Forgotten
from ingest.home import Home
from ingest.index.generation import find_base
from ingest.index.manifest import DATABASE, NAME, VECTORS
from ingest.index.reader import open_index

if TYPE_CHECKING:
    from pathlib import Path

STORED = (DATABASE, VECTORS, NAME)
FLIPS, CUTS = 30, 14
"""Of each file: 132 cases for a generation, and as many for the pointer and the record."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a home whose served generation holds one source more than the one before it."""
    home = Home(tmp_path_factory.mktemp("whole"))
    build(home, [ADA, BO])
    build(home, [ADA_ZH])
    return home


@pytest.fixture
def home(whole: Home, tmp_path: Path) -> Home:
    """Return a copy of it to be damaged."""
    shutil.copytree(whole.path, tmp_path / "home")
    return Home(tmp_path / "home")


def damaged(body: bytes, seed: str) -> list[bytes]:
    """Return copies of `body` with one bit flipped or the end cut off, always the same for one seed."""
    chance = random.Random(seed)  # noqa: S311
    cases = []
    for _ in range(FLIPS):
        place = chance.randrange(len(body))
        cases.append(body[:place] + bytes([body[place] ^ 1 << chance.randrange(8)]) + body[place + 1 :])
    return cases + [body[: chance.randrange(len(body))] for _ in range(CUTS - 2)] + [b"", body[:-2]]


@pytest.mark.parametrize("name", STORED)
def test_a_damaged_file_is_named_and_the_generation_before_serves(home: Home, name: str) -> None:
    """Readers and writers fall back, each saying which file; with nothing behind it, both refuse, naming it as well."""
    current = str(home.current())
    previous = str(home.behind(current))
    path, aside = home.folder(current) / name, home.path / "aside"
    for body in damaged(path.read_bytes(), name):
        path.write_bytes(body)
        with open_index(home) as index:
            assert index.manifest.generation == previous
            assert {source.id for source in index.sources()} == {"ada-quill-en", "bo-fern-en"}
            assert str(path) in str(index.warning)
        base = find_base(home)
        assert base is not None
        assert base.manifest.generation == previous
        assert str(path) in str(base.warning)
        home.folder(previous).rename(aside)
        for refuse in (open_index, find_base):
            with pytest.raises(IndexDamagedError, match=name) as refused:
                refuse(home)
            assert "--rebuild" in str(refused.value)
            assert "\n" not in str(refused.value)
        aside.rename(home.folder(previous))


@pytest.mark.parametrize("name", STORED)
def test_a_file_that_is_gone_is_named_too(home: Home, name: str) -> None:
    """A file that is not there at all counts as damaged."""
    path = home.folder(str(home.current())) / name
    path.unlink()
    with open_index(home) as index:
        assert str(path) in str(index.warning)


def test_files_of_another_generation_are_refused(home: Home) -> None:
    """A file that is whole, but of another generation, does not pass for the right one."""
    current = str(home.current())
    for name in (DATABASE, VECTORS):
        path = home.folder(current) / name
        body = path.read_bytes()
        shutil.copyfile(home.folder(str(home.behind(current))) / name, path)
        with open_index(home) as index:
            assert str(path) in str(index.warning)
        path.write_bytes(body)


def test_a_damaged_pointer_is_named_and_a_whole_generation_serves(home: Home) -> None:
    """Whatever the pointer says: the newest whole generation is served, or the one that its undamaged line names."""
    current = str(home.current())
    body = home.pointer.read_bytes()
    for case in damaged(body, "pointer"):
        home.pointer.write_bytes(case)
        with open_index(home) as index:
            assert index.manifest.generation == current
            assert (index.warning is None) == (home.current() == current)
            assert index.warning is None or str(home.pointer) in index.warning
        base = find_base(home)
        assert base is not None
        assert (base.warning is None) == (index.warning is None)


def test_a_damaged_record_of_what_was_forgotten_is_refused(home: Home) -> None:
    """Going on without it could bring back what was forgotten, so nothing goes on."""
    Forgotten().plus("ada-quill-en", ["0" * 64], "A long enough sentence about nothing at all.").write(home)
    path = home.path / RECORD
    for case in damaged(path.read_bytes(), "record"):
        path.write_bytes(case)
        try:
            read = Forgotten.read(home)
        except IndexDamagedError as error:
            assert str(path) in str(error)  # noqa: PT017 (some of the bits are white space between the values)
        else:
            assert read.knows("ada-quill-en")


def test_an_unreadable_file_is_named(home: Home) -> None:
    """A folder in the place of a file, as a botched copy leaves it, is told like any other damage."""
    path = home.folder(str(home.current())) / DATABASE
    path.unlink()
    path.mkdir()
    with open_index(home) as index:
        assert str(path) in str(index.warning)
