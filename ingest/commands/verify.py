"""`ingest verify`: prove that the index is whole."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

import click

from ingest.commands import options

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@options.home_option
def verify(home: Path | None) -> NoReturn:
    """Check every file, every passage and every offset of the index."""
    from ingest.index.check import check  # noqa: PLC0415 (so that --help answers at once)

    failed = False
    for result in check(options.home_of(options.settings_of(home=home))):
        click.echo(str(result))
        failed = failed or bool(result.faults)
    sys.exit(int(failed))
