"""The verifier: is a restatement that says something else refused, and is a faithful one kept?"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.evaluation.data import read_lines
from bot.evaluation.perturbing import CLASSES, names_in, perturb
from bot.evaluation.quotes import LANGUAGES, Said, sentences
from bot.evaluation.restating import Restate, restatements
from bot.evaluation.suite import Case, Result, Row, Suite, Target
from bot.verify import Subject, verify
from ingest.sentences import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.evaluation.bench import Bench

QUOTES = 4000
"""Sentences looked at in each language at most; about a fifth of them can be restated by code."""
PAIRS = 120
"""Perturbed pairs of one class and language at most."""
FAITHFUL = 300
"""Faithful restatements measured in one language."""
SHOWN_WORDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A claim and the sentence it was made from."""

    said: Said
    claim: str
    kind: str
    """How it was restated, or the class of what was made false."""
    accepted: bool


def run(bench: Bench) -> Result:
    """Restate, make false, verify."""
    faithful: list[Pair] = []
    false: list[Pair] = []
    for language in LANGUAGES:
        bench.say(f"restating in {language}")
        said = bench.sample(sentences(bench, language, most=QUOTES), QUOTES, seed=f"faithfulness {language}")
        kept, refused = _measure(said, language)
        faithful += kept
        false += refused
    attribution = list(_attribution(bench))
    rows = [
        *_rows_by(false, faithful),
        *_rows_of_classes(false),
        *_rows_of_restatements(faithful),
        Row(name="AttributionBench", count=len(attribution), figures=_precision_and_recall(attribution)),
    ]
    return Result(rows=tuple(rows), worst=_worst(false, faithful), notes=_NOTES)


_NOTES = (
    (
        "Quotes: sentences of interviewees and authors from the interviews (en, zh), of XQuAD put into an invented "
        "person's mouth (es, de, ru), and invented ones where no text is at hand (fr, pt, ja)."
    ),
    (
        "Faithful restatements are made by code from the sentence: first person turned into the third, reported speech, a "
        "leading filler dropped. The same code then restates a copy that was made false, so that only the falsehood "
        "differs. A false pair counts only where the verifier keeps the true one: refusing what would be refused anyway "
        "proves nothing."
    ),
    (
        "AttributionBench asks another question (does a passage support a sentence that may combine and rephrase?). The "
        "verifier accepts near-literal restatements of one sentence only: its precision there says whether what it "
        "accepts is supported, its recall how rarely such claims are restatements at all."
    ),
)


def _measure(said: Sequence[Said], language: str) -> tuple[list[Pair], list[Pair]]:
    """Restate until every class has its pairs; past `FAITHFUL` faithful ones, only what a class still lacks is looked at."""
    names = sorted({name for item in said for name in names_in(item.text, language)})
    faithful: list[Pair] = []
    false: list[Pair] = []
    counted: Counter[str] = Counter()
    for item in said:
        for way, restate in restatements(item):
            claim = restate(item.text)
            made = list(_made_false(item, restate, names, counted)) if claim else []
            if claim is None or (len(faithful) >= FAITHFUL and not made):
                continue
            true = _pair(item, claim, way)
            if len(faithful) < FAITHFUL:
                faithful.append(true)
            if true.accepted:
                counted.update(kind for kind, _ in made)
                false += [_pair(item, changed, kind) for kind, changed in made]
    return faithful, false


def _made_false(item: Said, restate: Restate, names: Sequence[str], counted: Counter[str]) -> Iterator[tuple[str, str]]:
    for kind in CLASSES:
        copy = perturb(item.text, kind, item.language, names, seed=item.text) if counted[kind] < PAIRS else None
        changed = restate(copy) if copy else None
        if changed is not None:
            yield kind, changed


def _pair(said: Said, claim: str, kind: str) -> Pair:
    verdict = verify(claim, said.text, subject=Subject(name=said.speaker), language=said.language)
    return Pair(said=said, claim=claim, kind=kind, accepted=verdict.accepted)


def _rows_by(false: Sequence[Pair], faithful: Sequence[Pair]) -> Iterator[Row]:
    for name in ("all", *LANGUAGES):
        wrong = [pair for pair in false if name in {"all", pair.said.language}]
        right = [pair for pair in faithful if name in {"all", pair.said.language}]
        if wrong and right:
            figures = {"refused_when_false": _refused(wrong), "kept_when_faithful": 1 - _refused(right), "faithful": len(right)}
            yield Row(name=name, count=len(wrong), figures=figures)


def _rows_of_classes(false: Sequence[Pair]) -> Iterator[Row]:
    for kind in CLASSES:
        pairs = [pair for pair in false if pair.kind == kind]
        if pairs:
            yield Row(name=f"class: {kind}", count=len(pairs), figures={"refused_when_false": _refused(pairs)})


def _rows_of_restatements(faithful: Sequence[Pair]) -> Iterator[Row]:
    by_way: dict[str, list[Pair]] = defaultdict(list)
    for pair in faithful:
        by_way[pair.kind].append(pair)
    for way, pairs in by_way.items():
        yield Row(name=f"way: {way}", count=len(pairs), figures={"kept_when_faithful": 1 - _refused(pairs)})


def _refused(pairs: Sequence[Pair]) -> float:
    return sum(not pair.accepted for pair in pairs) / len(pairs)


def _attribution(bench: Bench) -> Iterator[tuple[bool, bool]]:
    """Yield (is supported, was accepted as a restatement of a sentence of its references)."""
    rows = bench.sample(read_lines(bench.data / "faithfulness" / "attributionbench_dev.jsonl"), 0, seed="attribution")
    for row in rows:
        accepted = any(_restates(row["claim"], span.of(text)) for text in row["references"] for span in split(text))
        yield row["attribution_label"] == "attributable", accepted


def _restates(claim: str, sentence: str) -> bool:
    if not set(claim.lower().split()) & set(sentence.lower().split()):
        return False
    return verify(claim, sentence, subject=Subject(name="The author"), language="en").accepted


def _precision_and_recall(pairs: Sequence[tuple[bool, bool]]) -> dict[str, float]:
    accepted = [supported for supported, was_accepted in pairs if was_accepted]
    found = {"accepted": float(len(accepted)), "recall": sum(accepted) / max(1, sum(supported for supported, _ in pairs))}
    return found | ({"precision": sum(accepted) / len(accepted)} if accepted else {})


def _worst(false: Sequence[Pair], faithful: Sequence[Pair]) -> tuple[Case, ...]:
    shown = [pair for pair in false if pair.accepted]
    lost = [pair for pair in faithful if not pair.accepted]
    cases = [_case(pair, f"shown though false: {pair.kind}") for pair in _spread(shown)]
    return (*cases, *(_case(pair, f"refused though faithful: {pair.kind}") for pair in _spread(lost)))


def _spread(pairs: Iterable[Pair]) -> list[Pair]:
    """Bring one pair of each language and kind to the front."""
    seen: Counter[tuple[str, str]] = Counter()
    ranked: list[tuple[int, int, Pair]] = []
    for pair in pairs:
        key = (pair.said.language, pair.kind)
        ranked.append((seen[key], len(ranked), pair))
        seen[key] += 1
    return [pair for _, _, pair in sorted(ranked, key=lambda item: item[:2])]


def _case(pair: Pair, wrong: str) -> Case:
    dense = pair.said.language in {"zh", "ja"}
    words = pair.said.text[:16] if dense else " ".join(pair.said.text.split()[:SHOWN_WORDS])
    return Case(case=f"{pair.said.language}, {pair.said.origin}: {words} …", wrong=wrong)


SUITE = Suite(
    name="faithfulness",
    claim="The verifier: false restatements refused, faithful ones kept.",
    run=run,
    targets=(
        Target(row="all", figure="refused_when_false", at_least=0.98),
        Target(row="all", figure="kept_when_faithful", at_least=0.80),
        *(Target(row=f"class: {kind}", figure="refused_when_false", at_least=0.98) for kind in CLASSES),
    ),
)
