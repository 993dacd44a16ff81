"""Compare every embedding engine with plain sentence-transformers in float32, in one run.

    python bench/embedding.py --xquad DIR [--language en] [--models DIR] [--rounds 4] [--queries N]

Prints a Markdown table: passages a second, ratio to the baseline, R@1 over the questions, milliseconds for one question, and
seconds and memory of a
new process from its start to the first embedded question (memory on Linux only). The engines take turns on slices of the
passages, so that other work on the machine slows them alike; read the ratios, not the figures.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ingest.embed.choose import find_model, native_precision
from ingest.embed.openvino_engine import OpenVinoEmbedder
from ingest.embed.openvino_export import exported
from ingest.embed.quiet import quiet
from ingest.embed.torch_engine import TorchEmbedder
from ingest.values import Matrix
from ingest.weights import models_dir

Encode = Callable[[Sequence[str]], Matrix]
_LATENCY_QUERIES = 50
_COLD = """
import sys, time
start = time.perf_counter()
from pathlib import Path
from ingest.embed import open_embedder
open_embedder(engine=sys.argv[1], models_dir=Path(sys.argv[2])).embed_query("How do I get into computer vision?")
seconds = time.perf_counter() - start
# Not getrusage: what that reports survives exec, so it would be this program's own peak.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(seconds, int(peak.split()[1]) / 1024)
"""


@dataclass(slots=True, kw_only=True)
class Contender:
    """One way to embed, and what was measured of it."""

    name: str
    passages: Encode
    queries: Encode
    cold: str | None = None
    """What `open_embedder` calls the engine, when it is the one that would be chosen."""
    vectors: dict[int, Matrix] = field(default_factory=dict)
    seconds: float = 0.0
    latency: float = 0.0
    recall: float = 0.0


def main() -> None:
    """Run the comparison."""
    options = _options()
    folder = models_dir(options.models)
    passages = _read(options.xquad / f"corpus.{options.language}.jsonl")
    queries = dict(list(_read(options.xquad / f"queries.{options.language}.jsonl").items())[: options.queries])
    contenders = _contenders(folder)
    texts = list(passages.values())
    for contender in contenders:
        contender.passages(texts[:8])
    _race(contenders, texts, options.rounds)
    relevant = _qrels(options.xquad / "qrels.tsv")
    for contender in contenders:
        _question(contender, list(passages), queries, relevant, options.rounds)
    _print(contenders, folder)


def _contenders(folder: Path) -> list[Contender]:
    model_folder, recipe = find_model(None, folder)
    native = native_precision()
    export = exported(recipe, model_folder, folder)
    found = [_plain(model_folder)]
    if native == "bf16":
        torch = TorchEmbedder(recipe, folder=model_folder, precision="bf16")
        found.append(Contender(name=torch.engine, passages=torch.embed_passages, queries=_one_by_one(torch)))
    for precision in dict.fromkeys(("f32", native)):
        if precision:
            engine = OpenVinoEmbedder(recipe, folder=model_folder, export=export, precision=precision)
            cold = "openvino" if precision == native else None
            found.append(Contender(name=engine.engine, passages=engine.embed_passages, queries=_one_by_one(engine), cold=cold))
    return found


def _plain(folder: Path) -> Contender:
    """Return the library used as its documentation shows, with its defaults."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - the baseline only

    with quiet():
        model: Any = SentenceTransformer(str(folder), device="cpu", local_files_only=True)

    def encode(prompt: str) -> Encode:
        return lambda texts: np.asarray(model.encode(list(texts), prompt_name=prompt, show_progress_bar=False), np.float32)

    return Contender(
        name="sentence-transformers-f32 (plain)",
        passages=encode("passage"),
        queries=encode("query"),
        cold="sentence-transformers",
    )


def _one_by_one(engine: OpenVinoEmbedder | TorchEmbedder) -> Encode:
    return lambda texts: np.array([engine.embed_query(text) for text in texts])


def _race(contenders: list[Contender], texts: list[str], rounds: int) -> None:
    for turn in range(rounds):
        for contender in contenders[turn % len(contenders) :] + contenders[: turn % len(contenders)]:
            start = time.perf_counter()
            contender.vectors[turn] = contender.passages(texts[turn::rounds])
            contender.seconds += time.perf_counter() - start


def _question(contender: Contender, ids: list[str], queries: dict[str, str], relevant: dict[str, str], rounds: int) -> None:
    matrix = np.zeros((len(ids), contender.vectors[0].shape[1]), np.float32)
    for turn, vectors in contender.vectors.items():
        matrix[turn::rounds] = vectors
    asked = contender.queries(list(queries.values()))
    best = (asked @ matrix.T).argmax(axis=1)
    contender.recall = float(np.mean([ids[index] == relevant[query] for index, query in zip(best, queries, strict=True)]))
    contender.latency = statistics.median(_timed(contender, text) for text in list(queries.values())[:_LATENCY_QUERIES])


def _timed(contender: Contender, text: str) -> float:
    start = time.perf_counter()
    contender.queries([text])
    return time.perf_counter() - start


def _print(contenders: list[Contender], folder: Path) -> None:
    count = sum(len(vectors) for vectors in contenders[0].vectors.values())
    print("| engine | passages/s | ratio | R@1 | one question, ms | cold start, s | memory, MB |")
    print("|---|---|---|---|---|---|---|")
    for contender in contenders:
        ratio = contenders[0].seconds / contender.seconds
        cold = _cold(contender.cold, folder) if contender.cold else "| "
        print(
            f"| {contender.name} | {count / contender.seconds:.1f} | {ratio:.2f} | {contender.recall:.4f} "
            f"| {contender.latency * 1000:.1f} | {cold} |"
        )


def _cold(engine: str, folder: Path) -> str:
    command = [sys.executable, "-c", _COLD, engine, str(folder)]
    outputs = [subprocess.run(command, check=True, capture_output=True, text=True).stdout.split() for _ in range(3)]
    seconds, memory = min((float(first), float(second)) for first, second in outputs)
    return f"{seconds:.2f} | {memory:.0f}"


def _read(path: Path) -> dict[str, str]:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return {str(row["id"]): str(row["text"]) for row in rows}


def _qrels(path: Path) -> dict[str, str]:
    rows = [line.split() for line in path.read_text("utf-8").splitlines()]
    return {row[0]: row[2] for row in rows}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--xquad", type=Path, required=True, help="folder with corpus.LL.jsonl, queries.LL.jsonl and qrels.tsv")
    parser.add_argument("--language", default="en")
    parser.add_argument("--models", type=Path, help="models directory; default: CAREERBOT_MODELS or the user's cache")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--queries", type=int, help="only so many questions")
    return parser.parse_args()


if __name__ == "__main__":
    main()
