"""The archive for machines without network: what is in it, and what its installer does. The wheels in it are invented."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
COMMANDS = """\
import os, pathlib, sys

def main():
    call = [pathlib.Path(sys.argv[0]).name, *sys.argv[1:]]
    with open(os.environ["CALLS"], "a") as calls:
        calls.write(" ".join(call) + "\\n")
    if call[:2] == ["ingest", "import"] and os.environ.get("UNFIT"):
        sys.exit("made by another embedder")
    if call[0] == "ingest":
        pathlib.Path(os.environ["CAREERBOT_HOME"], "CURRENT").touch()
"""
CAREERBOT = {
    "bot/__init__.py": "",
    "bot/resources.py": "def corpus_dir(): return '/corpus'\n",
    "invented_commands.py": COMMANDS,
}
ENTRY_POINTS = "[console_scripts]\n" + "".join(f"{name} = invented_commands:main\n" for name in ("ask", "bot", "ingest"))


def wheel(folder: Path, name: str, files: Mapping[str, str], entry_points: str = "") -> Path:
    """Write a wheel that pip can install."""
    info = f"{name}-0.1.0.dist-info"
    path = folder / f"{name}-0.1.0-py3-none-any.whl"
    members = dict(files) | {
        f"{info}/METADATA": f"Metadata-Version: 2.4\nName: {name}\nVersion: 0.1.0\nLicense-Expression: MIT\n\nInvented.\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: invented\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": entry_points,
    }
    members[f"{info}/RECORD"] = "".join(f"{member},,\n" for member in (*members, f"{info}/RECORD"))
    with zipfile.ZipFile(path, "w") as archive:
        for member, text in members.items():
            archive.writestr(member, text)
    return path


def make_bundle(wheelhouse: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run tools/bundle.py."""
    command: list[str | Path] = [sys.executable, ROOT / "tools" / "bundle.py", wheelhouse, folder]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=PATIENCE
    )


def sha256(path: Path) -> str:
    """Return a file's checksum."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def wheelhouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two wheels and what stands for a ready index."""
    folder = tmp_path_factory.mktemp("wheelhouse")
    wheel(folder, "careerbot", CAREERBOT, ENTRY_POINTS)
    wheel(folder, "invented_library", {"invented_library.py": ""})
    (folder / "starter.careerbot").write_text("an index", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def archive(wheelhouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the archive that tools/bundle.py makes of them."""
    folder = tmp_path_factory.mktemp("bundle")
    done = make_bundle(wheelhouse, folder)
    assert done.returncode == 0, done.stderr
    (path,) = folder.glob("*.tar")
    return path


@pytest.fixture
def unpacked(archive: Path, tmp_path: Path) -> Path:
    """Return the folder that the archive unpacks to."""
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.glob("careerbot-*")
    return folder


@pytest.mark.services
def test_every_file_has_its_checksum_and_every_package_its_hash(unpacked: Path) -> None:
    """SHA256SUMS names each file but itself, requirements.txt each wheel, the bill of materials each package and model."""
    listed = dict(line.split("  ")[::-1] for line in (unpacked / "SHA256SUMS").read_text("utf-8").splitlines())
    files = {str(path.relative_to(unpacked)): sha256(path) for path in unpacked.rglob("*") if path.is_file()}
    assert files.pop("SHA256SUMS")
    assert listed == files
    wheels = [sha256(path) for path in sorted((unpacked / "wheels").glob("*.whl"))]
    assert (unpacked / "requirements.txt").read_text("utf-8").splitlines() == [
        f"careerbot==0.1.0 --hash=sha256:{wheels[0]}",
        f"invented_library==0.1.0 --hash=sha256:{wheels[1]}",
    ]
    parts = json.loads((unpacked / "sbom.cdx.json").read_text("utf-8"))["components"]
    assert {"careerbot", "invented_library"} <= {part["name"] for part in parts if part["type"] == "library"}
    assert all(part["licenses"] and part["hashes"] for part in parts if part["type"] == "machine-learning-model")


@pytest.mark.services
def test_the_licence_of_every_package_and_model_is_named(unpacked: Path) -> None:
    """The report has the packages of the archive and all models that can be chosen, Gemma's terms among them."""
    report = (unpacked / "LICENCES.md").read_text("utf-8")
    assert "| invented_library | 0.1.0 | MIT |" in report
    licences = {"e5-small": "MIT", "sentence-encoder": "Apache-2.0", "Qwen": "Apache-2.0", "Gemma": "Gemma Terms"}
    for model, licence in licences.items():
        assert any(model in line and licence in line for line in report.splitlines()), model


@pytest.mark.services
def test_the_same_wheels_make_the_same_archive(wheelhouse: Path, archive: Path, tmp_path: Path) -> None:
    """Whoever has the wheels can check an archive by making it again."""
    copy = shutil.copytree(wheelhouse, tmp_path / "copy", copy_function=shutil.copyfile)
    assert make_bundle(copy, tmp_path / "again").returncode == 0
    assert sha256(tmp_path / "again" / archive.name) == sha256(archive)


def test_a_folder_without_the_index_is_refused(tmp_path: Path) -> None:
    """An archive that would read the corpus for minutes is not made by mistake."""
    wheel(tmp_path, "careerbot", CAREERBOT, ENTRY_POINTS)
    done = make_bundle(tmp_path, tmp_path / "bundle")
    assert done.returncode == 1
    assert "run tools/starter.sh" in done.stderr


def install(unpacked: Path, target: Path, **variables: str) -> tuple[int, list[str], str]:
    """Run the installer; return its exit code, how the commands of careerbot were called, and what it said."""
    calls = unpacked.parent / "calls"
    calls.write_text("", encoding="utf-8")
    environment = {"PATH": os.environ["PATH"], "HOME": str(unpacked.parent), "CALLS": str(calls), "PYTHON": sys.executable}
    done = subprocess.run(
        [unpacked / "install.sh", target],
        env=environment | variables,
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    return done.returncode, calls.read_text("utf-8").splitlines(), done.stdout + done.stderr


@pytest.mark.services
def test_the_installer_brings_models_and_index_and_an_upgrade_keeps_the_index(unpacked: Path, tmp_path: Path) -> None:
    """The first time the ready index is imported and held against the corpus; the second time it is not imported again."""
    target = tmp_path / "installed"
    code, calls, said = install(unpacked, target)
    assert code == 0, said
    assert calls == ["bot models", f"ingest import {unpacked}/starter.careerbot", "ingest sync --quiet /corpus"]
    assert "ready" in said
    code, calls, said = install(unpacked, target)
    assert code == 0, said
    assert calls == ["bot models", "ingest sync --quiet /corpus"]


@pytest.mark.services
def test_an_index_that_does_not_fit_is_made_anew(unpacked: Path, tmp_path: Path) -> None:
    """Where the import is refused the corpus is read and embedded."""
    code, calls, said = install(unpacked, tmp_path / "installed", UNFIT="1")
    assert code == 0, said
    assert calls[-1] == "ingest sync --quiet --rebuild /corpus"
    assert "takes some minutes" in said


@pytest.mark.services
def test_a_damaged_file_stops_the_installer_before_it_begins(unpacked: Path, tmp_path: Path) -> None:
    """A changed byte anywhere is noticed, and nothing is left behind."""
    with (unpacked / "starter.careerbot").open("a", encoding="utf-8") as file:
        file.write("x")
    code, calls, said = install(unpacked, tmp_path / "installed")
    assert (code, calls) == (1, [])
    assert "copy the archive again" in said
    assert not (tmp_path / "installed").exists()


@pytest.mark.services
def test_a_wheel_with_another_hash_is_not_installed(unpacked: Path, tmp_path: Path) -> None:
    """Whoever changes a wheel and the list of checksums with it still meets the hash that pip asks for."""
    changed = wheel(unpacked / "wheels", "invented_library", {"invented_library.py": "import this\n"})
    lines = (unpacked / "SHA256SUMS").read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if changed.name not in line]
    (unpacked / "SHA256SUMS").write_text("".join([*kept, f"{sha256(changed)}  wheels/{changed.name}\n"]), "utf-8")
    code, calls, said = install(unpacked, tmp_path / "installed")
    assert (code, calls) == (1, [])
    assert "HASHES" in said
