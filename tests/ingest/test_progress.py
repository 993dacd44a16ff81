"""Progress: bars for people, lines for logs, silence on request."""

from __future__ import annotations

import sys

import pytest

from ingest.progress import Bars, Lines, Reporter, Silent, reporter


def test_the_reporter_suits_stderr(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reporter suits stderr."""
    assert isinstance(reporter(quiet=True), Silent)
    assert isinstance(reporter(quiet=False), Lines)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert isinstance(reporter(quiet=False), Bars)


@pytest.mark.parametrize("kind", [Silent, Lines, Bars])
def test_every_reporter_takes_stages_steps_and_warnings(kind: type[Reporter], capsys: pytest.CaptureFixture[str]) -> None:
    """Every reporter takes stages steps and warnings."""
    with kind() as report:
        report.begin("reading", 0)
        report.advance()
        report.begin("embedding", 3)
        report.advance(2)
        report.warn("skipped [a].txt: noise")
    assert "skipped [a].txt: noise" in capsys.readouterr().err
