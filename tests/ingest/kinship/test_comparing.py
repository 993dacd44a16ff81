"""Two documents are one text, or they are not. All texts and vectors here are invented."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.kinship.bitext import FEWEST, LINKED, in_common, may_be_linked
from ingest.kinship.chain import longest_chain
from ingest.kinship.copies import COPIED, SKETCH, align_copies, compare, sketch
from ingest.sentences import split

if TYPE_CHECKING:
    from ingest.values import Matrix

TALK = (
    "I built my first boat in a shed behind the bakery. It leaked from the start, so my aunt named it the Sieve. "
    "We sailed it anyway until the harbour master asked us to stop. After that I learnt to measure twice. "
    "The second boat took four winters and every penny I earned at the mill. Nobody believed it would float. "
    "It did, and it still carries the mail between the islands. Apprentices ask me what to read. I tell them to look at hulls."
)


def rows(count: int, seed: int, *, noise: float = 0.0) -> Matrix:
    """Return vectors as alike as sentences of one language are: a common part, each its own, and noise."""
    own = np.random.default_rng(7).standard_normal((200, 96))[:count]
    moved = own + noise * np.random.default_rng(seed).standard_normal(own.shape)
    matrix = np.asarray(moved + 8 * np.random.default_rng(99).standard_normal(96), dtype=np.float32)
    return np.asarray(matrix / np.linalg.norm(matrix, axis=1, keepdims=True), dtype=np.float32)


def brute(pairs: list[tuple[int, int]]) -> int:
    """Return the length of the longest rising chain, found slowly."""
    best = [1] * len(pairs)
    for n, (_, there) in enumerate(pairs):
        best[n] += max((best[m] for m in range(n) if pairs[m][1] < there), default=0)
    return max(best, default=0)


@given(st.lists(st.integers(0, 30), max_size=24))
def test_the_chain_is_the_longest(there: list[int]) -> None:
    """It rises on both sides, is made of the pairs given, and none is longer."""
    pairs = list(enumerate(there))
    chain = longest_chain(pairs)
    assert set(chain) <= set(pairs)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(chain))
    assert len(chain) == brute(pairs)


def test_a_translation_is_found_in_order() -> None:
    """The same sentences, seen through noise, are pairs in order; a few that only one side has do not hide them."""
    assert in_common(rows(40, 1, noise=0.3), rows(40, 2, noise=0.3)) > LINKED
    shortened = np.delete(rows(40, 2, noise=0.3), [0, 5, 17, 30], axis=0)
    assert in_common(rows(40, 1, noise=0.3), shortened) > LINKED


def test_the_same_matters_in_another_order_are_no_translation() -> None:
    """Two talks about the same things, one by one alike but not in order, have nothing in common."""
    shuffled = rows(40, 2, noise=0.3)[np.random.default_rng(3).permutation(40)]
    assert in_common(rows(40, 1, noise=0.3), shuffled) == 0.0


def test_chance_is_no_likeness() -> None:
    """Of vectors that have nothing to do with each other some are nearest by chance, and not in order."""
    other = np.asarray(np.random.default_rng(5).standard_normal((40, 96)), dtype=np.float32)
    other /= np.linalg.norm(other, axis=1, keepdims=True)
    assert in_common(rows(40, 1), other) == 0.0


@pytest.mark.parametrize(("here", "there", "worth"), [(FEWEST - 1, FEWEST - 1, False), (20, 20, True), (20, 60, False)])
def test_lengths_that_cannot_match_are_not_compared(here: int, there: int, worth: bool) -> None:
    """Too few sentences, or far more on one side, rule a translation out; comparing agrees."""
    assert may_be_linked(here, there) == worth
    assert (in_common(rows(here, 1), rows(there, 1)) > 0) == worth


def test_a_copy_with_small_changes_is_a_copy() -> None:
    """Other punctuation, capitals, a word here and there and a preface do not make another text; another text does."""
    changed = "From our archive. " + TALK.replace("boat", "Boat").replace(". ", "! ").replace("aunt", "dear aunt")
    shared = compare(TALK, changed)
    assert shared.of_longer > COPIED
    assert shared.of_longer == compare(changed, TALK).of_longer
    assert compare(TALK, " ".join(reversed(TALK.split()))).of_longer == 0.0
    assert compare(TALK, "").of_longer == 0.0


def test_chinese_copies_are_told_by_characters() -> None:
    """Chinese has no spaces; runs of characters take the place of runs of words."""
    text = "我在面包店后面的棚子里造了第一条船。它一开始就漏水，所以姑姑叫它筛子。后来港务长让我们停下来，我学会了量两次。"
    assert compare(text, text.replace("，", "。").replace("姑姑", "阿姨")).of_longer > COPIED


def test_sentences_of_copies_are_aligned_across_cuts() -> None:
    """A sentence stands for the same sentence, also where the other copy cut it in two or joined it to the next."""
    other = TALK.replace("start, so my", "start. So my").replace("twice. The", "twice, the")
    here, there = list(split(TALK)), list(split(other))
    found = list(align_copies(("a", here), ("b", there), compare(TALK, other)))
    said = [(pair.span.of(TALK), pair.other_span.of(other)) for pair in found]
    leaked = "It leaked from the start, so my aunt named it the Sieve."
    assert [cut for whole, cut in said if whole == leaked] == ["It leaked from the start.", "So my aunt named it the Sieve."]
    assert ("Nobody believed it would float.", "Nobody believed it would float.") in said
    assert {(pair.source_id, pair.other_id) for pair in found} == {("a", "b")}
    winters = "The second boat took four winters and every penny I earned at the mill."
    joined = [whole for whole, cut in said if cut.startswith("After that I learnt")]
    assert joined == ["After that I learnt to measure twice.", winters]


def test_sketches_of_copies_share_hashes() -> None:
    """A sketch is small, always the same for the same words, and shared by copies alone."""
    long = " ".join(f"{TALK} {n} times and {n + 1}" for n in range(20))
    assert len(sketch(long)) == SKETCH
    assert sketch(TALK).tolist() == sketch(TALK.upper()).tolist()
    common = set(sketch(long).tolist()) & set(sketch(f"Hello there. {long}").tolist())
    assert len(common) > SKETCH / 2
    assert not set(sketch(TALK).tolist()) & set(
        sketch("Quite another talk about quite another trade, held elsewhere.").tolist()
    )
    assert len(sketch("too short")) == 0
