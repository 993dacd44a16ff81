"""Which model, and which engine and precision for it on this machine: by what the processor reports, never by hope."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.embed import bundled, universal
from ingest.embed.hashing import HashEmbedder
from ingest.embed.paired import LateEncoder, PairedEmbedder
from ingest.embed.recipe import Recipe, read_recipe
from ingest.errors import ModelMissingError, UsageError
from ingest.weights import LEDGER, Progress, known_sha256

if TYPE_CHECKING:
    from ingest.embed.protocol import Embedder

OPENVINO, TORCH, AUTO = "openvino", "sentence-transformers", "auto"
ENGINES = (AUTO, OPENVINO, TORCH)
_HALF = ("bf16", "f16")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An engine with its precision, and why."""

    engine: str
    precision: str
    reason: str

    def __str__(self) -> str:
        return f"{self.engine} {self.precision}: {self.reason}"


def native_precision() -> str | None:
    """Return the precision this processor is fastest in: `bf16`, `f16` or `f32`; None where OpenVINO does not work.

    OpenVINO's own default is asked for, since its list of capabilities also names types that the processor only imitates.
    """
    from ingest.embed.openvino_export import import_openvino  # noqa: PLC0415 - heavy

    try:
        openvino = import_openvino()
        default = str(openvino.Core().get_property("CPU", "INFERENCE_PRECISION_HINT").to_string())
    except (ImportError, OSError, RuntimeError):
        return None
    return default if default in _HALF else "f32"


def choose(engine: str, native: str | None) -> Choice:
    """Return what to run.

    Args:
        engine: What the settings ask for: `auto`, `openvino` or `sentence-transformers`.
        native: What `native_precision` found.

    Raises:
        UsageError: There is no such engine.
        ModelMissingError: OpenVINO is asked for and does not work here.
    """
    if engine not in ENGINES:
        raise UsageError(f"no embedding engine {engine!r}: choose one of {', '.join(ENGINES)}")
    if native is None and engine == OPENVINO:
        raise ModelMissingError("OpenVINO does not work here: pip install openvino, or set the embedding engine to auto")
    if native is None:
        return Choice(engine=TORCH, precision="f32", reason="OpenVINO does not work here")
    why = "the processor computes bfloat16" if native == "bf16" else f"{native} is what the processor is fastest in"
    if engine == TORCH:
        return Choice(engine=TORCH, precision="bf16" if native == "bf16" else "f32", reason=f"asked for; {why}")
    return Choice(engine=OPENVINO, precision=native, reason=why)


def open_embedder(
    model: str | None = None,
    *,
    engine: str = AUTO,
    models_dir: Path,
    progress: Progress | None = None,
    second: bool = True,
    threads: int | None = None,
) -> Embedder:
    """Return the embedder of a model, unpacking and converting its weights when that has not been done.

    With `second`, and where its package is installed, the second encoder stands beside it (`ingest.embed.paired.second_of`),
    not opened before it is used.

    Args:
        model: A folder, or the hub id of a sentence-transformers model that is in the local cache; `hash` for tests; None for
            the bundled `intfloat/multilingual-e5-small`.
        engine: `auto`, `openvino` or `sentence-transformers`.
        models_dir: Where models live (`ingest.weights.models_dir`).
        progress: Told the bytes checked while weights are verified.
        second: Whether to search with the second encoder too; the one for tests has none.
        threads: Cores that the first may compute on; None for as many as its engine thinks best.

    Raises:
        ModelMissingError: The weights are absent or damaged; the text says what to install.
        UsageError: There is no such engine.
    """
    if model == HashEmbedder.id:
        return HashEmbedder()
    beside = LateEncoder(models_dir) if second and universal.why_absent(models_dir) is None else None
    return PairedEmbedder(_open_first(model, engine, models_dir, progress=progress, threads=threads), beside)


def _open_first(
    model: str | None, engine: str, models_dir: Path, *, progress: Progress | None, threads: int | None
) -> Embedder:
    choice = choose(engine, native_precision())
    folder, recipe = find_model(model, models_dir, progress)
    if choice.engine == OPENVINO:
        from ingest.embed.openvino_engine import OpenVinoEmbedder  # noqa: PLC0415 - heavy
        from ingest.embed.openvino_export import ExportError, exported  # noqa: PLC0415 - heavy

        try:
            export = exported(recipe, folder, models_dir)
            return OpenVinoEmbedder(recipe, folder=folder, export=export, precision=choice.precision, threads=threads)
        except (ExportError, RuntimeError):
            if engine == OPENVINO:
                raise
    from ingest.embed.torch_engine import TorchEmbedder  # noqa: PLC0415 - heavy

    return TorchEmbedder(recipe, folder=folder, precision="bf16" if choice.precision == "bf16" else "f32", threads=threads)


def describe(model: str | None = None, *, engine: str = AUTO) -> str:
    """Return one line on what would run and why, without loading anything."""
    if model == HashEmbedder.id:
        return "hash: for tests and dry runs only, it knows nothing of meaning"
    return f"{model or bundled.MODEL_ID} on {choose(engine, native_precision())}"


def describe_second(models_dir: Path, *, second: bool = True) -> str:
    """Return one line on the second encoder: what it is, or why there is none and that searches do without."""
    if not second:
        return "none: switched off"
    absent = universal.why_absent(models_dir)
    return f"none, so questions find less in other languages: {absent}" if absent else f"{universal.MODEL_ID} on numpy"


def find_model(model: str | None, models_dir: Path, progress: Progress | None = None) -> tuple[Path, Recipe]:
    """Return the folder and the recipe of a model.

    Raises:
        ModelMissingError: It is not on this machine, or its weights are damaged.
    """
    if model is None or model == bundled.MODEL_ID:
        folder = bundled.unpacked(models_dir, progress=progress)
        return folder, read_recipe(folder, model_id=bundled.MODEL_ID, weights_sha256=bundled.SHA256)
    path = Path(model).expanduser()
    folder = path if path.is_dir() else _cached_snapshot(model)
    return folder, read_recipe(folder, model_id=model, weights_sha256=_weights_sum(folder, models_dir, progress))


def _cached_snapshot(model: str) -> Path:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from huggingface_hub import snapshot_download  # noqa: PLC0415 - heavy
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError  # noqa: PLC0415

    try:
        return Path(snapshot_download(model, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError) as error:
        raise ModelMissingError(
            f"the embedding model {model} is not on this machine: `hf download {model}` fetches it once, or name a folder"
        ) from error


def _weights_sum(folder: Path, models_dir: Path, progress: Progress | None) -> str:
    files = sorted(folder.glob("*.safetensors")) or sorted(folder.glob("pytorch_model*.bin"))
    if not files:
        raise ModelMissingError(f"{folder} holds no model weights (*.safetensors)")
    return "+".join(known_sha256(path, models_dir / LEDGER, progress) for path in files)
