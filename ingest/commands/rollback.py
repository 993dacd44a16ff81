"""`ingest rollback`: serve the generation before the present one."""

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
def rollback(home: Path | None, *, as_json: bool) -> None:
    """Go back to the generation before the served one, and say what that changes.

    Running services follow at once. Files are left alone: mend them before the next `ingest sync`,
    which reads again whatever differs.
    """
    from ingest import tables  # noqa: PLC0415 (so that --help answers at once)
    from ingest.rollback import rollback as go_back  # noqa: PLC0415

    report = go_back(options.home_of(options.settings_of(home=home)))
    if as_json:
        click.echo(json.dumps(tables.rollback_as_json(report), ensure_ascii=False))
    else:
        tables.print_rollback(report)
