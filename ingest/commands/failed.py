"""`ingest failed`: the files that could not be read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from ingest.commands import options

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@options.home_option
@options.json_option
def failed(home: Path | None, *, as_json: bool) -> None:
    """List files that could not be read: why, since when, and how often they were tried.

    A file is tried again when it changes, or with `ingest retry`.
    """
    from ingest import tables  # noqa: PLC0415 (so that --help answers at once)
    from ingest.failures import failures  # noqa: PLC0415

    found = failures(options.home_of(options.settings_of(home=home)))
    if as_json:
        click.echo(json.dumps(tables.failures_as_json(found), ensure_ascii=False))
    else:
        tables.print_failures(found)
