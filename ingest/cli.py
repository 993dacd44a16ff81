"""The command `ingest`: sync, status, verify, remove."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

import click

from ingest.errors import IngestError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ingest.embed.protocol import Embedder
    from ingest.home import Home
    from ingest.settings import Settings
    from ingest.stages import Stages

_INTERRUPTED = 130
Command = TypeVar("Command", bound="Callable[..., object]")


class _OneLineErrors(click.Group):
    """Prints the package's own errors as one line on stderr and ends with the exit code they carry."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except IngestError as error:
            click.echo(f"ingest: {error}", err=True)
            ctx.exit(error.exit_code)
        except OSError as error:
            click.echo(f"ingest: {error.strerror or error}{f': {error.filename}' if error.filename else ''}", err=True)
            ctx.exit(1)
        except KeyboardInterrupt:
            click.echo("ingest: interrupted, the index is as it was", err=True)
            ctx.exit(_INTERRUPTED)


def _home_option(command: Command) -> Command:
    return click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="Folder of the index.")(command)


@click.group(cls=_OneLineErrors, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="careerbot", prog_name="ingest")
def cli() -> None:
    """Turn interviews, transcripts and articles into an index that can be cited to the character."""


@cli.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@_home_option
@click.option("--embedder", help="Embedding model: a hub id or a folder (default: the bundled multilingual-e5-small).")
@click.option("--engine", help="What runs the model: auto, openvino or sentence-transformers.")
@click.option("--registry", type=click.Path(path_type=Path), help="TOML file with facts about sources that do not state them.")
@click.option("--rebuild", is_flag=True, help="Read and embed everything again, for example after a change of embedder.")
@click.option("--quiet", is_flag=True, help="No progress and no table; warnings only.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def sync(paths: Sequence[Path], *, rebuild: bool, quiet: bool, as_json: bool, **chosen: object) -> NoReturn:
    """Bring the index in step with files and folders: new, changed and deleted ones.

    Without PATHS, what was read before is read again.
    """
    from ingest import tables  # noqa: PLC0415 (so that --help answers at once)
    from ingest.progress import reporter  # noqa: PLC0415
    from ingest.sync import sync as bring_in_step  # noqa: PLC0415

    settings = _settings(**chosen)
    home = _home(settings)
    with reporter(quiet=quiet or as_json) as report:
        done = bring_in_step(
            paths, home=home, embedder=_embedder(settings), stages=_stages(settings), report=report, rebuild=rebuild
        )
    if as_json:
        click.echo(json.dumps(tables.sync_as_json(done), ensure_ascii=False))
    elif not quiet:
        tables.print_sync(done)
    sys.exit(done.exit_code)


@cli.command()
@_home_option
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def status(home: Path | None, *, as_json: bool) -> None:
    """Show what the index holds and what made it."""
    from ingest import tables  # noqa: PLC0415 (so that --help answers at once)
    from ingest.index.reader import open_index  # noqa: PLC0415

    with open_index(_home(_settings(home=home))) as index:
        if index.warning:
            click.echo(f"warning: {index.warning}", err=True)
        if as_json:
            click.echo(json.dumps(tables.status_as_json(index), ensure_ascii=False))
        else:
            tables.print_status(index)


@cli.command()
@_home_option
def verify(home: Path | None) -> NoReturn:
    """Check every file, every passage and every offset of the index."""
    from ingest.index.check import check  # noqa: PLC0415

    failed = False
    for result in check(_home(_settings(home=home))):
        click.echo(str(result))
        failed = failed or bool(result.faults)
    sys.exit(int(failed))


@cli.command()
@click.argument("ids", nargs=-1, required=True)
@_home_option
def remove(ids: Sequence[str], home: Path | None) -> None:
    """Take sources out of the index by their IDS (see `ingest status`).

    The files stay where they are; what was removed stays out until its file changes, or until
    `ingest sync --rebuild`.
    """
    from ingest.sync import remove as take_out  # noqa: PLC0415

    manifest = take_out(ids, home=_home(_settings(home=home)))
    click.echo(f"removed {', '.join(ids)}; {manifest.sources} sources, {manifest.passages} passages remain")


def main() -> None:
    """Run the command; the entry point of the distribution."""
    cli()


def _settings(**chosen: object) -> Settings:
    from pydantic import ValidationError  # noqa: PLC0415

    from ingest.errors import UsageError  # noqa: PLC0415
    from ingest.settings import Settings  # noqa: PLC0415

    try:
        return Settings.model_validate({**Settings().model_dump(), **{name: value for name, value in chosen.items() if value}})
    except ValidationError as error:
        raise UsageError(f"settings: {error.errors()[0]['loc']}: {error.errors()[0]['msg']}") from error


def _home(settings: Settings) -> Home:
    from ingest.home import Home  # noqa: PLC0415

    return Home.resolve(settings.home)


def _embedder(settings: Settings) -> Embedder:
    from ingest.embed.choose import open_embedder  # noqa: PLC0415
    from ingest.weights import models_dir  # noqa: PLC0415

    return open_embedder(settings.embedder, engine=settings.engine, models_dir=models_dir(settings.models))


def _stages(settings: Settings) -> Stages:
    from ingest.settings import default_registry  # noqa: PLC0415
    from ingest.stages import real_stages  # noqa: PLC0415

    return real_stages(settings.registry or default_registry())
