"""Write down what the bundled models can do: `bot/data/abilities.json` and the tables of `docs/models.md`.

    bot doctor --calibrate --json --llm qwen > qwen.json       # one after the other, on a machine that does nothing else
    python bench/models.py qwen.json gemma.json smollm2.json

The records are kept by the fingerprint of each model's file, so that whoever uses it needs no calibration. The first file's
model is the one whose odds `bot/data/abstention.toml` was calibrated with, and the one that durations are compared with.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from bot.calibration.record import SCHEMA, Record, from_json, to_json
from bot.calibration.store import SHIPPED
from bot.calibration.table import TITLES, figure, find, languages
from bot.resources import data_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PAGE = Path(__file__).parent.parent / "docs" / "models.md"
_MEASURED = re.compile(r"(?<=<!-- measured -->\n).*?(?=<!-- end -->)", re.DOTALL)


def main() -> None:
    """Read the records, write the data file and the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", nargs="+", type=Path)
    records = [from_json(json.loads(path.read_text("utf-8"))) for path in parser.parse_args().records]
    shipped = {
        "schema": SCHEMA,
        "reference": records[0].fingerprint,
        "models": {record.fingerprint: to_json(record) for record in records},
    }
    data_file(SHIPPED).write_text(json.dumps(shipped, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    written = "\n".join((*_side_by_side(records), *(line for record in records for line in _details(record)), ""))
    page = PAGE.read_text("utf-8")
    PAGE.write_text(_MEASURED.sub(lambda _: f"\n{written}\n", page), encoding="utf-8")


def _side_by_side(records: Sequence[Record]) -> Iterator[str]:
    yield f"Measured on {records[0].date} with careerbot {records[0].careerbot}."
    yield ""
    yield f"| | {' | '.join(record.name for record in records)} |"
    yield f"| --- |{' ---: |' * len(records)}"
    for ability, title in TITLES.items():
        yield f"| {title}: figure, mean of all languages | {_row(records, ability, None)} |"
        yield f"| {title}: figure, English | {_row(records, ability, 'en')} |"
        yield f"| {title}: languages in which it is on | {' | '.join(_on(record, ability) for record in records)} |"
        yield f"| {title}: duration of a call against the first | {' | '.join(_ratios(records, ability))} |"
    yield ""


def _row(records: Sequence[Record], ability: str, language: str | None) -> str:
    return " | ".join(_mean(record, ability, language) for record in records)


def _mean(record: Record, ability: str, language: str | None) -> str:
    found = [
        figure(item) for item in record.measured if item.ability == ability and (language is None or item.language == language)
    ]
    return f"{fmean(found):.2f}" if found else ""


def _on(record: Record, ability: str) -> str:
    return " ".join(item.language for item in record.measured if item.ability == ability and item.on) or "none"


def _ratios(records: Sequence[Record], ability: str) -> Iterator[str]:
    first = records[0].seconds.get(ability)
    for record in records:
        own = record.seconds.get(ability)
        yield f"{own / first:.2f}" if own and first else ""


def _details(record: Record) -> Iterator[str]:
    yield f"### {record.name}"
    yield ""
    yield f"| | {' | '.join(TITLES.values())} |"
    yield f"| --- |{' ---: |' * len(TITLES)}"
    for language in languages(record):
        yield f"| {language} | {' | '.join(_cell(record, ability, language) for ability in TITLES)} |"
    yield ""


def _cell(record: Record, ability: str, language: str) -> str:
    item = find(record, ability, language)
    if item is None:
        return ""
    false = f", {item.figures['false']:g} false" if item.figures.get("false") else ""
    return f"{'**on**' if item.on else 'off'} {figure(item):.2f} of {item.figures['cases']:g}{false}"


if __name__ == "__main__":
    main()
