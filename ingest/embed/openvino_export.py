"""Turn a sentence-transformers folder into what the OpenVINO engine runs: an encoder graph and a table of word vectors.

The graph takes word vectors, not ids: the table of a multilingual vocabulary is most of the model, and kept outside, as a file
mapped into memory, only the rows of the words at hand are ever read. Pooling and normalisation are part of the graph.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from ingest.embed.quiet import quiet
from ingest.errors import IngestError
from ingest.weights import new_directory

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.embed.recipe import Recipe

GRAPH_FILE = "encoder.xml"
TABLE_FILE = "word_vectors.npy"
FACTS_FILE = "export.json"
FORMAT = 1
"""Raised when what is exported changes, so that older exports are made anew."""
LEAST_COSINE = 0.999
_POOLINGS = ("mean", "cls")
_STAGES = {("Transformer", "Pooling"), ("Transformer", "Pooling", "Normalize")}


class ExportError(IngestError):
    """This model does not fit the OpenVINO engine; sentence-transformers can still run it."""


def exported(recipe: Recipe, folder: Path, directory: Path) -> Path:
    """Return the directory of the exported model, exporting it first where that has not been done.

    Args:
        recipe: The model's facts.
        folder: Its sentence-transformers folder.
        directory: Where models live; the export goes to `openvino/` there.

    Raises:
        ExportError: The model has stages or a pooling that the graph cannot hold, or the graph computes something else.
        ModelMissingError: There is no room to write it.
    """
    target = directory / "openvino" / f"{recipe.fingerprint[:16]}-{FORMAT}"
    if (target / FACTS_FILE).is_file():
        return target
    if recipe.modules not in _STAGES or recipe.pooling not in _POOLINGS:
        raise ExportError(f"{recipe.id} has the stages {'+'.join(recipe.modules)} ({recipe.pooling}), which only torch runs")
    model = _load(folder)
    with new_directory(target, _bytes_of(model)) as partial, quiet():
        _write(model, recipe, partial)
    return target


def _load(folder: Path) -> Any:  # noqa: ANN401 - a torch module, imported below
    import torch  # noqa: PLC0415 - heavy, needed once per model
    from transformers import AutoModel  # noqa: PLC0415

    with quiet():
        try:
            return AutoModel.from_pretrained(
                str(folder), local_files_only=True, dtype=torch.float32, attn_implementation="sdpa", trust_remote_code=False
            ).eval()
        except (ValueError, OSError, ImportError) as error:
            raise ExportError(f"transformers cannot load {folder}: {error}") from error


def _write(model: Any, recipe: Recipe, target: Path) -> None:  # noqa: ANN401
    import torch  # noqa: PLC0415 - heavy, needed once per model

    openvino = import_openvino(convert=True)
    encoder = _encoder(model, recipe.pooling)
    table = model.get_input_embeddings().weight.detach()
    words = table[torch.arange(18).reshape(2, 9) % len(table)]
    mask = torch.ones(2, 9, dtype=torch.int64)
    mask[1, 5:] = 0
    width = table.shape[1]
    try:
        with torch.no_grad():
            expected = encoder(words, mask).numpy()
            graph = openvino.convert_model(
                encoder,
                example_input=(words, mask),
                input=[openvino.PartialShape([-1, -1, width]), openvino.PartialShape([-1, -1])],
            )
        actual = openvino.compile_model(graph, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})([words.numpy(), mask.numpy()])[0]
    except Exception as error:  # the converter and the tracer raise whatever they like; torch then runs the model
        raise ExportError(f"OpenVINO cannot convert {recipe.id}: {error}") from error
    if float((expected * actual).sum(axis=1).min()) < LEAST_COSINE:
        raise ExportError(f"OpenVINO computes other vectors for {recipe.id} than torch")
    openvino.save_model(graph, str(target / GRAPH_FILE), compress_to_fp16=True)
    np.save(target / TABLE_FILE, table.numpy().astype(np.float16))
    facts = {"id": recipe.id, "fingerprint": recipe.fingerprint, "dimension": int(expected.shape[1])}
    (target / FACTS_FILE).write_text(json.dumps(facts), "utf-8")


def _encoder(model: Any, pooling: str) -> Any:  # noqa: ANN401
    """Return a torch module from word vectors and mask to normalised text vectors."""
    import torch  # noqa: PLC0415 - heavy, needed once per model

    class Encoder(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, words: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            states = self.model(inputs_embeds=words, attention_mask=mask).last_hidden_state
            if pooling == "cls":
                pooled = states[:, 0]
            else:
                weights = mask.unsqueeze(-1).to(states.dtype)
                pooled = (states * weights).sum(1) / weights.sum(1)
            return torch.nn.functional.normalize(pooled, dim=1)

    return Encoder().eval()


def _bytes_of(model: Any) -> int:  # noqa: ANN401
    """Return about how much the export of a model takes: its weights in float16, and as much again in OpenVINO's own cache."""
    return int(sum(weight.numel() for weight in model.parameters())) * 2 * 2


def import_openvino(*, convert: bool = False) -> Any:  # noqa: ANN401 - the library has no types
    """Import OpenVINO without its telemetry, which would report the import over the network.

    Args:
        convert: Also what converts torch modules; without it the import takes half the time.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type] # None makes the import fail, as wanted
    if not convert and "openvino" not in sys.modules:
        sys.modules.setdefault("openvino.tools.ovc", None)  # type: ignore[arg-type]
    import openvino  # noqa: PLC0415 - heavy

    if convert and not hasattr(openvino, "convert_model"):
        sys.modules.pop("openvino.tools.ovc", None)
        from openvino.tools.ovc import convert_model  # noqa: PLC0415

        openvino.convert_model = convert_model
    return openvino
