"""Batches of texts of like length: padding is work for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Ids = NDArray[np.int64]
"""Token ids or an attention mask: shape (texts, tokens), int64."""


def by_length(lengths: Sequence[int], *, tokens: int) -> Iterator[list[int]]:
    """Yield the positions of texts in batches, longest texts first, so that the first batch shows the peak of memory.

    Args:
        lengths: Tokens of each text.
        tokens: At most so many tokens in a batch, padding counted; a longer text goes alone.
    """
    batch: list[int] = []
    for position in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        if batch and (len(batch) + 1) * lengths[batch[0]] > tokens:
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch


def padded(texts: Sequence[Sequence[int]], padding: int = 1) -> tuple[Ids, Ids]:
    """Return the ids as a rectangle and the mask that is 1 on real tokens and 0 on padding."""
    longest = max(map(len, texts))
    ids = np.full((len(texts), longest), padding, np.int64)
    mask = np.zeros((len(texts), longest), np.int64)
    for row, tokens in enumerate(texts):
        ids[row, : len(tokens)] = tokens
        mask[row, : len(tokens)] = 1
    return ids, mask
