"""`ingest verify` finds each kind of fault, and none where there is none."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from small_index import ADA, BO, DIMENSION, build, direction

from ingest.home import Home
from ingest.index.check import check
from ingest.index.manifest import DATABASE, VECTORS, FileFacts, Manifest
from ingest.index.vectors import write_faiss

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return a home that holds two invented interviews."""
    home = Home(tmp_path)
    build(home, [ADA, BO])
    return home


def served(home: Home) -> Path:
    """Return the folder of the served generation."""
    return home.folder(str(home.current()))


def seal(folder: Path, **changes: int) -> None:
    """Give a tampered generation a manifest that agrees with its files."""
    files = {name: FileFacts.of(folder / name) for name in (DATABASE, VECTORS)}
    replace(Manifest.read(folder), files=files, **changes).write(folder)  # type: ignore[arg-type]


def faults(home: Home) -> list[str]:
    """Return the names of the checks that fail."""
    return [result.name for result in check(home) if result.faults]


def test_a_whole_index_has_no_fault(home: Home) -> None:
    """A whole index has no fault."""
    assert faults(home) == []
    assert all(str(result).startswith("ok ") for result in check(home))


def test_wrong_counts_are_found(home: Home) -> None:
    """Wrong counts are found."""
    seal(served(home), passages=99, sources=99)
    assert faults(home) == ["counts agree with the manifest"]


def test_swapped_and_missing_vectors_are_found(home: Home) -> None:
    """Swapped and missing vectors are found."""
    folder = served(home)
    write_faiss(folder / VECTORS, [], DIMENSION)
    seal(folder)
    assert faults(home) == ["counts agree with the manifest", "every passage is found by its own vector"]
    write_faiss(folder / VECTORS, [([1, 2, 3], np.stack([direction(f"other {key}") for key in (1, 2, 3)]))], DIMENSION)
    seal(folder)
    assert faults(home) == ["every passage is found by its own vector"]


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("DELETE FROM lexicon", "every passage is found by its own words"),
        ("UPDATE documents SET text = substr(text, 1, 50)", "every offset lies in its document"),
        ("UPDATE passages SET sentence_vectors = x''", "every sentence has a vector"),
        ("UPDATE passages SET start = 1, end = 90", "no stretch of text is indexed twice"),
        ("DELETE FROM sources WHERE id = 'bo-fern-en'", "integrity of the database"),
    ],
)
def test_tampered_rows_are_found(home: Home, statement: str, fault: str) -> None:
    """Tampered rows are found."""
    folder = served(home)
    connection = sqlite3.connect(folder / DATABASE)
    with connection:
        connection.execute(statement)
    connection.close()
    seal(folder)
    assert fault in faults(home)
