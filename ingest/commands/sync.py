"""`ingest sync`: bring the index in step with files."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from ingest.commands import options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.home import Home
    from ingest.progress import Reporter
    from ingest.stages import Stages

_WOULD_ASK = 2


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@options.home_option
@options.embedder_options
@options.registry_option
@click.option("--dry-run", is_flag=True, help="Only say what would change; nothing is written.")
@click.option("--yes", is_flag=True, help="Take sources out even if the files of many (more than 5, and 30 %) are gone.")
@click.option("--rebuild", is_flag=True, help="Read and embed everything again.")
@click.option("--include", multiple=True, metavar="FILE|ID", help="Read a forgotten source again; may be given several times.")
@click.option("--fetch", is_flag=True, help="Also add what a list of sources names by url alone, as `ingest add` does.")
@click.option("--quiet", is_flag=True, help="No progress and no table; warnings only.")
@options.json_option
def sync(
    paths: Sequence[Path],
    *,
    dry_run: bool,
    yes: bool,
    fetch: bool,
    rebuild: bool,
    include: Sequence[str],
    quiet: bool,
    as_json: bool,
    **chosen: object,
) -> NoReturn:
    """Bring the index in step with files and folders: new, changed, moved and deleted ones.

    PATHS are files, folders, patterns ("talks/**/*.vtt") and lists of sources (a TOML file whose
    [[source]] tables have a path). Without PATHS, what was read before is read again.
    """
    from ingest import tables  # noqa: PLC0415 (so that --help answers at once)
    from ingest.progress import reporter  # noqa: PLC0415
    from ingest.sync import sync as bring_in_step  # noqa: PLC0415

    settings = options.settings_of(**chosen)
    home = options.home_of(settings)
    stages = options.stages_of(settings, paths or options.roots_of(home))
    with reporter(quiet=quiet or as_json) as report:
        if dry_run:
            code = _preview(paths, home, stages, report, rebuild=rebuild, as_json=as_json)
            sys.exit(code)
        if fetch:
            paths = _fetch(paths, home, stages, report)
        done = bring_in_step(
            paths,
            home=home,
            embedder=options.embedder_of(settings),
            stages=stages,
            report=report,
            rebuild=rebuild,
            many_may_go=yes,
            include=include,
        )
    if as_json:
        click.echo(json.dumps(tables.sync_as_json(done), ensure_ascii=False))
    elif not quiet:
        tables.print_sync(done)
    sys.exit(done.exit_code)


def _fetch(paths: Sequence[Path], home: Home, stages: Stages, report: Reporter) -> Sequence[Path]:
    """Fetch what the lists among `paths` name by address; return what is to be read then."""
    from ingest.errors import UsageError  # noqa: PLC0415
    from ingest.fetch import add as adding  # noqa: PLC0415
    from ingest.fetch.document import Facts, Fetched  # noqa: PLC0415
    from ingest.fetch.library import Library  # noqa: PLC0415
    from ingest.fetch.listed import fetch_listed  # noqa: PLC0415
    from ingest.fetch.network import Network  # noqa: PLC0415
    from ingest.fetch.session import Session  # noqa: PLC0415
    from ingest.listing import is_listing, names_paths  # noqa: PLC0415

    listings = [path for path in paths if is_listing(path)]
    if not listings:
        raise UsageError("--fetch is for a list of sources: name it, or add one page with: ingest add URL")

    def at(url: str) -> Fetched:
        with Session(Network()) as session:
            return adding.fetch(url, session, Facts())

    for listing in listings:
        fetch_listed(listing, home=home, stages=stages, fetch=at, report=report)
    library = Library(home).folder
    readable = [path for path in paths if path not in listings or names_paths(path)]
    return [*readable, library] if library.is_dir() else readable


def _preview(paths: Sequence[Path], home: Home, stages: Stages, report: Reporter, *, rebuild: bool, as_json: bool) -> int:
    from ingest import tables  # noqa: PLC0415
    from ingest.sync import preview  # noqa: PLC0415

    changes, objection = preview(paths, home=home, stages=stages, report=report, rebuild=rebuild)
    if as_json:
        click.echo(json.dumps(tables.changes_as_json(changes, objection), ensure_ascii=False))
    else:
        tables.print_changes(changes)
        if objection:
            click.echo(f"ingest: {objection}", err=True)
    return _WOULD_ASK if objection else 0
