"""Where a timed transcript leaves somebody out: times further apart than the words between them take to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WORDS_A_SECOND, PAUSE = 2.5, 5.0
"""How fast people talk, and for how many seconds they may fall silent."""


def stretches(seconds: Sequence[float | None], words: Sequence[int]) -> Iterator[int]:
    """Yield for each sentence the number of the stretch of uninterrupted speech it belongs to, counted from 0.

    Args:
        seconds: when each is said; several may share the time of the line they stand in, and None is no news.
        words: how many words each has.
    """
    number, since, said = 0, None, 0
    for second, count in zip(seconds, words, strict=True):
        if second is not None and second != since:
            number += since is not None and second - since > said / WORDS_A_SECOND + PAUSE
            since, said = second, 0
        said += count
        yield number
