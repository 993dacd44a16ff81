"""Scores of many passages at once are the scores of each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_index import ADA, direction

from ingest.index.rows import StoredPassage
from ingest.index.stack import Stack

PASSAGE = ADA.passages[0]


def stored(key: int, sentences: int, *, second: bool) -> StoredPassage:
    """Return a passage with as many sentence vectors as asked for, all of them made from words that mean nothing."""
    return StoredPassage(
        key=key,
        passage=PASSAGE,
        vector=direction(f"whole{key}"),
        sentence_vectors=np.stack([direction(f"word{key}x{number}") for number in range(sentences)])
        if sentences
        else np.zeros((0, 48), np.float32),
        second_vector=direction(f"second{key}", 16) if second else None,
    )


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=8))
def test_each_score_is_that_of_the_passage_alone(made: list[tuple[int, bool]]) -> None:
    """Whole, best sentence and second encoder: the same as passage by passage, also without sentences or second vector."""
    passages = [stored(key, sentences, second=second) for key, (sentences, second) in enumerate(made)]
    vector, other = direction("a question"), direction("a question", 16)
    stack = Stack.of(passages)
    assert stack.languages == ("en",) * len(passages)
    assert stack.whole({"en": vector}) == pytest.approx([one.vector @ vector for one in passages], abs=1e-6)
    best = [max((float(row @ vector) for row in one.sentence_vectors), default=-1.0) for one in passages]
    assert stack.best_sentence({"en": vector}) == pytest.approx(best, abs=1e-6)
    second = [0.0 if one.second_vector is None else one.second_vector @ other for one in passages]
    assert stack.second({"en": other}) == pytest.approx(second, abs=1e-6)


def test_languages_follow_the_passages() -> None:
    """The order is that of the passages given."""
    one = stored(1, 1, second=False)
    two = replace(one, passage=replace(PASSAGE, language="zh"))
    assert Stack.of([two, one]).languages == ("zh", "en")


def test_each_language_has_its_own_wording() -> None:
    """A question put into English is held against English passages in English, against the others as it was asked."""
    english, chinese = stored(1, 2, second=True), stored(2, 1, second=True)
    chinese = replace(chinese, passage=replace(PASSAGE, language="zh"))
    asked = {"en": direction("a question"), "zh": direction("another wording")}
    other = {"en": direction("a question", 16), "zh": direction("another wording", 16)}
    stack = Stack.of([english, chinese])
    assert stack.whole(asked) == pytest.approx([english.vector @ asked["en"], chinese.vector @ asked["zh"]], abs=1e-6)
    best = [max(english.sentence_vectors @ asked["en"]), (chinese.sentence_vectors @ asked["zh"])[0]]
    assert stack.best_sentence(asked) == pytest.approx(best, abs=1e-6)
    assert english.second_vector is not None
    assert chinese.second_vector is not None
    assert stack.second(other) == pytest.approx(
        [english.second_vector @ other["en"], chinese.second_vector @ other["zh"]], abs=1e-6
    )
