"""`bot serve`: the HTTP API and the page."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bot.api.settings import DEFAULT_PORT, ServeSettings
from bot.cli.ask import settings_from


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True, help="0 takes a free one.")
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="Folder of the index. [env: CAREERBOT_HOME]")
@click.option("--llm", metavar="MODEL", help="As for `ask`. [env: CAREERBOT_LLM]")
@click.option("--embedder", metavar="MODEL", help="As for `ask`. [env: CAREERBOT_EMBEDDER]")
@click.option(
    "--workers", type=click.IntRange(1, 16), default=1, show_default=True, help="Web processes; the model has its own."
)
@click.option(
    "--waiting", type=click.IntRange(0, 500), default=16, show_default=True, help="Questions that may wait for the model."
)
@click.option(
    "--deadline", type=click.FloatRange(1, 3600), default=120.0, show_default=True, help="Seconds an answer may take."
)
@click.option(
    "--drain", type=click.FloatRange(1, 600), default=30.0, show_default=True, help="Seconds to finish after SIGTERM."
)
@click.option("--rate", metavar="N/PERIOD", help='Questions of one key or address; "30/minute" unless on localhost.')
@click.option("--public", is_flag=True, help="Answer anybody who can reach the address, without a key.")
@click.option(
    "--ingest-root", multiple=True, type=click.Path(exists=True, path_type=Path), help="Folder that POST /v1/ingest may read."
)
@click.option("--cors-origin", multiple=True, metavar="ORIGIN", help="Web site whose pages may call the API.")
@click.option("--trusted-proxies", metavar="ADDRESSES", help="Whose X-Forwarded-For to believe, separated by commas.")
@click.option("--log-questions", is_flag=True, help="Write what is asked into the log.")
def serve(*, home: Path | None, llm: str | None, embedder: str | None, rate: str | None, **options: object) -> None:
    """Answer over HTTP: an API for other programs and a page to ask on.

    On localhost it is open. Elsewhere it wants a key (see `bot keys`), or --public.
    """
    from bot.api.service import serve as run  # noqa: PLC0415 - heavy

    bot = settings_from(home=home, llm=llm, embedder=embedder)
    settings = _settings(rate=_checked(rate), **options)  # type: ignore[arg-type]
    _refuse_unless_guarded(settings, bot.home)
    sys.exit(run(settings, bot, started=lambda address: click.echo(f"careerbot listens on {address}")))


def _settings(*, ingest_root: tuple[Path, ...], cors_origin: tuple[str, ...], **options: object) -> ServeSettings:
    return ServeSettings(ingest_roots=ingest_root, cors_origins=cors_origin, **options)  # type: ignore[arg-type]


def _checked(rate: str | None) -> str | None:
    from limits import parse  # noqa: PLC0415 - `--help` must not wait

    if rate is None:
        return None
    try:
        parse(rate)
    except ValueError as error:
        raise click.BadParameter(f'{rate!r} is not a rate such as "30/minute"', param_hint="--rate") from error
    return rate


def _refuse_unless_guarded(settings: ServeSettings, home: Path | None) -> None:
    from bot.keys import KeyStore  # noqa: PLC0415
    from ingest.home import Home  # noqa: PLC0415

    if not settings.open and not KeyStore(Home.resolve(home)).all():
        raise click.UsageError(
            f"{settings.host} can be reached by others and there is no key: make one with `bot keys add NAME`,"
            " or let everybody ask with --public"
        )
