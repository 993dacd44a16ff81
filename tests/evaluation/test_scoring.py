"""Answers are scored as a reader with the files beside them would. Texts are invented."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from invented_corpus import FILES

from bot.answer import Asked, answer
from bot.evaluation.scoring import Scorer, complaint, figures, normalised
from bot.events import Done, Refused
from bot.values import Answer, Status

if TYPE_CHECKING:
    from bot.answer import Services
    from ingest.index.reader import Index


def ask(text: str, services: Services) -> Answer:
    """Return the answer to a question."""
    last = list(answer(Asked(text=text), services))[-1]
    assert isinstance(last, Done | Refused)
    return last.answer


@pytest.fixture
def given(services: Services, index: Index) -> tuple[Scorer, Answer, dict[str, object]]:
    """Return a scorer, an answer, and the question with the first quote of that answer as gold evidence."""
    for source in index.sources():
        person = source.people[0].name if source.people else ""
        found = ask(f"What does {person} say about learning?", services)
        if found.status is Status.ANSWERED:
            break
    cited = found.citations[0]
    name = (cited.source.path or "").rsplit("/", 1)[-1]
    question = {
        "id": "q1",
        "language": "en",
        "kind": "single",
        "question": found.question,
        "answerable": True,
        "evidence": [{"seed": name, "text": cited.quote[:20]}],
    }
    return Scorer(FILES, index), found, question


def test_a_quote_that_overlaps_the_gold_evidence_is_a_hit(given: tuple[Scorer, Answer, dict[str, object]]) -> None:
    """And every quote is found in its file."""
    scorer, found, question = given
    score = scorer.score(question, found)
    assert score.hit
    assert score.near
    assert score.verbatim == score.citations
    assert complaint(score) is None


def test_a_changed_quote_is_not_verbatim(given: tuple[Scorer, Answer, dict[str, object]]) -> None:
    """It is the worst that can be said of an answer."""
    scorer, found, question = given
    forged = replace(found, citations=(replace(found.citations[0], quote="Nobody ever said this."), *found.citations[1:]))
    score = scorer.score(question, forged)
    assert score.verbatim == score.citations - 1
    assert complaint(score) == (5, "a quote that is not the source's own words")


def test_refusals_are_judged_by_what_could_be_answered(given: tuple[Scorer, Answer, dict[str, object]]) -> None:
    """Recall over what cannot be answered, precision over what was refused."""
    scorer, found, question = given
    refused = Answer(question="?", language="en", status=Status.REFUSED, text="no")
    unanswerable = question | {"answerable": False, "evidence": [], "kind": "unanswerable"}
    scores = [scorer.score(question, refused), scorer.score(unanswerable, refused), scorer.score(unanswerable, found)]
    measured = figures(scores)
    assert measured["refusal_recall"] == 0.5
    assert measured["refusal_precision"] == 0.5
    assert measured["answered"] == 0.0
    assert complaint(scores[0]) == (3, "refused though the texts say it")
    assert complaint(scores[2]) == (4, "answered though the texts do not say")


def test_markup_does_not_hide_a_quote() -> None:
    """Links, emphasis and typographic quotation marks are the same words."""
    assert normalised("I **like** [wool](https://example.invalid) ’n “yarn”.") == 'i like wool \'n "yarn".'
