"""Measures of a ranking, by the library ir-measures: what searches of the suites are judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

DEPTH = 50
"""Passages of a ranking that are looked at."""


def measure(found: Mapping[str, Sequence[str]], relevant: Mapping[str, Collection[str]]) -> dict[str, float]:
    """Return R@1, R@5, R@10 (the share of questions with a relevant passage so high up), nDCG@10 and MRR.

    Args:
        found: ids of passages by question, best first.
        relevant: ids of the relevant passages by question; what has none counts as missed.
    """
    from ir_measures import RR, Qrel, ScoredDoc, Success, calc_aggregate, nDCG  # noqa: PLC0415 - slow to import

    names = {Success @ 1: "R@1", Success @ 5: "R@5", Success @ 10: "R@10", nDCG @ 10: "nDCG@10", RR: "MRR"}
    # A question without a relevant passage still counts: ir-measures leaves out what the judgements do not name.
    judgements = [Qrel(question, one, 1) for question in found for one in (relevant[question] or ("none found",))]
    ranked = [ScoredDoc(question, one, float(-rank)) for question, ids in found.items() for rank, one in enumerate(ids[:DEPTH])]
    figures = calc_aggregate(list(names), judgements, ranked)
    return {name: float(figures[measured]) for measured, name in names.items()}


def first_hit(ids: Sequence[str], relevant: Collection[str]) -> int | None:
    """Return the rank, from 1, of the first relevant passage; None where there is none."""
    return next((rank for rank, one in enumerate(ids, 1) if one in relevant), None)
