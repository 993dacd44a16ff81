"""The longest run of pairs that keeps the order of both sides."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def longest_chain(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the most of `pairs` that rise on both sides, by patience sorting (Fredman 1975) in n log n.

    Args:
        pairs: positions here and there, those here rising and each once.
    """
    tops: list[int] = []
    """For each length, the smallest position there at which a chain of that length ends."""
    ends: list[int] = []
    before: list[int] = []
    for number, (_, there) in enumerate(pairs):
        length = bisect_left(tops, there)
        before.append(ends[length - 1] if length else -1)
        if length == len(tops):
            tops.append(there)
            ends.append(number)
        else:
            tops[length], ends[length] = there, number
    chain: list[tuple[int, int]] = []
    number = ends[-1] if ends else -1
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]
