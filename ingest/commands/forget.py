"""`ingest forget`: delete an interview from everything the home stores, and prove it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, NoReturn

import click

from ingest.commands import options

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ingest.forget import ForgetReport


@click.command()
@click.argument("ids", nargs=-1, required=True)
@options.home_option
@click.option("--translations", is_flag=True, help="Forget their translations and copies too.")
@options.json_option
def forget(ids: Sequence[str], home: Path | None, *, translations: bool, as_json: bool) -> NoReturn:
    """Delete sources for good by their IDS (see `ingest status`), and prove that nothing of them is left.

    Takes them out of the index, of earlier generations (which are deleted), of feedback and caches, and deletes the
    copies that `ingest add` fetched. Files elsewhere stay where they are and stay out, changed or moved, until
    `ingest sync --include`; so do backups, and `ingest import` of one does not bring it back.
    """
    from ingest.forget import forget as erase  # noqa: PLC0415 (so that --help answers at once)

    report = erase(ids, home=options.home_of(options.settings_of(home=home)), translations=translations)
    if as_json:
        click.echo(json.dumps(_as_json(report), ensure_ascii=False))
    else:
        _print(report)
    sys.exit(report.exit_code)


def _print(report: ForgetReport) -> None:
    for source in report.forgotten:
        click.echo(f"forgot {source.id} ({source.title})")
    if report.generations:
        click.echo(f"deleted earlier generations, which held it: {', '.join(report.generations)}; there is no rollback to them")
    for name, rows in report.stores.items():
        click.echo(f"deleted {rows} rows from {name}")
    for path in report.deleted:
        click.echo(f"deleted {path}")
    for path in report.outside:
        click.echo(f"kept {path}, which is outside the home; it stays out until: ingest sync --include {path}")
    for trouble in report.troubles:
        click.echo(f"warning: {trouble}", err=True)
    click.echo(str(report.proof))
    click.echo("not searched: files outside the home, such as backups made by ingest export before now")
    click.echo(f"{report.manifest.sources} sources, {report.manifest.passages} passages remain")


def _as_json(report: ForgetReport) -> dict[str, object]:
    return {
        "forgotten": [source.id for source in report.forgotten],
        "generation": report.manifest.generation,
        "generations_deleted": list(report.generations),
        "rows_deleted": report.stores,
        "files_deleted": list(report.deleted),
        "files_kept": list(report.outside),
        "proof": asdict(report.proof),
        "troubles": list(report.troubles),
    }
