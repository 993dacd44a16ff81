"""The wheel of careerbot is the same wherever and whenever it is built."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from patience import PATIENCE

ROOT = Path(__file__).parents[2]
PARTS = ("bot", "ingest", "corpus", "prompts", "docs/operations.md", "pyproject.toml", "README.md", "LICENSE")


def build(folder: Path, *, umask: int, modified: int) -> Path:
    """Copy what the wheel is made of below `folder`, change rights and times, and build it there."""
    tree = folder / "tree"
    (tree / "docs").mkdir(parents=True)
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(ROOT / part, tree / part)
    for path in tree.rglob("*"):
        path.chmod((0o777 if path.is_dir() else 0o666) & ~umask)
        os.utime(path, (modified, modified))
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder / "dist")]
    subprocess.run(command, cwd=tree, check=True, capture_output=True, umask=umask, timeout=PATIENCE)
    (wheel,) = (folder / "dist").glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel of this tree."""
    return build(tmp_path_factory.mktemp("first"), umask=0o022, modified=1_600_000_000)


def test_the_wheel_is_reproducible(wheel: Path, tmp_path: Path) -> None:
    """Another folder, other times and other rights give the same bytes."""
    again = build(tmp_path, umask=0o077, modified=1_700_000_000)
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(wheel.read_bytes()).digest()


def test_the_wheel_holds_what_the_commands_read_and_no_more(wheel: Path) -> None:
    """Corpus, prompts and the page that `bot doctor` quotes travel with the code; tests, tools and docker do not."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    data = {f"bot/data/{name}" for name in ("corpus/sources.toml", "prompts/restate.toml", "operations.md")}
    assert {*data, "bot/py.typed", "ingest/py.typed"} <= {*names}
    assert {name.split("/")[0] for name in names} == {"bot", "ingest", "careerbot-0.1.0.dist-info"}
