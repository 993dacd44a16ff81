"""`ingest watch`: keep the index in step with folders."""

from __future__ import annotations

import contextlib
import signal
import threading
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest.commands import options

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

    from ingest.sync import SyncReport


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@options.home_option
@options.embedder_options
@options.registry_option
@click.option("--yes", is_flag=True, help="Take sources out even if the files of many (more than 5, and 30 %) are gone.")
def watch(paths: Sequence[Path], *, yes: bool, **chosen: object) -> None:
    """Keep the index in step with files and folders until Ctrl-C or SIGTERM.

    Changes are taken together until nothing has changed for half a second. Files that cannot be read
    are named and do not stop it. PATHS are as for `ingest sync`.
    """
    from ingest.errors import UsageError  # noqa: PLC0415 (so that --help answers at once)
    from ingest.listing import is_listing  # noqa: PLC0415
    from ingest.progress import Once  # noqa: PLC0415
    from ingest.sync import sync  # noqa: PLC0415
    from ingest.watch import Watcher  # noqa: PLC0415

    settings = options.settings_of(**chosen)
    home = options.home_of(settings)
    watched = tuple(paths) or options.roots_of(home)
    if not watched:
        raise UsageError("nothing was ingested yet: name the files or folders to watch, as in: ingest watch PATH")
    embedder, stages, report = options.embedder_of(settings), options.stages_of(settings, watched), Once(_warn)
    lists = any(map(is_listing, map(Path, watched)))  # one that changed has other facts about its files

    def bring_in_step() -> SyncReport:
        now = options.stages_of(settings, watched) if lists else stages
        return sync(watched, home=home, embedder=embedder, stages=now, report=report, many_may_go=yes)

    stop = threading.Event()

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        """End as with Ctrl-C: work that is not published is dropped, vectors made so far are kept for the next run."""
        stop.set()  # Python swallows what is raised while it tidies an object up
        raise KeyboardInterrupt

    watcher = Watcher(paths=watched, home=home.path, sync=bring_in_step, tell=_tell, warn=_warn, stop=stop)
    with contextlib.suppress(KeyboardInterrupt):
        for number in (signal.SIGTERM, signal.SIGINT):  # a shell starts what it puts in the background with SIGINT ignored
            signal.signal(number, interrupt)
        _say(f"watching {', '.join(map(str, watched))}; Ctrl-C ends it")
        watcher.run()
    _say("stopped; the index is whole")


def _tell(report: SyncReport) -> None:
    from ingest import tables  # noqa: PLC0415

    if report.published:
        _say(tables.summary(report))


def _warn(message: str) -> None:
    _say(f"warning: {message}")


def _say(line: str) -> None:
    click.echo(f"{datetime.now().astimezone():%H:%M:%S} {line}", err=True)
