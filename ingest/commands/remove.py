"""`ingest remove`: take sources out of the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ingest.commands import options

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@click.command()
@click.argument("ids", nargs=-1, required=True)
@options.home_option
def remove(ids: Sequence[str], home: Path | None) -> None:
    """Take sources out of the index by their IDS (see `ingest status`).

    The files stay where they are; what was removed stays out until its file changes, or until
    `ingest sync --rebuild`.
    """
    from ingest.sync import remove as take_out  # noqa: PLC0415 (so that --help answers at once)

    manifest = take_out(ids, home=options.home_of(options.settings_of(home=home)))
    click.echo(f"removed {', '.join(ids)}; {manifest.sources} sources, {manifest.passages} passages remain")
