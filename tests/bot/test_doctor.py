"""`bot doctor` says what is wrong and how to mend it; `bot models` makes things ready."""

from __future__ import annotations

import importlib.metadata
import shutil
from collections import namedtuple
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from bot import doctor
from bot.cli.bot import bot, main
from bot.doctor import examine
from bot.findings import Finding, Level
from bot.resources import operations_section
from bot.settings import BotSettings
from ingest.embed.hashing import HashEmbedder

if TYPE_CHECKING:
    from pathlib import Path

Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 - what shutil.disk_usage returns


@pytest.fixture
def healthy(home: Path, tmp_path: Path) -> BotSettings:
    """Return settings under which everything works."""
    return BotSettings(home=home, models=tmp_path, embedder="hash", llm="none")


def find(settings: BotSettings) -> dict[str, Finding]:
    """Return the findings by subject."""
    return {finding.subject: finding for finding in examine(settings)}


def test_a_healthy_installation(healthy: BotSettings) -> None:
    """Nothing is wrong; the index is described with its languages."""
    findings = find(healthy)
    assert [finding for finding in findings.values() if finding.level is Level.WRONG] == []
    assert "6 sources" in findings["index"].text
    assert "zh 3" in findings["index"].text
    assert "exact quotes" in findings["language model"].text
    assert HashEmbedder.fingerprint[:12] in findings["embedder"].text


def test_a_missing_second_encoder_is_noted_and_one_switched_off_is_not(
    healthy: BotSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Searches do without it, so its absence is a note that says what to install."""
    monkeypatch.setattr("ingest.embed.universal.PACKAGE", "no-such-package-anywhere")
    finding = find(healthy)["second encoder"]
    assert finding.level is Level.NOTE
    assert "pip install" in finding.text
    finding = find(healthy.model_copy(update={"second_encoder": False}))["second encoder"]
    assert (finding.level, finding.text) == (Level.OK, "none: switched off")


def test_what_is_missing_is_wrong_and_says_what_mends_it(healthy: BotSettings, tmp_path: Path) -> None:
    """No index and no model are two findings, each with the command that mends it."""
    settings = healthy.model_copy(update={"home": tmp_path / "nothing", "llm": str(tmp_path / "absent.gguf")})
    findings = find(settings)
    assert findings["index"].level is Level.WRONG
    assert "ingest sync" in findings["index"].text
    assert findings["language model"].level is Level.WRONG


def test_the_page_for_operators_is_printed_where_it_helps(tmp_path: Path) -> None:
    """The section that fits a finding follows the findings, once; all sections that findings name exist."""
    options = ["--home", str(tmp_path / "nothing"), "--llm", str(tmp_path / "absent.gguf")]
    said = CliRunner().invoke(bot, ["doctor", *options], env={"CAREERBOT_EMBEDDER": "hash"}).output
    assert said.count(f"### {doctor.INDEX}\n") == 1
    for heading in (doctor.LIBRARY, doctor.EMBEDDER, doctor.LANGUAGE_MODEL, doctor.INDEX, doctor.DISK, doctor.ALIASES):
        assert operations_section(heading).startswith(f"### {heading}\n")
    with pytest.raises(KeyError):
        operations_section("No such section")


def test_a_remote_model_is_only_named(healthy: BotSettings) -> None:
    """A model behind an address is opened without asking it anything."""
    pytest.importorskip("langchain_openai")
    settings = healthy.model_copy(update={"llm": "http://127.0.0.1:9/v1", "llm_model": "m"})
    assert find(settings)["language model"].text == "m at http://127.0.0.1:9/v1 loads"


def test_a_missing_library_and_a_full_disk(healthy: BotSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that is not installed is wrong with the command that installs it; little space is a note."""

    def absent(_: str) -> str:
        raise importlib.metadata.PackageNotFoundError

    monkeypatch.setattr(importlib.metadata, "version", absent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10, 9, 1))
    findings = find(healthy)
    assert findings["numpy"].text == "not installed; run: pip install numpy"
    assert findings["disk"].level is Level.NOTE


def test_the_command_leaves_with_4_when_something_is_wrong(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line a finding; the exit code tells whether the bot is ready."""
    for name, value in {"EMBEDDER": "hash", "LLM": "none", "MODELS": str(tmp_path)}.items():
        monkeypatch.setenv(f"CAREERBOT_{name}", value)
    good = CliRunner().invoke(bot, ["doctor", "--home", str(home)])
    assert good.exit_code == 0, good.output
    assert "WRONG" not in good.output
    bad = CliRunner().invoke(bot, ["doctor", "--home", str(tmp_path / "nothing")])
    assert bad.exit_code == 4
    assert [line for line in bad.output.splitlines() if line.startswith("WRONG index: ")]


def test_models_without_a_language_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is ready is said, one line each."""
    monkeypatch.setenv("CAREERBOT_EMBEDDER", "hash")
    monkeypatch.setenv("CAREERBOT_MODELS", str(tmp_path))
    result = CliRunner().invoke(bot, ["models", "--llm", "none"])
    assert result.output.splitlines() == [
        "embedder ready: hash on hash",
        "no language model: answers are exact quotes",
    ]


def test_the_console_script(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`bot --version` answers and leaves with 0."""
    monkeypatch.setattr("sys.argv", ["bot", "--version"])
    with pytest.raises(SystemExit) as leaving:
        main()
    assert not leaving.value.code
    assert capsys.readouterr().out.startswith("careerbot, version ")
