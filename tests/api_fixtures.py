"""What the tests of the service share: a home of their own, so that keys, votes and jobs stay apart."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def own_home(home: Path, tmp_path: Path) -> Path:
    """Return a copy of the home with the invented corpus, without keys, votes or jobs."""
    copy = tmp_path / "home"
    shutil.copytree(home, copy, ignore=shutil.ignore_patterns("*.sqlite-*", "keys.json", "feedback.sqlite", "jobs"))
    return copy
