"""The real embedding model: engines agree, prompts are applied, tokens are XLM-RoBERTa's, and a search starts fast."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ingest.embed.choose import find_model, native_precision, open_embedder
from ingest.embed.openvino_engine import OpenVinoEmbedder
from ingest.embed.openvino_export import exported
from ingest.embed.tokens import LibraryTokens, open_tokens
from ingest.embed.torch_engine import TorchEmbedder
from ingest.weights import models_dir

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.embed.protocol import Embedder

pytestmark = pytest.mark.models

# Invented sentences in the languages of the catalogue.
SENTENCES = [
    "She taught herself to program on the night shift and changed jobs two years later.",
    "没有博士学位也可以从事计算机视觉工作，但要有拿得出手的项目。",
    "Nadie me pidió el título; me pidieron que explicara mi código.",
    "Bewirb dich, auch wenn du nur die Hälfte der Anforderungen erfüllst.",
    "On m'a embauchée grâce à un petit projet publié en ligne.",
    "Comece pequeno, termine, publique e só depois melhore.",
    "Собеседование длилось четыре часа, и половина вопросов была о базах данных.",
    "面接では、失敗から何を学んだかを聞かれました。",
    "पहली नौकरी मिलने में मुझे आठ महीने लगे।",
    "تعلمت الإحصاء قبل أن أتعلم أي مكتبة برمجية.",
    "Café, naïve, ﬁancé, ½ year, ｆｕｌｌ width, e\u0301 decomposed, 😀 emoji and \u200b invisible spaces.",
]


@pytest.fixture(scope="module")
def engines() -> dict[str, Embedder]:
    """Return plain float32 first, then whatever this machine offers."""
    directory = models_dir()
    folder, recipe = find_model(None, directory)
    export = exported(recipe, folder, directory)
    found: list[Embedder] = [TorchEmbedder(recipe, folder=folder, precision="f32")]
    found += [
        OpenVinoEmbedder(recipe, folder=folder, export=export, precision=precision)
        for precision in sorted({"f32", native_precision() or "f32"})
    ]
    return {engine.engine: engine for engine in found}


def test_all_engines_give_the_same_vectors(engines: dict[str, Embedder]) -> None:
    """Cosine of at least 0.99 with sentence-transformers in float32, unit length, one fingerprint."""
    reference, *others = engines.values()
    expected = reference.embed_passages([*SENTENCES, " ".join(SENTENCES * 5)])
    for engine in others:
        vectors = engine.embed_passages([*SENTENCES, " ".join(SENTENCES * 5)])
        assert float((vectors * expected).sum(axis=1).min()) >= 0.99, engine.engine
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(vectors)), abs=1e-5)
        assert engine.fingerprint == reference.fingerprint


def test_prompts_are_applied(engines: dict[str, Embedder]) -> None:
    """A question is embedded otherwise than a passage of the same words, and alike by all engines."""
    reference, *others = engines.values()
    question = reference.embed_query(SENTENCES[0])
    assert float(question @ reference.embed_passages(SENTENCES[:1])[0]) < 0.99
    for engine in others:
        assert float(question @ engine.embed_query(SENTENCES[0])) >= 0.99


def test_a_question_finds_its_passage_in_another_language(engines: dict[str, Embedder]) -> None:
    """One space for all languages."""
    for engine in engines.values():
        passages = engine.embed_passages(SENTENCES)
        assert (passages @ engine.embed_query("Do I need a PhD for computer vision?")).argmax() == 1


def test_the_fast_table_cuts_like_the_library() -> None:
    """In every script, with accents, unknown characters and long texts."""
    folder, _ = find_model(None, models_dir())
    texts = [*SENTENCES, "𐎀𐎁 unknown", "", " spaces  and\ttabs\n", "x" * 700, " ".join(SENTENCES * 5)]
    assert open_tokens(folder).encode(texts) == LibraryTokens(folder / "tokenizer.json").encode(texts)


@pytest.mark.parametrize("language", ["en", "zh", "es", "de", "ru", "ar"])
@pytest.mark.shared
def test_the_fast_table_cuts_whole_collections_like_the_library(shared: Path, language: str) -> None:
    """Every passage of XQuAD."""
    folder, _ = find_model(None, models_dir())
    lines = (shared / "eval" / "xquad" / f"corpus.{language}.jsonl").read_text("utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    assert open_tokens(folder).encode(texts) == LibraryTokens(folder / "tokenizer.json").encode(texts)


def test_one_question_needs_neither_torch_nor_a_network() -> None:
    """A new process embeds a question without importing the heavy libraries and with every socket forbidden."""
    open_embedder(models_dir=models_dir())
    code = (
        "import socket, sys\n"
        "def refuse(*_, **__): raise AssertionError('network')\n"
        "socket.socket.connect = refuse; socket.getaddrinfo = refuse\n"
        "from pathlib import Path\n"
        "from ingest.embed import open_embedder\n"
        "vector = open_embedder(models_dir=Path(sys.argv[1])).embed_query('Where do I start?')\n"
        "print(vector.shape[0], *sorted({'torch', 'transformers', 'tokenizers', 'sentence_transformers'} & set(sys.modules)))\n"
    )
    command = [sys.executable, "-c", code, str(models_dir())]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    assert result.stdout.split() == ["384"]
