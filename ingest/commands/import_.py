"""`ingest import`: restore what `ingest export` saved."""

from __future__ import annotations

from pathlib import Path

import click

from ingest.commands import options


@click.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@options.home_option
@click.option("--replace", is_flag=True, help="Go on although the home holds an index, which stays behind for a rollback.")
def import_(file: Path, home: Path | None, *, replace: bool) -> None:
    """Restore a FILE that `ingest export` wrote, on this machine or another.

    Every member is checked before anything is used, and the present index is served until the restored one is whole.
    What this home was told to forget stays out, even where the file holds it. An aliases.toml of the home that differs from the
    restored one stays beside it as aliases.toml.before.
    """
    from ingest.backup import import_home  # noqa: PLC0415 (so that --help answers at once)

    done = import_home(options.home_of(options.settings_of(home=home)), file, overwrite=replace)
    for source_id in done.kept_out:
        click.echo(f"kept out {source_id}, which was forgotten")
    made = f"made by careerbot {done.contents.careerbot} on {done.contents.created}"
    click.echo(f"restored {done.manifest.sources} sources, {done.manifest.passages} passages from {file} ({made})")
