"""`bot doctor` says what is known of the model, and `--calibrate` finds out."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from chat_server import Script, serving
from click.testing import CliRunner
from scripted import ScriptedModel

from bot.calibration.identity import identify
from bot.calibration.measure import calibrate
from bot.calibration.record import from_json
from bot.calibration.store import Origin, keep, look_up, path_of
from bot.cli.bot import bot
from bot.doctor import examine
from bot.findings import Finding, Level
from bot.settings import BotSettings
from bot.wiring import abilities_of

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("langchain_openai")

NOWHERE = "http://127.0.0.1:9/v1"


@pytest.fixture
def settings(home: Path, tmp_path: Path) -> BotSettings:
    """Return settings with a model that nobody has measured and nobody can reach."""
    return BotSettings(home=home, models=tmp_path, embedder="hash", llm=NOWHERE)


def abilities(settings: BotSettings) -> list[Finding]:
    """Return what the doctor says of the model's abilities."""
    return [finding for finding in examine(settings) if finding.subject == "abilities"]


def test_an_unmeasured_model_is_worth_a_note(settings: BotSettings) -> None:
    """The note names the command that measures it."""
    (found,) = abilities(settings)
    assert found.level is Level.NOTE
    assert "bot doctor --calibrate" in found.text


def test_without_a_model_there_is_nothing_to_say(settings: BotSettings) -> None:
    """Exact quotes need no abilities."""
    assert abilities(settings.model_copy(update={"llm": "none"})) == []


def test_a_damaged_calibration_is_told(settings: BotSettings, tmp_path: Path) -> None:
    """With the file and what to run."""
    identity = identify(settings, tmp_path)
    assert identity is not None
    path = path_of(identity, tmp_path)
    path.parent.mkdir()
    path.write_text("{")
    fault, _ = abilities(settings)
    assert str(path) in fault.text
    assert "--calibrate" in fault.text


def test_nothing_to_calibrate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a language model `--calibrate` is wrong usage."""
    monkeypatch.setenv("CAREERBOT_MODELS", str(tmp_path))
    result = CliRunner().invoke(bot, ["doctor", "--calibrate", "--llm", "none"])
    assert result.exit_code == 2
    assert "no language model" in result.output


@pytest.mark.services
def test_a_server_is_measured_and_remembered(settings: BotSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One that tells no odds and says the same to everything is able to nothing; that is kept, used and told from then on."""
    monkeypatch.setenv("CAREERBOT_MODELS", str(tmp_path))
    with serving(Script(yes=None)) as address:
        here = settings.model_copy(update={"llm": address})
        result = CliRunner().invoke(bot, ["doctor", "--calibrate", "--json", "--llm", address])
        assert result.exit_code == 0, result.output
        (found,) = abilities(here)
    identity = identify(here, tmp_path)
    assert identity is not None
    known = look_up(identity, tmp_path)
    assert (known.origin, known.record) == (Origin.HERE, from_json(json.loads(result.stdout)))
    assert known.abilities.on == frozenset()
    assert abilities_of(here, tmp_path) == known.abilities
    assert (found.level, "measured here" in found.text) == (Level.OK, True)


def test_a_calibration_with_other_prompts_is_worth_a_note(settings: BotSettings, tmp_path: Path) -> None:
    """It is still used, and the doctor says that it is older than the prompts."""
    identity = identify(settings, tmp_path)
    assert identity is not None
    record = calibrate(ScriptedModel(lambda _: "", yes=lambda _: None), identity, say=lambda _: None)
    keep(record, identity, tmp_path)
    (found,) = abilities(settings)
    assert found.level is Level.OK
    keep(replace(record, prompts="older"), identity, tmp_path)
    (found,) = abilities(settings)
    assert (found.level, "prompts have changed" in found.text) == (Level.NOTE, True)


@pytest.mark.services
def test_the_table_is_printed_and_the_place_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without `--json` people get a table and where the result lies."""
    monkeypatch.setenv("CAREERBOT_MODELS", str(tmp_path))
    with serving(Script(yes=None, reply="")) as address:
        result = CliRunner().invoke(bot, ["doctor", "--calibrate", "--llm", address])
    assert result.exit_code == 0, result.output
    assert "translates" in result.output
    assert f"kept in {tmp_path}" in result.output.replace("\n", " ")


@pytest.mark.services
def test_a_server_that_fails_is_not_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The command fails with the server's fault, and nothing is kept."""
    monkeypatch.setenv("CAREERBOT_MODELS", str(tmp_path))
    with serving(Script(status=400)) as address:
        result = CliRunner().invoke(bot, ["doctor", "--calibrate", "--llm", address])
    assert result.exit_code != 0
    assert "HTTP status 400" in str(result.exception)
    assert not (tmp_path / "abilities").exists()
