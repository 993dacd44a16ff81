"""What turns text into vectors of one space: weights, prompts, pooling, lengths. Engines differ; a recipe's vectors do not."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

RECIPE_FILE = "careerbot.json"
"""Where a folder that this package unpacked names its model and the checksum of what it was unpacked from."""
_E5 = re.compile(r"(^|[/-])e5-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The facts that make two embedders interchangeable. Vectors are always L2-normalised."""

    id: str
    weights_sha256: str
    max_tokens: int
    """Longer texts are cut to this many tokens, the special ones counted."""
    pooling: str
    """`mean` over the tokens, `cls` (the first token), or another of sentence-transformers' names."""
    query_prompt: str = ""
    passage_prompt: str = ""
    modules: tuple[str, ...] = ("Transformer", "Pooling", "Normalize")
    """The stages of the sentence-transformers model, by class name."""

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 over all facts: equal for every engine of one model, different when any fact differs."""
        facts = {"normalised": True, **asdict(self)}
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()

    @property
    def prompts(self) -> dict[str, str]:
        """What the model is shown in front of a text, by what the text is."""
        return {"query": self.query_prompt, "passage": self.passage_prompt}


def read_recipe(folder: Path, *, model_id: str, weights_sha256: str) -> Recipe:
    """Read the recipe of a sentence-transformers folder.

    A folder without stages of its own is a bare transformer; sentence-transformers then averages its tokens, and so do we.
    Models of the E5 family get their prompts even where the folder forgets them, for without them they are worse.
    """
    stages = _json(folder / "modules.json", [])
    names = tuple(str(stage["type"]).rsplit(".", 1)[-1] for stage in stages) or ("Transformer", "Pooling")
    query, passage = _prompts(_json(folder / "config_sentence_transformers.json", {}).get("prompts") or {}, model_id)
    return Recipe(
        id=model_id,
        weights_sha256=weights_sha256,
        max_tokens=_max_tokens(folder),
        pooling=_pooling(folder, stages),
        query_prompt=query,
        passage_prompt=passage,
        modules=names,
    )


def _prompts(configured: dict[str, str], model_id: str) -> tuple[str, str]:
    query = configured.get("query", "")
    passage = configured.get("passage") or configured.get("document") or ""
    if not (query or passage) and _E5.search(model_id.lower()):
        return "query: ", "passage: "
    return query, passage


def _max_tokens(folder: Path) -> int:
    limit = _json(folder / "sentence_bert_config.json", {}).get("max_seq_length")
    if limit is None:
        limit = _json(folder / "tokenizer_config.json", {}).get("model_max_length", 512)
    positions = _json(folder / "config.json", {}).get("max_position_embeddings", 512)
    return min(int(limit), int(positions))


def _pooling(folder: Path, stages: list[dict[str, Any]]) -> str:
    for stage in stages:
        if str(stage["type"]).endswith("Pooling"):
            config = _json(folder / stage["path"] / "config.json", {})
            if "pooling_mode" in config:
                mode = config["pooling_mode"]
                return mode if isinstance(mode, str) else "+".join(mode)
            chosen = [
                name.removeprefix("pooling_mode_") for name, on in config.items() if name.startswith("pooling_mode_") and on
            ]
            return "+".join(chosen).replace("mean_tokens", "mean").replace("cls_token", "cls") or "mean"
    return "mean"


def _json(path: Path, default: Any) -> Any:  # noqa: ANN401 - JSON is untyped
    return json.loads(path.read_text("utf-8")) if path.is_file() else default
