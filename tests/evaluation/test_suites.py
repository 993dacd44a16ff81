"""Suites are found by name, and everything a run needs is said in one line where it is absent."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from bot.evaluation.data import find_data, read_lines
from bot.evaluation.suite import NAMES, Target, find_suites
from ingest.errors import NotReadyError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


def test_an_unknown_suite_is_refused_with_the_names_there_are() -> None:
    """The message names what was asked for and what can be."""
    with pytest.raises(UsageError, match=r"no suite is called speed; choose from seeds"):
        find_suites(["seeds", "speed"])


@pytest.mark.parametrize("name", ["seeds", "followups", "translations", "faithfulness", "abstention", "injection", "corpus"])
def test_a_suite_goes_by_its_own_name(name: str) -> None:
    """The module of a name offers the suite of that name, and it says what its figures mean."""
    (suite,) = find_suites([name])
    assert suite.name == name
    assert suite.claim.endswith((".", "?"))


def test_suites_run_in_one_order_whatever_was_typed() -> None:
    """The order of the arguments does not matter."""
    assert [suite.name for suite in find_suites(["injection", "seeds"])] == ["seeds", "injection"]
    assert NAMES[0] == "seeds"


def test_targets_bound_from_either_side() -> None:
    """A target at the bound itself is met."""
    assert Target(row="all", figure="x", at_least=0.5).is_met(0.5)
    assert not Target(row="all", figure="x", at_most=0.01).is_met(0.02)


def test_absent_data_is_said_with_what_to_do(tmp_path: Path) -> None:
    """A missing folder and a missing file are both named."""
    with pytest.raises(NotReadyError, match=r"name their folder with --data"):
        find_data(tmp_path / "nowhere")
    with pytest.raises(NotReadyError, match=r"qrels\.tsv is missing"):
        read_lines(tmp_path / "qrels.tsv")


def test_strings_may_hold_any_separator(tmp_path: Path) -> None:
    """A line of a file of JSON ends at a line feed, and nowhere else."""
    texts = ["one\u2028two", "three\u0085four\x0b"]
    path = tmp_path / "texts.jsonl"
    path.write_text("".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts), encoding="utf-8")
    assert [row["text"] for row in read_lines(path)] == texts


def test_naming_the_suites_loads_nothing_heavy() -> None:
    """`bot eval` can name a wrong suite or folder before any model library is loaded."""
    code = (
        "import sys; from bot.evaluation.suite import find_suites; find_suites(['faithfulness']); "
        "heavy = {'torch', 'openvino', 'llama_cpp', 'faiss', 'ir_measures', 'transformers'} & set(sys.modules); "
        "sys.exit(', '.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
