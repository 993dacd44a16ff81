"""`ingest reembed`: change the embedder of an index."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from ingest.commands import options

if TYPE_CHECKING:
    from ingest.reembed import ReembedReport


@click.command()
@options.home_option
@options.embedder_options
@click.option("--quiet", is_flag=True, help="No progress; warnings only.")
@options.json_option
def reembed(*, quiet: bool, as_json: bool, **chosen: object) -> None:
    """Give every passage its vector of another embedding model, without reading any file again.

    The present index is served until the new one is published. A run that was interrupted goes on where it stopped.
    Then let the bot and later syncs use the same model, with --embedder or CAREERBOT_EMBEDDER.
    """
    from ingest.progress import reporter  # noqa: PLC0415 (so that --help answers at once)
    from ingest.reembed import reembed as embed_again  # noqa: PLC0415

    settings = options.settings_of(**chosen)
    home = options.home_of(settings)
    stages, embedder = options.stages_of(settings), options.embedder_of(settings)
    with reporter(quiet=quiet or as_json) as report:
        done = embed_again(home=home, embedder=embedder, stages=stages, report=report)
    if as_json:
        click.echo(json.dumps(_as_json(done), ensure_ascii=False))
    elif not quiet:
        click.echo(_line(done))


def _line(done: ReembedReport) -> str:
    now = done.manifest.embedder
    if not done.published:
        return f"nothing to do: {now.id} ({now.fingerprint[:12]}) made the vectors of this index"
    was = done.before.embedder
    work = f"{done.embedded} passages embedded in {done.seconds:.1f} s, {done.resumed} texts taken over from an interrupted run"
    return f"{was.id} ({was.fingerprint[:12]}) -> {now.id} ({now.fingerprint[:12]}): {work}"


def _as_json(done: ReembedReport) -> dict[str, object]:
    return {
        "generation": done.manifest.generation,
        "published": done.published,
        "embedder": done.manifest.embedder.id,
        "fingerprint": done.manifest.embedder.fingerprint,
        "embedder_before": done.before.embedder.id,
        "fingerprint_before": done.before.embedder.fingerprint,
        "embedded": done.embedded,
        "resumed": done.resumed,
        "seconds": round(done.seconds, 3),
    }
