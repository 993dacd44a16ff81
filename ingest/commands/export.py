"""`ingest export`: save the home in one file."""

from __future__ import annotations

from pathlib import Path

import click

from ingest.commands import options


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@options.home_option
@click.option("--with-feedback", is_flag=True, help="Add what people said about answers.")
def export(file: Path, home: Path | None, *, with_feedback: bool) -> None:
    """Save the index, its ledger, fetched copies and aliases.toml in one checksummed FILE that `ingest import` reads anywhere.

    API keys and files outside the home are not in it.
    """
    from ingest.backup import export_home  # noqa: PLC0415 (so that --help answers at once)

    done = export_home(options.home_of(options.settings_of(home=home)), file, feedback=with_feedback)
    held = f"{len(done.contents.files)} files of generation {done.contents.generation}"
    click.echo(f"wrote {done.path}: {held}, {done.size:,} bytes, sha256 {done.sha256}")
