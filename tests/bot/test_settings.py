"""Settings are read from the environment and checked."""

from __future__ import annotations

import click
import pytest
from pydantic import ValidationError

from bot.cli.ask import settings_from
from bot.settings import BotSettings


def test_the_environment_is_read_and_options_win(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable sets a default, an option overrides it."""
    monkeypatch.setenv("CAREERBOT_LLM", "gemma")
    monkeypatch.setenv("CAREERBOT_THREADS", "3")
    assert settings_from(llm=None).llm == "gemma"
    assert settings_from(llm="none").llm == "none"
    assert settings_from().threads == 3


def test_a_bad_value_is_one_line_that_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever set a wrong value learns which variable holds it."""
    monkeypatch.setenv("CAREERBOT_THREADS", "none")
    with pytest.raises(click.UsageError, match="CAREERBOT_THREADS"):
        settings_from()


def test_unknown_settings_are_refused() -> None:
    """A misspelt setting is an error, not a silent default."""
    with pytest.raises(ValidationError, match="treads"):
        BotSettings(treads=2)  # type: ignore[call-arg]


def test_a_key_is_not_printed() -> None:
    """The representation of the settings, as a log would hold it, has no key in it."""
    assert "secret-value" not in repr(BotSettings(llm_key="secret-value"))


def test_empty_variables_count_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that is set to nothing leaves the default, as it does for `ingest`."""
    monkeypatch.setenv("CAREERBOT_HOME", "")
    monkeypatch.setenv("CAREERBOT_THREADS", "")
    assert settings_from().home is None
    assert settings_from().threads is None


def test_variables_of_the_other_command_are_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """`ingest` has variables of its own under the same prefix."""
    monkeypatch.setenv("CAREERBOT_REGISTRY", "sources.toml")
    assert settings_from(llm="none").llm == "none"
