"""Fit the weights of `bot/abstain.py` and write `bot/data/abstention.toml`.

    python bench/calibrate_abstention.py --home DIR --questions FILE.jsonl [FILE.jsonl …] [--judged FILE.jsonl]

`--home` holds an index of the texts the questions are about; each line of a questions file has `id`, `question` and
`answerable` (`bench/data/seed_questions.jsonl` is ours, over the five seed documents). Reading quotes with the language model
takes seconds a question, so its judgements are kept in `--judged` and only what is missing there is asked.

The model is logistic regression with an L2 penalty on standardised signals (Cox 1958), fitted by gradient descent; ten-fold
cross-validation, repeated five times, gives the figures that are written into the file.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.abstain import Signals, features, read_signals
from bot.evidence import select
from bot.judge import judge
from bot.llm import Cancellation
from bot.people import find_mentions
from bot.question import understand
from bot.resources import data_file
from bot.retrieve import retrieve
from bot.settings import BotSettings
from bot.wiring import build
from ingest.embed.bundled import MODEL_ID

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.answer import Services
    from bot.values import Evidence, Question

READ = 4
THRESHOLD = 0.55
PENALTY = 0.02
STEPS, RATE = 6000, 0.2
FOLDS, REPEATS = 10, 5
Row = tuple[bool, Signals]


def main() -> None:
    """Measure what is missing, fit, write."""
    options = _options()
    rows = list(_rows(build(BotSettings(home=options.home)), list(_lines(options.questions)), options.judged))
    unjudged = [(wanted, replace(signals, judged_best=None, judged_second=None)) for wanted, signals in rows]
    parts = [
        _HEAD.format(
            date=datetime.now(UTC).date(),
            facts=f"{len(rows)} questions, {sum(wanted for wanted, _ in rows)} of them answerable",
            threshold=THRESHOLD,
            embedder=MODEL_ID,
            similarity=np.mean([signals.similarity for _, signals in rows]),
        )
    ]
    parts += [_section(name, chosen) for name, chosen in (("unjudged", unjudged), ("judged", rows))]
    data_file("abstention.toml").write_text("\n".join(parts), encoding="utf-8")
    print("\n".join(parts))


_HEAD = """# Weights of the logistic model in bot/abstain.py, written by bench/calibrate_abstention.py on {date}.
# Fitted on {facts}, over the five seed documents, with the bundled models.
threshold = {threshold}
embedder = "{embedder}"
usual_similarity = {similarity:.4f}
"""


def _rows(services: Services, questions: Sequence[dict[str, Any]], kept: Path) -> Iterator[Row]:
    known = {entry["id"]: entry["judged"] for entry in _lines([kept])} if kept.is_file() else {}
    with kept.open("a", encoding="utf-8") as file:
        for entry in questions:
            question, evidence, signals = _search(entry["question"], services)
            if entry["id"] not in known:
                known[entry["id"]] = _judge(question, evidence, services)
                file.write(json.dumps({"id": entry["id"], "judged": known[entry["id"]]}) + "\n")
                file.flush()
            judged = sorted(known[entry["id"]], reverse=True) or [0.0]
            yield (
                bool(entry["answerable"]),
                replace(signals, judged_best=judged[0], judged_second=judged[min(1, len(judged) - 1)]),
            )


def _search(text: str, services: Services) -> tuple[Question, Sequence[Evidence], Signals]:
    index = services.index
    question = understand(text, language=None, history=(), model=None, cancellation=Cancellation())
    mentioned = find_mentions(question.alone, index, language=question.asked_in)
    retrieval = retrieve(question, index, services.embedder, mentioned)
    evidence = select(question, retrieval, index, limit=2 * READ)
    return question, evidence, read_signals(question, retrieval, evidence, mentioned, index)


def _judge(question: Question, evidence: Sequence[Evidence], services: Services) -> list[float]:
    if services.model is None:
        raise SystemExit("the signals include the language model's judgement: choose one with CAREERBOT_LLM")
    return [judge(item, question, services.model, Cancellation()) or 0.0 for item in evidence[:READ]]


def _section(name: str, rows: Sequence[Row]) -> str:
    names = list(features(rows[0][1]))
    signals = np.array([list(features(signals).values()) for _, signals in rows])
    wanted = np.array([float(answerable) for answerable, _ in rows])
    weights, bias = _fit(signals, wanted)
    figures = _figures(wanted, _cross_validated(signals, wanted))
    lines = [
        f"[{name}]  # {figures}",
        f"bias = {bias:.4f}",
        *(f"{n} = {w:.4f}" for n, w in zip(names, weights, strict=True)),
        "",
    ]
    return "\n".join(lines)


def _fit(signals: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, float]:
    """Return weights and bias on the unstandardised signals."""
    mean, spread = signals.mean(0), signals.std(0) + 1e-9
    standard = (signals - mean) / spread
    weights, bias = np.zeros(standard.shape[1]), 0.0
    for _ in range(STEPS):
        error = _logistic(standard @ weights + bias) - wanted
        weights -= RATE * (standard.T @ error / len(wanted) + PENALTY * weights)
        bias -= RATE * float(error.mean())
    return weights / spread, bias - float((weights / spread) @ mean)


def _cross_validated(signals: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    total = np.zeros(len(wanted))
    for seed in range(REPEATS):
        folds = np.random.default_rng(seed).integers(0, FOLDS, len(wanted))
        for fold in range(FOLDS):
            weights, bias = _fit(signals[folds != fold], wanted[folds != fold])
            total[folds == fold] += _logistic(signals[folds == fold] @ weights + bias) / REPEATS
    return total


def _figures(wanted: np.ndarray, predicted: np.ndarray) -> str:
    yes, no, refused = predicted[wanted == 1], predicted[wanted == 0], predicted < THRESHOLD
    area = float((yes[:, None] > no[None]).mean())
    recall, precision = float(refused[wanted == 0].mean()), float((wanted[refused] == 0).mean())
    return f"cross-validated: AUC {area:.3f}, refusal recall {recall:.2f}, refusal precision {precision:.2f}"


def _logistic(score: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-score)))


def _lines(files: Sequence[Path]) -> Iterator[dict[str, Any]]:
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield json.loads(line)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--questions", type=Path, nargs="+", required=True)
    parser.add_argument("--judged", type=Path, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main()
