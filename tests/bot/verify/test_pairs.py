"""The verifier against hand-made pairs: what must never be shown, and how much of what may be shown is kept."""

from __future__ import annotations

from collections import Counter

import pytest
from verifier_pairs import HELD_OUT, PAIRS, accepts, cases

REFUSED_AT_LEAST = 0.97
KEPT_AT_LEAST = {PAIRS: 0.95, HELD_OUT: 0.88}
"""Floors a little under what was measured; see the printed figures for the present state."""
BAD_AT_LEAST, GOOD_AT_LEAST = 110, 50


@pytest.mark.parametrize("name", [PAIRS, HELD_OUT])
def test_bad_claims_are_refused(name: str) -> None:
    """At least 97 % of the bad claims of every kind are refused."""
    claims = [(case, kind, claim) for case in cases(name) for kind, claim in case["bad"]]
    shown = [(kind, claim) for case, kind, claim in claims if accepts(case, claim)]
    print(f"{name}: {len(claims) - len(shown)} of {len(claims)} bad claims refused; shown: {shown}")  # noqa: T201  the report
    assert 1 - len(shown) / len(claims) >= REFUSED_AT_LEAST


@pytest.mark.parametrize("name", [PAIRS, HELD_OUT])
def test_good_claims_are_kept(name: str) -> None:
    """The share of good claims that is kept does not fall below what was measured."""
    claims = [(case, claim) for case in cases(name) for claim in case["good"]]
    lost = [claim for case, claim in claims if not accepts(case, claim)]
    by_language = Counter(case["language"] for case, _ in claims)
    print(f"{name}: {len(claims) - len(lost)} of {len(claims)} good claims kept {dict(by_language)}; lost: {lost}")  # noqa: T201
    assert 1 - len(lost) / len(claims) >= KEPT_AT_LEAST[name]


def test_there_are_enough_pairs() -> None:
    """The list is as long as was asked for, and no quote of the held-out file is in the other."""
    seen = cases(PAIRS)
    assert sum(len(case["bad"]) for case in seen) >= BAD_AT_LEAST
    assert sum(len(case["good"]) for case in seen) >= GOOD_AT_LEAST
    assert not {case["quote"] for case in seen} & {case["quote"] for case in cases(HELD_OUT)}
