"""Follow-ups stand alone, in nobody's words but the asker's and the conversation's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from invented_values import citation, source, turn
from scripted import ScriptedModel

from bot.condense import condense
from bot.errors import CancelledError, ModelError
from bot.llm import Cancellation

if TYPE_CHECKING:
    from bot.llm import LanguageModel

HISTORY = (turn("How did Kit Marsh learn programming?", [citation()]),)
FOLLOW_UP = "and what hardware did he use back in those days?"


def follow(question: str, model: LanguageModel | None = None) -> str:
    """Condense against the invented history."""
    return condense(question, HISTORY, model, Cancellation())


def test_a_question_that_refers_to_nothing_is_left_alone() -> None:
    """A whole question is not changed, and no model is asked."""
    asked = "Which programming languages should beginners learn before looking for jobs?"
    assert follow(asked, ScriptedModel()) == asked


def test_the_rule_adds_name_and_topic() -> None:
    """Without a model the follow-up gets the person and the topic of the turn before."""
    condensed = follow(FOLLOW_UP)
    assert condensed.startswith(FOLLOW_UP)
    assert "Kit Marsh" in condensed
    assert "programming" in condensed


def test_a_faithful_rewriting_is_used() -> None:
    """The model's words are used when they are the follow-up's and the conversation's."""
    written = "What hardware did Kit Marsh use back in those days?"
    model = ScriptedModel([f"{written}\nAnd more."])
    assert follow(FOLLOW_UP, model) == written
    assert "Kit Marsh" in model.prompts[0].asked


@pytest.mark.parametrize(
    "written",
    [
        "What hardware did Kit Marsh use back in those days at Google?",
        "What did Kit Marsh use?",
        "How did Kit Marsh learn programming?",
        "",
        "\n",
    ],
)
def test_an_unfaithful_rewriting_is_not(written: str) -> None:
    """A rewriting that adds a word from outside, loses one of the asker's, or is empty leaves the rule standing."""
    assert follow(FOLLOW_UP, ScriptedModel([written])) == follow(FOLLOW_UP)


def test_a_failing_model_leaves_the_rule() -> None:
    """A model that cannot be reached does not stop the conversation."""
    assert follow(FOLLOW_UP, ScriptedModel([ModelError("gone")])) == follow(FOLLOW_UP)


def test_cancellation_goes_through() -> None:
    """Who stops the answer while a follow-up is rewritten is obeyed."""
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(CancelledError):
        condense(FOLLOW_UP, HISTORY, ScriptedModel(["x"]), cancellation)


def test_unmarked_speakers_are_the_guests() -> None:
    """Where no citation names a speaker, the guest of the source is meant; where nobody is known, only the topic helps."""
    unmarked = (turn("How do radios work?", [citation(speaker=None)]),)
    assert "Kit Marsh" in condense("why?", unmarked, None, Cancellation())
    nobody = (turn("How do radios work?", [citation(source(people=()), speaker=None)]),)
    assert condense("why?", nobody, None, Cancellation()) == "why? (radios work)"
