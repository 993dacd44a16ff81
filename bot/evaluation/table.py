"""Results in a terminal: one table a suite, what misses its target marked, what moved since a baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich import box
from rich.markup import escape
from rich.table import Table

from bot.evaluation.results import targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rich.console import Console

    from bot.evaluation.results import Move


def figure_names(entry: Mapping[str, Any]) -> list[str]:
    """Return the names of all figures of a suite, in the order in which its rows first state them."""
    return list(dict.fromkeys(name for row in entry["rows"] for name in row["figures"]))


def print_suite(name: str, entry: Mapping[str, Any], console: Console) -> None:
    """Print the figures and worst cases of one suite."""
    table = Table(title=name, caption=escape(entry["claim"]), box=box.SIMPLE, title_justify="left", caption_justify="left")
    table.add_column("")
    for row in entry["rows"]:
        table.add_column(escape(row["name"]), justify="right")
    table.add_row("cases", *(str(row["count"]) for row in entry["rows"]))
    for figure in figure_names(entry):
        table.add_row(figure.replace("_", " "), *(_cell(entry, row, figure) for row in entry["rows"]))
    console.print(table)
    for case in entry["worst"]:
        console.print(f"  [dim]{escape(case['case'])}[/dim]: {escape(case['wrong'])}")


def print_moves(moves: Iterable[Move], console: Console) -> None:
    """Print what moved since the baseline."""
    table = Table(title="moved since the baseline", box=box.SIMPLE, title_justify="left")
    for column in ("suite", "row", "figure", "before", "now", "by"):
        table.add_column(column, justify="left" if column in {"suite", "row", "figure"} else "right")
    for move in moves:
        change = f"{move.after - move.before:+.4f}"
        table.add_row(move.suite, escape(move.row), move.figure, f"{move.before:g}", f"{move.after:g}", change)
    console.print(table if table.row_count else "nothing moved since the baseline")


def as_text(value: float) -> str:
    """Return a figure as people read it: whole numbers whole, shares with three digits."""
    return str(int(value)) if float(value).is_integer() and abs(value) > 1 else f"{value:.3f}"


def _cell(entry: Mapping[str, Any], row: Mapping[str, Any], figure: str) -> str:
    value = row["figures"].get(figure)
    if value is None:
        return ""
    missed = any(
        target.row == row["name"] and target.figure == figure and not target.is_met(value) for target in targets(entry)
    )
    return f"[red]{as_text(value)} ![/red]" if missed else as_text(value)
