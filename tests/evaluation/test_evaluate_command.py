"""`bot eval` on the command line: what is wrong is said in one line, and nothing is run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from bot.cli.evaluate import evaluate
from ingest.errors import NotReadyError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

RESULTS = {"schema": 1, "careerbot": "1", "suites": {}}


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """With the option that mends it."""
    done = CliRunner().invoke(evaluate, ["seeds", "--data", str(tmp_path / "none"), "--llm", "none"])
    assert isinstance(done.exception, NotReadyError)
    assert "--data" in str(done.exception)


def test_a_missing_suite_is_named(tmp_path: Path) -> None:
    """Before any folder is looked at."""
    done = CliRunner().invoke(evaluate, ["nothing", "--data", str(tmp_path)])
    assert isinstance(done.exception, UsageError)


@pytest.mark.parametrize("arguments", [["--no-run"], ["--no-run", "--json", "x.json", "--baseline", "absent.json"]])
def test_wrong_combinations_are_refused(arguments: list[str], tmp_path: Path) -> None:
    """As misuse of the command, exit code 2."""
    placed = [str(tmp_path / word) if word.endswith(".json") else word for word in arguments]
    assert CliRunner().invoke(evaluate, placed).exit_code == 2


def test_the_page_is_written_from_results_without_a_run(tmp_path: Path) -> None:
    """`--no-run` measures nothing."""
    results, page = tmp_path / "r.json", tmp_path / "quality.md"
    results.write_text(json.dumps(RESULTS), encoding="utf-8")
    arguments = ["--no-run", "--json", str(results), "--write-page", str(page), "--baseline", str(results)]
    done = CliRunner().invoke(evaluate, arguments)
    assert done.exit_code == 0, done.output
    assert "nothing moved" in done.output
    assert page.read_text(encoding="utf-8").startswith("# Quality")
