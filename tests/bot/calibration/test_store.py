"""Calibrations are kept whole, found by the model's weights, and never trusted when damaged."""

from __future__ import annotations

import json
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from bot.abilities import TRUSTED, UNMEASURED, Ability, Odds
from bot.calibration.identity import Identity, identify, prompts_fingerprint
from bot.calibration.record import Measured, Record, Spread, from_json, to_json
from bot.calibration.store import Origin, keep, look_up, path_of, reference
from bot.calibration.table import print_record
from bot.llm.bundled import BUNDLED, QWEN
from bot.settings import BotSettings
from bot.wiring import abilities_of

if TYPE_CHECKING:
    from pathlib import Path

IDENTITY = Identity(name="invented", fingerprint="0123456789abcdef" * 4)
RECORD = Record(
    fingerprint=IDENTITY.fingerprint,
    name="invented",
    date="2026-01-02",
    careerbot="0",
    prompts=prompts_fingerprint(),
    seconds={"judge": 0.5, "restate": 1.25},
    measured=(
        Measured(ability="judge", language="en", on=True, figures={"cases": 4, "area": 0.9}),
        Measured(ability="judge", language="ja", on=False, figures={"cases": 4, "area": 0.5}),
        Measured(ability="restate", language="en", on=False, figures={"cases": 8, "passed": 0.75, "false": 1}),
    ),
    spread=Spread(answers=1.5, misses=-2.5),
)


def test_a_record_survives_json() -> None:
    """What is written is read again, and a schema from another time is refused."""
    data = json.loads(json.dumps(to_json(RECORD)))
    assert from_json(data) == RECORD
    with pytest.raises(ValueError, match="schema 99"):
        from_json({**data, "schema": 99})
    for damaged in ({}, {**data, "abilities": [{}]}, {**data, "seconds": 7}, {**data, "spread": {"answers": 1}}):
        with pytest.raises(ValueError, match="calibration"):
            from_json(damaged)


def test_a_calibration_made_here_counts(tmp_path: Path) -> None:
    """It is found by the weights' fingerprint; beside it lies no half-written file."""
    path = keep(RECORD, IDENTITY, tmp_path)
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    known = look_up(IDENTITY, tmp_path)
    assert (known.origin, known.record, known.fault) == (Origin.HERE, RECORD, None)
    assert known.abilities.has("judge", "en")
    assert not known.abilities.has("judge", "ja")
    assert not known.abilities.has("restate", "en")


def test_an_unknown_model_is_treated_with_caution(tmp_path: Path) -> None:
    """What is guarded by a check is tried, what is not waits."""
    known = look_up(IDENTITY, tmp_path)
    assert (known.origin, known.abilities, known.record) == (Origin.NOWHERE, UNMEASURED, None)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"schema": 0}', "null"])
def test_a_damaged_calibration_is_not_used(tmp_path: Path, content: str) -> None:
    """It is as if there were none, and the fault is told."""
    path = path_of(IDENTITY, tmp_path)
    path.parent.mkdir()
    path.write_text(content)
    known = look_up(IDENTITY, tmp_path)
    assert known.abilities == UNMEASURED
    assert known.fault
    assert str(path) in known.fault


def test_the_bundled_models_come_measured(tmp_path: Path) -> None:
    """A newcomer needs no calibration: each bundled model is known by its file's checksum, and none writes prose."""
    for name, model in BUNDLED.items():
        identity = identify(BotSettings(llm=name), tmp_path)
        assert identity is not None
        assert identity.fingerprint == model.sha256
        known = look_up(identity, tmp_path)
        assert known.origin is Origin.SHIPPED
        assert known.record is not None
        assert known.record.name == model.title
        assert known.abilities.languages(Ability.PROSE) == ()


def test_the_default_model_judges_everywhere_and_is_its_own_reference(tmp_path: Path) -> None:
    """The refusals were calibrated with its odds, so that they are read as they are."""
    known = look_up(Identity(name="qwen", fingerprint=QWEN.sha256), tmp_path)
    assert known.record is not None
    assert known.record.spread == reference()
    assert known.abilities.odds == Odds()
    assert "en" in known.abilities.languages(Ability.JUDGE)
    assert "en" in known.abilities.languages(Ability.RESTATE)


def test_odds_are_stretched_to_the_reference() -> None:
    """The means of both kinds of quotes fall on the reference's; an extreme model is not stretched without bound."""
    mine, theirs = Spread(answers=9.0, misses=1.0), Spread(answers=0.0, misses=-4.0)
    odds = mine.as_read_by(theirs)
    assert odds.scale * mine.answers + odds.shift == pytest.approx(theirs.answers)
    assert odds.scale * mine.misses + odds.shift == pytest.approx(theirs.misses)
    assert Spread(answers=0.01, misses=0.0).as_read_by(theirs).scale == 5.0
    assert Spread(answers=0.0, misses=1.0).as_read_by(theirs) == Odds()


def test_a_model_is_told_by_its_weights(tmp_path: Path) -> None:
    """The same bytes under two names are one model, other bytes another; a server is told by its address and model."""
    paths = []
    for name, content in (("a.gguf", b"1"), ("b.gguf", b"1"), ("c.gguf", b"2")):
        (tmp_path / name).write_bytes(content)
        found = identify(BotSettings(llm=str(tmp_path / name)), tmp_path)
        assert found is not None
        assert found.name == name[0]
        paths.append(found.fingerprint)
    assert paths[0] == paths[1] != paths[2]
    servers = [
        identify(BotSettings(llm=url, llm_model=model, llm_key="k"), tmp_path)
        for url, model in (("http://x/v1", "m"), ("http://x/v1/", "m"), ("http://x/v1", "n"), ("http://y/v1", "m"))
    ]
    prints = [server.fingerprint for server in servers if server]
    assert prints[0] == prints[1]
    assert len(set(prints)) == 3
    assert identify(BotSettings(llm="none"), tmp_path) is None
    assert identify(BotSettings(llm=str(tmp_path / "absent.gguf")), tmp_path) is None


def test_wiring_reads_what_is_known(tmp_path: Path) -> None:
    """Of the configured model; without one there is nothing to restrict."""
    assert abilities_of(BotSettings(llm="none"), tmp_path) == TRUSTED
    assert abilities_of(BotSettings(llm="http://127.0.0.1:9/v1"), tmp_path) == UNMEASURED
    assert abilities_of(BotSettings(llm="qwen"), tmp_path).has(Ability.JUDGE, "en")


def test_the_table_says_what_is_on() -> None:
    """One row a language, one column an ability, the deciding figure, and a mark where something false passed."""
    console = Console(width=120, record=True, file=StringIO())
    print_record(RECORD, console)
    rows = {line.split()[0]: line for line in console.export_text().splitlines() if line.strip()}
    assert rows["en"].split() == ["en", "on", "0.90", "off", "0.75!"]
    assert rows["ja"].split() == ["ja", "off", "0.50"]
    assert rows["one"].split() == ["one", "call", "0.5", "s", "1.2", "s"]
