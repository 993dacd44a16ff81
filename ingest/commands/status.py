"""`ingest status`: what the index holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from ingest.commands import options

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@options.home_option
@click.option("--verbose", "-v", is_flag=True, help="Also what was cut, what looks planted, and what nobody stated.")
@options.json_option
def status(home: Path | None, *, verbose: bool, as_json: bool) -> None:
    """Show what the index holds and what made it."""
    from ingest import tables  # noqa: PLC0415 (so that --help answers at once)
    from ingest.index.reader import open_index  # noqa: PLC0415
    from ingest.quality import qualities  # noqa: PLC0415

    with open_index(options.home_of(options.settings_of(home=home))) as index:
        if index.warning:
            click.echo(f"warning: {index.warning}", err=True)
        found = qualities(index) if verbose else ()
        if as_json:
            facts = tables.status_as_json(index, {one.source.id: one for one in found})
            click.echo(json.dumps(facts, ensure_ascii=False))
        elif verbose:
            tables.print_quality(index, found)
        else:
            tables.print_status(index)
