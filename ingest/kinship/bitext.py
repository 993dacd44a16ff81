"""Whether two documents in different languages are translations of each other, by their sentences alone.

The sentences of a translation find each other, and in order; those of two talks about one trade, or of two answers to one list
of questions, find each other by chance and out of order. Likeness is measured against what is usual for either sentence, the
margin of Artetxe and Schwenk, "Margin-based Parallel Corpus Mining" (2019): the nearest in both directions are a pair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.kinship.chain import longest_chain

if TYPE_CHECKING:
    from ingest.values import Matrix

LINKED = 0.55
"""Share of the sentences of both documents that have to be pairs in order. Measured: translations 0.67 and more, other
documents 0.40 and less (docs/adr/0009)."""
ORDERED = 0.8
"""Share of all pairs that have to be in order; by chance it is about two over the root of their number."""
FEWEST = 8
"""Pairs in order below which chance cannot be told from likeness."""
LONGEST = 1500
"""Sentences of a document that are looked at; a longer one is judged by its beginning."""


def in_common(here: Matrix, there: Matrix) -> float:
    """Return which share of the sentences of two documents, between 0 and 1, are pairs in order; 0 where order is by chance.

    Args:
        here: vectors of one document's sentences in reading order, shape (sentences, dimension).
        there: the same of the other.
    """
    mine, theirs = here[:LONGEST], there[:LONGEST]
    if not may_be_linked(len(mine), len(theirs)):
        return 0.0
    pairs = _mutual(mine @ theirs.T)
    chain = longest_chain(pairs)
    if len(chain) < FEWEST or len(chain) < ORDERED * len(pairs):
        return 0.0
    return 2 * len(chain) / (len(mine) + len(theirs))


def may_be_linked(here: int, there: int) -> bool:
    """Tell whether documents of so many sentences can have enough in common."""
    shorter, longer = sorted((min(here, LONGEST), min(there, LONGEST)))
    return shorter >= FEWEST and 2 * shorter >= LINKED * (shorter + longer)


def _mutual(likeness: Matrix) -> list[tuple[int, int]]:
    """Return the pairs of sentences that are each other's nearest, in the order of the first document."""
    beyond = likeness - likeness.mean(axis=1, keepdims=True) - likeness.mean(axis=0, keepdims=True)
    forth, back = beyond.argmax(axis=1), beyond.argmax(axis=0)
    return [(row, int(column)) for row, column in enumerate(forth) if back[column] == row]
