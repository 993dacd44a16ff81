"""Write the 4-bit model as an ordinary sentence-transformers folder that any program can load."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from ingest.embed.charsmap import precompiled_charsmap
from ingest.embed.recipe import RECIPE_FILE
from ingest.embed.tokens import save_pieces

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from ingest.embed.pieces import Pieces
    from ingest.embed.quantised import QuantisedFile, Shape

_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
"""Names of a layer's parts: in the 4-bit file, and in a BERT of the `transformers` library."""
_PROMPTS = {"query": "query: ", "passage": "passage: "}


def write_folder(source: QuantisedFile, folder: Path, *, model_id: str, sha256: str) -> None:
    """Fill an empty directory with `source` as a sentence-transformers model.

    Args:
        source: The opened 4-bit file.
        folder: An existing directory.
        model_id: The name the model is known by, e.g. "intfloat/multilingual-e5-small".
        sha256: The checksum of the 4-bit file, noted in the folder.
    """
    from safetensors.numpy import save_file  # noqa: PLC0415 - heavy, needed once

    save_file(_tensors(source), folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)
    build_tokenizer(source.pieces).save(str(folder / "tokenizer.json"), pretty=False)
    for name, content in _configs(source.shape, source.pieces).items():
        target = folder / name
        target.parent.mkdir(exist_ok=True)
        target.write_text(json.dumps(content, indent=2), "utf-8")
    save_pieces(source.pieces, folder / "unigram")
    (folder / "2_Normalize").mkdir()
    (folder / RECIPE_FILE).write_text(json.dumps({"id": model_id, "weights_sha256": sha256}), "utf-8")


def build_tokenizer(pieces: Pieces) -> Any:  # noqa: ANN401 - the library's type would have to be imported
    """Return the XLM-RoBERTa tokenizer made of these pieces.

    Text is put into NFC first, since the file's map knows single characters only, where SentencePiece's own also composes.
    """
    from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors  # noqa: PLC0415

    begin, end = pieces.texts[pieces.begin], pieces.texts[pieces.end]
    tokenizer = Tokenizer(models.Unigram(list(zip(pieces.texts, pieces.scores, strict=True)), unk_id=pieces.unknown))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFC(),
            normalizers.Precompiled(precompiled_charsmap(pieces.normalised)),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}", special_tokens=[(begin, pieces.begin), (end, pieces.end)]
    )
    special = [begin, pieces.texts[pieces.padding], end, pieces.texts[pieces.unknown]]
    tokenizer.add_special_tokens([AddedToken(token, normalized=False) for token in special])
    return tokenizer


def _tensors(source: QuantisedFile) -> dict[str, NDArray[Any]]:
    """Return the tensors under BERT's names; the word table as float16, finer than its 4 bits and half the size of float32."""
    shape = source.shape
    hidden = shape.hidden
    tensors: dict[str, NDArray[Any]] = {
        "embeddings.word_embeddings.weight": source.tensor("emb.word").reshape(-1, hidden).astype(np.float16),
        "embeddings.position_embeddings.weight": source.tensor("emb.pos").reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": source.tensor("emb.type").reshape(-1, hidden),
        "embeddings.LayerNorm.weight": source.tensor("emb.ln.w"),
        "embeddings.LayerNorm.bias": source.tensor("emb.ln.b"),
        # Sentence embeddings never use BERT's pooler; zeros keep loaders from drawing random weights and warning of it.
        "pooler.dense.weight": np.zeros((hidden, hidden), np.float32),
        "pooler.dense.bias": np.zeros(hidden, np.float32),
    }
    for layer in range(shape.layers):
        for short, name in _LAYER.items():
            weight, bias = source.tensor(f"l{layer}.{short}.w"), source.tensor(f"l{layer}.{short}.b")
            matrix = weight if short.endswith("ln") else weight.reshape(bias.size, -1)
            tensors[f"encoder.layer.{layer}.{name}.weight"] = matrix
            tensors[f"encoder.layer.{layer}.{name}.bias"] = bias
    return tensors


def _configs(shape: Shape, pieces: Pieces) -> dict[str, object]:
    stage = "sentence_transformers.models."
    return {
        "config.json": _bert_config(shape, pieces),
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": shape.positions,
            "bos_token": pieces.texts[pieces.begin],
            "cls_token": pieces.texts[pieces.begin],
            "eos_token": pieces.texts[pieces.end],
            "sep_token": pieces.texts[pieces.end],
            "pad_token": pieces.texts[pieces.padding],
            "unk_token": pieces.texts[pieces.unknown],
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": stage + "Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": stage + "Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": stage + "Normalize"},
        ],
        "1_Pooling/config.json": {"word_embedding_dimension": shape.hidden, "pooling_mode_mean_tokens": True},
        "sentence_bert_config.json": {"max_seq_length": shape.positions, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": _PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }


def _bert_config(shape: Shape, pieces: Pieces) -> dict[str, object]:
    return {
        "model_type": "bert",
        "architectures": ["BertModel"],
        "vocab_size": shape.vocabulary,
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.intermediate,
        "hidden_act": "gelu",
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.token_types,
        "layer_norm_eps": shape.epsilon,
        "pad_token_id": pieces.padding,
        "bos_token_id": pieces.begin,
        "eos_token_id": pieces.end,
        "dtype": "float32",
    }
