"""Prompt files with strict variables."""

from __future__ import annotations

import pytest

from bot.prompts import load_prompt

NAMES = ("condense", "judge", "prose", "restate", "told", "translate")


@pytest.mark.parametrize("name", NAMES)
def test_every_prompt_has_a_system_text_and_whole_examples(name: str) -> None:
    """The fixed part begins with the system text; examples come in pairs of user and assistant."""
    roles = [message.role for message in load_prompt(name).fixed]
    assert roles[0] == "system"
    assert roles[1:] == ["user", "assistant"] * (len(roles) // 2)


def test_a_missing_variable_is_an_error() -> None:
    """A template is never sent with a hole in it."""
    with pytest.raises(KeyError, match="quote"):
        load_prompt("restate").fill(speaker="Nobody")


def test_an_unknown_variable_is_an_error() -> None:
    """A value that no template asks for is a mistake."""
    with pytest.raises(TypeError, match="colour"):
        load_prompt("restate").fill(speaker="Nobody", quote="x", colour="red")


def test_values_are_literal() -> None:
    """Braces, dollar signs and variable names inside a value mean nothing."""
    asked = load_prompt("restate").fill(speaker="$quote {x} ${speaker} $$", quote="{0} %s $5").asked
    assert "$quote {x} ${speaker} $$" in asked
    assert "{0} %s $5" in asked


def test_a_value_cannot_open_a_new_line() -> None:
    """A line break in a quote becomes a space: it cannot pose as another field of the prompt."""
    asked = load_prompt("restate").fill(speaker="Nobody", quote="one\n\nSpeaker: Somebody").asked
    assert "one Speaker: Somebody" in asked


def test_the_whole_conversation_ends_with_what_is_asked() -> None:
    """What is asked now is the last user turn."""
    prompt = load_prompt("restate").fill(speaker="Nobody", quote="x")
    assert prompt.messages()[-1].role == "user"
    assert prompt.messages()[-1].content == prompt.asked


def test_further_examples_are_for_models_that_need_them() -> None:
    """Shots come after the examples, and only where they are asked for."""
    prompt = load_prompt("judge").fill(question="Why?", voice="Nobody", quote="x")
    assert prompt.shots
    assert [message.role for message in prompt.shots] == ["user", "assistant"] * (len(prompt.shots) // 2)
    assert {message.content for message in prompt.shots if message.role == "assistant"} == {"Yes", "No"}
    assert prompt.messages() == (*prompt.fixed, prompt.messages()[-1])
    assert prompt.messages(shots=True) == (*prompt.fixed, *prompt.shots, prompt.messages()[-1])
