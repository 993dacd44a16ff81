"""Results as JSON, stable and versioned: figures rounded, keys sorted, one file for suites that ran at different times."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot import __version__
from bot.evaluation.suite import WORST, Result, Row, Suite, Target
from ingest.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SCHEMA = 1
_DIGITS = 4
Results = dict[str, Any]
"""{"schema", "careerbot", "suites": {name: {"claim", "models", "limit", "rows", "targets", "worst", "notes"}}}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A figure that is not what it was."""

    suite: str
    row: str
    figure: str
    before: float
    after: float


def read_results(path: Path) -> Results:
    """Read a file of results; an empty one where there is none.

    Raises:
        UsageError: the file is something else.
    """
    if not path.is_file():
        return {"schema": SCHEMA, "careerbot": __version__, "suites": {}}
    try:
        found: Results = json.loads(path.read_text(encoding="utf-8"))
        if found["schema"] != SCHEMA or not isinstance(found["suites"], dict):
            raise UsageError(f"{path} holds results of schema {found['schema']}, this version writes {SCHEMA}; measure again")
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} holds no results of `bot eval`") from error
    return found


def write_results(results: Results, path: Path) -> None:
    """Write results, keys sorted."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def as_json(suite: Suite, result: Result, *, models: Mapping[str, str], limit: int | None) -> dict[str, Any]:
    """Return the entry of one suite."""
    return {
        "claim": suite.claim,
        "models": dict(models),
        "limit": limit,
        "rows": [_row(row) for row in result.rows],
        "targets": [_target(target) for target in suite.targets],
        "worst": [{"case": case.case, "wrong": case.wrong} for case in result.worst[:WORST]],
        "notes": list(result.notes),
    }


def moves(before: Results, after: Results) -> Iterator[Move]:
    """Yield the figures that two files both hold and that differ."""
    old = {(suite, row, name): value for suite, row, name, value in _figures(before)}
    for suite, row, figure, value in _figures(after):
        known = old.get((suite, row, figure))
        if known is not None and known != value:
            yield Move(suite=suite, row=row, figure=figure, before=known, after=value)


def figure(entry: Mapping[str, Any], row: str, name: str) -> float | None:
    """Return one figure of a suite's entry; None where it was not measured."""
    for item in entry["rows"]:
        if item["name"] == row:
            value: float | None = item["figures"].get(name)
            return value
    return None


def targets(entry: Mapping[str, Any]) -> list[Target]:
    """Return what a suite's figures were meant to reach."""
    return [Target(**target) for target in entry["targets"]]


def _figures(results: Results) -> Iterator[tuple[str, str, str, float]]:
    for suite, entry in results["suites"].items():
        for row in entry["rows"]:
            for name, value in row["figures"].items():
                yield suite, row["name"], name, value


def _row(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "count": row.count,
        "figures": {name: round(float(v), _DIGITS) for name, v in row.figures.items()},
    }


def _target(target: Target) -> dict[str, Any]:
    return {"row": target.row, "figure": target.figure, "at_least": target.at_least, "at_most": target.at_most}
