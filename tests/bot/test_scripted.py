"""The scripted model keeps to its script."""

from __future__ import annotations

import pytest
from scripted import ScriptedModel

from bot.llm import Cancellation, LanguageModel, Prompt

PROMPT = Prompt(fixed=(), asked="why?")


def test_it_is_a_language_model_and_refuses_beyond_its_script() -> None:
    """A reply nobody wrote is an error that shows the prompt."""
    model: LanguageModel = ScriptedModel(["once"], yes=[0.25])
    assert model.write(PROMPT, max_tokens=9, cancellation=Cancellation()) == "once"
    with pytest.raises(AssertionError, match=r"why\?"):
        model.write(PROMPT, max_tokens=9, cancellation=Cancellation())
    assert model.yes_probability(PROMPT, cancellation=Cancellation()) == 0.25
    with pytest.raises(AssertionError, match=r"why\?"):
        model.yes_probability(PROMPT, cancellation=Cancellation())
