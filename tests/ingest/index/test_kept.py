"""What is kept is what would be read, and never too much of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.index.kept import Kept


def squares(keys: list[int] | tuple[int, ...]) -> dict[int, int]:
    """Return the squares of the keys that are not negative: the others do not exist."""
    return {key: key * key for key in keys if key >= 0}


@given(st.lists(st.lists(st.integers(-3, 12), max_size=9), max_size=12), st.integers(0, 6))
def test_the_same_as_reading_whatever_was_asked_before(asked: list[list[int]], most: int) -> None:
    """Each answer is what reading would have given, and no more than so many values stay."""
    kept = Kept(lambda keys: squares(tuple(keys)), most=most)
    for keys in asked:
        assert kept.get(keys) == squares(keys)
        assert len(kept) <= most


def test_what_was_used_least_lately_goes_first() -> None:
    """A value asked for again is not read again; the one that nobody asked for is."""
    read: list[int] = []

    def note(keys: list[int] | tuple[int, ...]) -> dict[int, int]:
        read.extend(keys)
        return squares(keys)

    kept = Kept(lambda keys: note(tuple(keys)), most=2)
    for keys in ([1], [2], [1], [3], [1], [2]):
        kept.get(keys)
    assert read == [1, 2, 3, 2]
