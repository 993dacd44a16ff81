"""The model is asked about one quote, and its silence is no verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from invented_corpus import BilingualEmbedder
from invented_values import question
from scripted import ScriptedModel

from bot.errors import CancelledError, ModelError
from bot.evidence import select
from bot.judge import judge, tells
from bot.llm import Cancellation
from bot.people import Mentioned
from bot.retrieve import retrieve

if TYPE_CHECKING:
    from bot.values import Evidence
    from ingest.index.reader import Index

ASKED = question("What hardware do you use at home?")


@pytest.fixture
def evidence(index: Index) -> Evidence:
    """Return one quote."""
    return select(ASKED, retrieve(ASKED, index, BilingualEmbedder(), Mentioned()), index, limit=1)[0]


def test_the_model_sees_the_question_and_one_quote(evidence: Evidence) -> None:
    """The prompt holds both, and the probability comes back as it is."""
    model = ScriptedModel(yes=[0.7])
    assert judge(evidence, ASKED, model, Cancellation()) == 0.7
    assert ASKED.alone in model.judged[0].asked
    assert evidence.quote in model.judged[0].asked


def test_the_question_is_read_last(evidence: Evidence) -> None:
    """A model that reads from left to right has the excerpt in mind when it reads what is asked (ADR 6)."""
    model = ScriptedModel(yes=[0.7])
    judge(evidence, ASKED, model, Cancellation())
    asked = model.judged[0].asked
    assert asked.index(evidence.quote) < asked.index(ASKED.alone)


def test_the_stricter_reading_shows_near_misses(evidence: Evidence) -> None:
    """It puts the same words to the model, after examples of excerpts that do not tell what is asked."""
    model = ScriptedModel(yes=[0.7, 0.2])
    judge(evidence, ASKED, model, Cancellation())
    assert tells(evidence, ASKED, model, Cancellation()) == 0.2
    plain, strict = model.judged
    assert strict.asked == plain.asked
    assert {message.content[:2] for message in strict.fixed if message.role == "assistant"} == {"Ye", "No"}
    assert tells(evidence, ASKED, ScriptedModel(yes=[None]), Cancellation()) is None


def test_a_model_that_cannot_say(evidence: Evidence) -> None:
    """No log-probabilities, or no model behind the address, is None."""
    assert judge(evidence, ASKED, ScriptedModel(yes=[None]), Cancellation()) is None
    assert judge(evidence, ASKED, ScriptedModel(yes=[ModelError("gone")]), Cancellation()) is None


def test_cancellation_goes_through(evidence: Evidence) -> None:
    """Stopping stops."""
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(CancelledError):
        judge(evidence, ASKED, ScriptedModel(yes=[0.5]), cancellation)
