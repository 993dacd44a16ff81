"""A calibration as one table: what is on, per language, with the figure that decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from bot.abilities import Ability

if TYPE_CHECKING:
    from rich.console import Console

    from bot.calibration.record import Measured, Record

TITLES = {
    Ability.JUDGE: "judges quotes",
    Ability.RESTATE: "restates quotes",
    Ability.CONDENSE: "rewrites follow-ups",
    Ability.TRANSLATE_QUESTION: "translates questions",
    Ability.PROSE: "writes prose",
}
LEGEND = (
    "Judging: share of the pairs in which the quote that answers got the higher odds. Else: share of what it wrote that passed "
    "the checks. ! marks something false that passed. Empty: nothing to measure there."
)


def print_record(record: Record, console: Console) -> None:
    """Print the table."""
    table = Table(title=f"{record.name}, {record.date}", caption=LEGEND, box=box.SIMPLE, title_justify="left")
    languages = list(dict.fromkeys(item.language for item in record.measured))
    table.add_column("")
    for language in languages:
        table.add_column(language, justify="right")
    table.add_column("seconds", justify="right")
    for ability, title in TITLES.items():
        cells = (_cell(record, ability, language) for language in languages)
        table.add_row(title, *cells, f"{record.seconds[ability]:.1f}" if ability in record.seconds else "")
    console.print(table)


def figure(item: Measured) -> float:
    """Return the figure that decides first."""
    return item.figures.get("area", item.figures.get("passed", 0.0))


def find(record: Record, ability: str, language: str) -> Measured | None:
    """Return what was measured of an ability in a language."""
    return next((item for item in record.measured if (item.ability, item.language) == (ability, language)), None)


def _cell(record: Record, ability: str, language: str) -> str:
    item = find(record, ability, language)
    if item is None:
        return ""
    text = f"{figure(item):.2f}{'!' if item.figures.get('false') else ''}"
    return f"[green]on {text}[/green]" if item.on else f"[dim]off {text}[/dim]"
