"""`ingest retry`: read files that failed once more."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from ingest.commands import options

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command()
@click.argument("names", nargs=-1, metavar="[IDS|PATHS]...")
@options.home_option
@options.embedder_options
@options.registry_option
@click.option("--quiet", is_flag=True, help="No progress and no table; warnings only.")
@options.json_option
def retry(names: Sequence[str], *, quiet: bool, as_json: bool, **chosen: object) -> NoReturn:
    """Read files that failed once more (see `ingest failed`): those named, or all.

    Ends with 1 where none of them could be read.
    """
    from ingest import tables  # noqa: PLC0415 (so that --help answers at once)
    from ingest.progress import reporter  # noqa: PLC0415
    from ingest.sync import retry as try_again  # noqa: PLC0415

    settings = options.settings_of(**chosen)
    home = options.home_of(settings)
    stages = options.stages_of(settings, options.roots_of(home))
    with reporter(quiet=quiet or as_json) as report:
        done = try_again(names, home=home, embedder=options.embedder_of(settings), stages=stages, report=report)
    if as_json:
        click.echo(json.dumps(tables.sync_as_json(done), ensure_ascii=False))
    elif not quiet:
        tables.print_sync(done)
    sys.exit(done.exit_code)
