"""A calibration as one table: what is on, per language, with the figure that decided."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from bot.abilities import Ability

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from bot.calibration.record import Measured, Record

TITLES: Mapping[str, str] = MappingProxyType(
    {
        Ability.JUDGE: "judges quotes",
        Ability.RESTATE: "restates quotes",
        Ability.CONDENSE: "rewrites follow-ups",
        Ability.TRANSLATE_QUESTION: "translates questions",
        Ability.PROSE: "writes prose",
    }
)
LEGEND = """\
judges: of the pairs of a quote that answers and one that does not, the share told apart; all else: the share of what was
written that passed the checks. ! is something false that passed. What is off in a language is not asked of the model there."""


def print_record(record: Record, console: Console) -> None:
    """Print the table."""
    table = Table(title=f"{record.name}, measured on {record.date}", box=box.SIMPLE, title_justify="left")
    table.add_column("")
    for title in TITLES.values():
        table.add_column(title, justify="right")
    for language in languages(record):
        table.add_row(language, *(_cell(find(record, ability, language)) for ability in TITLES))
    seconds = (f"{record.seconds[ability]:.1f} s" if ability in record.seconds else "" for ability in TITLES)
    table.add_row("one call", *seconds)
    console.print(table)
    console.print(LEGEND)


def languages(record: Record) -> list[str]:
    """Return the languages in which something was measured."""
    return list(dict.fromkeys(item.language for item in record.measured))


def figure(item: Measured) -> float:
    """Return the figure that decides first."""
    return item.figures.get("area", item.figures.get("passed", 0.0))


def find(record: Record, ability: str, language: str) -> Measured | None:
    """Return what was measured of an ability in a language."""
    return next((item for item in record.measured if (item.ability, item.language) == (ability, language)), None)


def _cell(item: Measured | None) -> str:
    if item is None:
        return ""
    text = f"{figure(item):.2f}{'!' if item.figures.get('false') else ''}"
    return f"[green]on {text}[/green]" if item.on else f"[dim]off {text}[/dim]"
