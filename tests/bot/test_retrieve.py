"""Candidates from meaning and from words."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented_corpus import BilingualEmbedder
from invented_values import question

from bot.people import Mentioned, find_mentions
from bot.retrieve import Retrieval, _by_source, retrieve
from ingest.embed.hashing import HashEmbedder

if TYPE_CHECKING:
    from ingest.index.reader import Index
    from ingest.index.rows import StoredPassage


def search(text: str, index: Index, *, asked_in: str = "en") -> Retrieval:
    """Search the invented corpus."""
    asked = question(text, language=asked_in, asked_in=asked_in)
    return retrieve(asked, index, BilingualEmbedder(), find_mentions(text, index))


def test_the_passage_with_the_answer_is_first(index: Index) -> None:
    """A question in the words of an interview finds its passage, and candidates come best first."""
    found = search("Which programming language should a beginner learn?", index)
    assert "Python" in _text(found, index)
    assert [each.score for each in found.candidates] == sorted((each.score for each in found.candidates), reverse=True)


def test_a_person_asked_about_comes_first(index: Index) -> None:
    """A question that names somebody is answered by that person first."""
    found = search("What hardware does Omar use?", index)
    assert found.candidates[0].stored.passage.source_id == "omar-field"


def test_a_misheard_name_is_found(index: Index) -> None:
    """A question for Kaggle shares a term with captions that heard something else."""
    found = search("Kaggle competitions", index)
    lexical = max(found.candidates, key=lambda each: each.lexical)
    assert lexical.stored.passage.source_id == "sailing-drones"


def test_a_question_in_another_language_is_not_punished(index: Index) -> None:
    """A passage in another language has no words in common; its meaning alone stands for both signals."""
    found = search("初学者应该学习哪种编程语言？", index, asked_in="zh")
    ranks = {each.stored.passage.source_id: rank for rank, each in reversed(list(enumerate(found.candidates)))}
    assert ranks["nora-vale"] < ranks["omar-field"]
    english = next(
        each for each in found.candidates if "Python first" in each.stored.passage.span.of(_document(each.stored, index))
    )
    assert english.score > 1.0


def test_scores_are_read_against_what_is_usual(index: Index) -> None:
    """Each language has its own usual similarity, and the unit of distance is positive."""
    found = search("What hardware do you use at home?", index)
    assert set(found.usual) == {"en", "zh"}
    assert found.spread > 0


@given(st.text(max_size=60))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_words_can_be_searched_for(index: Index, text: str) -> None:
    """No text breaks the query language of the lexical index."""
    found = retrieve(question(text), index, HashEmbedder(), Mentioned())
    assert len(found.candidates) <= index.manifest.passages


def test_an_empty_index_has_no_candidates(empty_index: Index) -> None:
    """After the last source was removed nothing is found, and nothing breaks."""
    assert retrieve(question("anything"), empty_index, HashEmbedder(), Mentioned()).candidates == ()


def _text(found: Retrieval, index: Index) -> str:
    stored = found.candidates[0].stored
    return stored.passage.span.of(_document(stored, index))


def _document(stored: StoredPassage, index: Index) -> str:
    return index.document(stored.passage.source_id).text


@pytest.mark.parametrize("asked_in", ["en", "de"])
def test_a_language_the_corpus_lacks(index: Index, asked_in: str) -> None:
    """A question in a language without any passage is searched by meaning alone."""
    assert search("oscilloscopes", index, asked_in=asked_in).candidates


def test_a_source_with_more_good_passages_gains() -> None:
    """What the best passages of a source score is added to each of them; few are filled up with zeros."""
    passages = [SimpleNamespace(passage=SimpleNamespace(source_id=name)) for name in "aaaab"]
    found = _by_source(passages, np.array([3.0, 2.0, 1.0, -5.0, 3.0]))  # type: ignore[arg-type]
    assert found.tolist() == [2.0, 2.0, 2.0, 2.0, 1.0]
