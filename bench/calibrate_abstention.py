"""Fit the weights of `bot/abstain.py` and write `bot/data/abstention.toml`.

    python bench/calibrate_abstention.py [--data DIR] [--home DIR] [--questions FILE.jsonl …]

The questions are those over the seed documents beside the evaluation texts, `bench/data/seed_questions.jsonl`, which is ours
(each line has `id`, `question` and `answerable`), the questions to the starter corpus, the conversations of MTRAG-UN, and
questions of XQuAD, which the seeds know nothing of.
Signals are read as the pipeline reads them: the language model judges at most three quotes. What it said is remembered by
`bot.evaluation.memory`, so that a second run takes seconds.

The model is logistic regression with an L2 penalty on standardised signals (Cox 1958), fitted by projected gradient descent:
some weights may not be above zero. There are six sets of weights: without the language model, with its judgements, and with the
stricter reading too; and each for embedders that the similarities were not fitted with.
Ten-fold cross-validation by conversation, repeated five times, gives the figures that are written into the file. All sets share
one threshold: the bias of each is moved to the highest probability at which its refusals are right often enough (see `_cut`).
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.abstain import Signals, features, log_odds, read_signals, weighed, with_judgements
from bot.answer import CANDIDATES
from bot.evaluation.bench import Bench, Options
from bot.evaluation.data import find_data, read_lines
from bot.evaluation.refusals import Asking, Askings, corpus, far_afield, mtrag, seeds
from bot.evaluation.suites.seeds import seeds_index
from bot.evidence import select
from bot.judge import judge, tells
from bot.llm import Cancellation
from bot.people import mentioned_by
from bot.question import understand
from bot.reading import JUDGED_FIRST
from bot.resources import data_file
from bot.retrieve import retrieve
from bot.settings import BotSettings
from bot.translate import with_pivot
from ingest.embed.bundled import MODEL_ID

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.llm import LanguageModel

OURS = Path(__file__).parent / "data" / "seed_questions.jsonl"
THRESHOLD = 0.5
PRECISION = {"seeds": 0.84, "corpus": 0.8, "MTRAG-UN": 0.5}
"""How many of the refusals in each group of questions have to be right; of the first only, where similarities are unknown.
To the corpus four questions have an answer for each that has none: 0.8 asks as much there as 0.89 does of two to one."""
PRECISION_UNJUDGED = {"seeds": 0.8, "MTRAG-UN": 0.4}
"""The same where no model reads quotes: what is far afield would be answered otherwise."""
WARNINGS = frozenset({"unknown", "unknown_name", "absent", "unnamed", "unspoken", "judged_place"})
"""Signals that may only speak against an answer: where two say the same, a fit without this sets one against the other."""
PENALTY = 0.02
STEPS, RATE = 4000, 0.3
FOLDS, REPEATS = 10, 5
QUOTES = CANDIDATES


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A question's signals and whether the texts answer it."""

    group: str
    """The set of questions it belongs to."""
    conversation: str
    """What must not be split between folds."""
    answerable: bool
    signals: Signals
    alone: Signals
    """The same without a language model: no judgement, no wording in English."""
    question: str
    weight: float = 1.0


def main() -> None:
    """Measure, fit, write."""
    options = _options()
    bench = Bench(Options(data=find_data(options.data), limit=0, work=options.home), BotSettings(), say=print)
    index = seeds_index(bench)
    files = [bench.data / "seed_questions.jsonl", *options.questions]
    try:
        if bench.model is None:
            raise SystemExit("the signals include the language model's judgement: choose one with CAREERBOT_LLM")
        sets = [*(seeds(index, read_lines(file)) for file in files), corpus(bench), mtrag(bench), far_afield(bench, index)]
        rows = _balanced([row for askings in sets for row in _rows(bench, askings)])
    finally:
        bench.close()
    parts = [_head(rows)]
    for name, chosen in _variants(rows).items():
        parts.append(_section(name, chosen))
    data_file("abstention.toml").write_text("\n".join(parts), encoding="utf-8")
    print("\n".join(parts))


_HEAD = """# Weights of the logistic model in bot/abstain.py, written by bench/calibrate_abstention.py on {date}.
# Fitted on {facts}, with the bundled models.
threshold = {threshold}
embedder = "{embedder}"
sizes = {sizes}  # passages of the corpora: below and above, the nearer one counts
"""
SHARES = {"seeds": 1.0, "corpus": 1.0, "MTRAG-UN": 0.5, "XQuAD": 0.25}
"""How much the answerable and the other questions of each group count. MTRAG-UN is about other things than careers; XQuAD has
only questions that are far from everything the texts speak of."""


def _head(rows: Sequence[Row]) -> str:
    sizes = sorted({row.signals.passages for row in rows})
    return _HEAD.format(
        date=datetime.now(UTC).date(), facts=_facts(rows), threshold=THRESHOLD, embedder=MODEL_ID, sizes=[sizes[0], sizes[-1]]
    )


def _facts(rows: Sequence[Row]) -> str:
    counts = Counter((row.group, row.answerable) for row in rows)
    groups = dict.fromkeys(row.group for row in rows)
    return ", ".join(
        f"{counts[group, True]} answerable and {counts[group, False]} other questions of {group}" for group in groups
    )


def _variants(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Return the rows as each set of weights sees them."""
    unjudged = [replace(row, signals=row.alone) for row in rows]
    judged = [replace(row, signals=replace(row.signals, told=None)) for row in rows]
    return {
        "unjudged": unjudged,
        "judged": judged,
        "told": list(rows),
        # Across languages these signals tell nothing, and would blur what they tell within one.
        "unjudged_elsewhere": [
            replace(row, signals=replace(row.signals, similarity=None)) for row in unjudged if not row.signals.foreign
        ],
        "judged_elsewhere": [replace(row, signals=replace(row.signals, similarity=None)) for row in judged],
        "told_elsewhere": [replace(row, signals=replace(row.signals, similarity=None)) for row in rows],
    }


def _rows(bench: Bench, askings: Askings) -> Iterator[Row]:
    for asking in askings.cases:
        yield Row(
            group=asking.group,
            conversation=asking.id.split("<::>")[0],
            answerable=bool(asking.answerable),
            signals=_read(bench, askings, asking, bench.model),
            alone=_read(bench, askings, asking, None),
            question=asking.question,
        )


def _balanced(rows: Sequence[Row]) -> list[Row]:
    """Weigh the rows so that neither a large group nor its more frequent kind of question decides for the others."""
    kinds = Counter((row.group, row.answerable) for row in rows)
    total = 2 * sum(SHARES[group] for group in {row.group for row in rows})
    return [replace(row, weight=SHARES[row.group] * len(rows) / (kinds[row.group, row.answerable] * total)) for row in rows]


def _read(bench: Bench, askings: Askings, asking: Asking, model: LanguageModel | None) -> Signals:
    index, keep_on = askings.index, Cancellation()
    asked = understand(asking.question, language=None, history=asking.history, model=model, cancellation=keep_on)
    question = with_pivot(asked, index.manifest.languages, model, keep_on)
    mentioned = mentioned_by(question, index)
    retrieval = retrieve(question, index, bench.embedder, mentioned)
    evidence = select(question, retrieval, index, limit=QUOTES, named=mentioned.source_ids)
    signals = read_signals(question, retrieval, evidence, mentioned, index)
    if model is None or not evidence:
        return signals
    judged = [(item, judge(item, question, model, keep_on)) for item in evidence[:JUDGED_FIRST]]
    signals = with_judgements(signals, judged, question, index)
    for best, _ in weighed(judged, question, index)[:1]:
        signals = replace(signals, told=tells(best, question, model, keep_on))
    return signals


def _section(name: str, rows: Sequence[Row]) -> str:
    names = list(features(rows[0].signals))
    signals = np.array([list(features(row.signals).values()) for row in rows])
    wanted = np.array([float(row.answerable) for row in rows])
    weight = np.array([row.weight for row in rows])
    most = np.array([0.0 if name in WARNINGS else np.inf for name in names])
    weights, bias = _fit(signals, wanted, weight, most)
    predicted = _cross_validated(signals, wanted, weight, [row.conversation for row in rows], most)
    cut = _cut(rows, wanted, predicted)
    groups = dict.fromkeys(row.group for row in rows)
    figures = "; ".join(_figures(group, rows, wanted, predicted, cut) for group in groups)
    lines = [
        f"[{name}]  # cross-validated: {figures}",
        f"bias = {bias + log_odds(THRESHOLD) - log_odds(cut):.4f}",
        *(f"{n} = {w:.4f}" for n, w in zip(names, weights, strict=True)),
        "",
    ]
    return "\n".join(lines)


def _cut(rows: Sequence[Row], wanted: np.ndarray, predicted: np.ndarray) -> float:
    """Return the probability of an answer below which to refuse: the highest at which refusals are right often enough.

    An exact quote beside the question does less harm than a refusal of what the texts do say.
    """
    wished = dict(PRECISION)
    if rows[0].signals.judged_best is None:
        wished |= PRECISION_UNJUDGED
    if rows[0].signals.similarity is None:
        wished = {"seeds": wished["seeds"]}

    def is_right(cut: float) -> bool:
        return all(_refusals(group, rows, wanted, predicted, cut)[1] >= least for group, least in wished.items())

    return max((float(cut) for cut in np.arange(0.2, 0.81, 0.01) if is_right(float(cut))), default=0.2)


def _refusals(group: str, rows: Sequence[Row], wanted: np.ndarray, predicted: np.ndarray, cut: float) -> tuple[float, float]:
    """Return recall and precision of the refusals in one group."""
    weight = np.array([float(row.group == group) for row in rows])
    right = float(weight[(predicted < cut) & (wanted == 0)].sum())
    return right / weight[wanted == 0].sum(), right / max(1e-9, weight[predicted < cut].sum())


def _fit(signals: np.ndarray, wanted: np.ndarray, weight: np.ndarray, most: np.ndarray) -> tuple[np.ndarray, float]:
    """Return weights, none above `most`, and bias on the unstandardised signals."""
    mean, spread = signals.mean(0), signals.std(0) + 1e-9
    standard = (signals - mean) / spread
    weights, bias = np.zeros(standard.shape[1]), 0.0
    for _ in range(STEPS):
        error = (_logistic(standard @ weights + bias) - wanted) * weight
        weights = np.minimum(most, weights - RATE * (standard.T @ error / weight.sum() + PENALTY * weights))
        bias -= RATE * float(error.sum() / weight.sum())
    return weights / spread, bias - float((weights / spread) @ mean)


def _cross_validated(
    signals: np.ndarray, wanted: np.ndarray, weight: np.ndarray, conversations: Sequence[str], most: np.ndarray
) -> np.ndarray:
    total = np.zeros(len(wanted))
    unique, inverse = np.unique(np.array(conversations), return_inverse=True)
    for seed in range(REPEATS):
        folds = np.random.default_rng(seed).integers(0, FOLDS, len(unique))[inverse]
        for fold in range(FOLDS):
            kept = folds != fold
            weights, bias = _fit(signals[kept], wanted[kept], weight[kept], most)
            total[~kept] += _logistic(signals[~kept] @ weights + bias) / REPEATS
    return total


def _figures(group: str, rows: Sequence[Row], wanted: np.ndarray, predicted: np.ndarray, cut: float) -> str:
    mine = np.array([row.group == group for row in rows])
    yes, no = predicted[mine & (wanted == 1)], predicted[mine & (wanted == 0)]
    recall, precision = _refusals(group, rows, wanted, predicted, cut)
    if not len(yes):
        return f"{group} refusal recall {recall:.2f}"
    area = float((yes[:, None] > no[None]).mean())
    return f"{group} AUC {area:.3f}, refusal recall {recall:.2f}, precision {precision:.2f}"


def _logistic(score: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-score)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--home", type=Path, help="keep the indexes that are built here; default: a temporary folder")
    parser.add_argument("--questions", type=Path, nargs="*", default=[OURS])
    return parser.parse_args()


if __name__ == "__main__":
    main()
