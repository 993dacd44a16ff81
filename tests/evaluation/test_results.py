"""Results are written, read, compared and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from bot.evaluation.page import page
from bot.evaluation.results import as_json, figure, moves, read_results, write_results
from bot.evaluation.suite import Case, Result, Row, Suite, Target
from bot.evaluation.table import print_moves, print_suite
from ingest.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from bot.evaluation.results import Results

SUITE = Suite(
    name="seeds",
    claim="Are figs found?",
    run=lambda _: Result(rows=()),
    targets=(Target(row="all", figure="found", at_least=0.9), Target(row="all", figure="lost", at_most=0)),
)


def results(found: float) -> Results:
    """Return results of one suite with one figure worth looking at."""
    result = Result(
        rows=(Row(name="all", count=4, figures={"found": found, "lost": 0.0}), Row(name="en", count=2, figures={"found": 1.0})),
        worst=tuple(Case(case=f"{n}: where | are *figs*?", wrong="missed") for n in range(12)),
    )
    entry = as_json(SUITE, result, models={"embedder": "e", "llm": "m"}, limit=None)
    return {"schema": 1, "careerbot": "9", "suites": {"seeds": entry}}


def test_results_survive_a_file(tmp_path: Path) -> None:
    """What was written is read; only ten cases are kept; a figure has at most four decimals."""
    write_results(results(2 / 3), tmp_path / "sub" / "r.json")
    again = read_results(tmp_path / "sub" / "r.json")
    assert figure(again["suites"]["seeds"], "all", "found") == 0.6667
    assert figure(again["suites"]["seeds"], "xx", "found") is None
    assert len(again["suites"]["seeds"]["worst"]) == 10


@pytest.mark.parametrize("text", ["[]", "{}", "not json", '{"schema": 0, "suites": {}}'])
def test_something_else_is_no_results_file(tmp_path: Path, text: str) -> None:
    """It is refused in one line instead of being overwritten."""
    (tmp_path / "r.json").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError):
        read_results(tmp_path / "r.json")


def test_only_what_moved_is_shown() -> None:
    """A figure that stayed is left out, one that moved is shown with both values."""
    found = list(moves(results(0.5), results(0.75)))
    assert [(move.row, move.figure, move.before, move.after) for move in found] == [("all", "found", 0.5, 0.75)]
    console = Console(record=True, width=120)
    print_moves(found, console)
    print_moves([], console)
    shown = console.export_text()
    assert "+0.2500" in shown
    assert "nothing moved" in shown


def test_the_table_marks_what_misses_its_target() -> None:
    """Markup in a question stays text."""
    console = Console(record=True, width=120)
    print_suite("seeds", results(0.5)["suites"]["seeds"], console)
    shown = console.export_text()
    assert "0.500 !" in shown
    assert "1.000 !" not in shown
    assert "*figs*" in shown


def test_the_page_shows_targets_peers_and_cases_as_text() -> None:
    """A question cannot break the table."""
    written = page(results(0.5))
    assert "| seeds | all: found | ≥ 0.9 | 0.500 | missed |" in written
    assert "haiku.rag" in written
    assert "where \\| are \\*figs\\*?" in written
