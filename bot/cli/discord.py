"""`bot discord`: the Discord bot. `check` says what is missing, `sync` tells Discord the commands."""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.ask import settings_from
from bot.cli.findings import show
from bot.findings import Level

if TYPE_CHECKING:
    from bot.chat.settings import DiscordSettings
    from ingest.home import Home

NOT_READY = 4
_home = click.option(
    "--home", type=click.Path(file_okay=False, path_type=Path), help="Folder of the index. [env: CAREERBOT_HOME]"
)
_api = click.option("--api", metavar="URL", help="Where `bot serve` listens. [env: CAREERBOT_DISCORD_API]")


@click.group(invoke_without_command=True)
@click.option("--local", is_flag=True, help="Start the service too: everything in one command.")
@click.option("--llm", metavar="MODEL", help="With --local, as for `bot serve`. [env: CAREERBOT_LLM]")
@_api
@_home
@click.pass_context
def discord(context: click.Context, *, local: bool, llm: str | None, api: str | None, home: Path | None) -> None:
    """Run the Discord bot.

    It needs a token (CAREERBOT_DISCORD_TOKEN, or CAREERBOT_DISCORD_TOKEN_FILE) and the service: a running `bot serve`, or
    --local.
    """
    if context.invoked_subcommand is not None:
        return
    from bot.discordapp.run import run  # noqa: PLC0415 - `--help` must not wait

    options = ["--llm", llm] if llm else []
    settings, place = _settings(api), _place(home)
    _log_to_stderr()
    asyncio.run(run(settings, place, local=local, serve_options=options))


@discord.command()
@_api
@_home
def check(*, api: str | None, home: Path | None) -> None:
    """Say what is missing before people can ask, and how to mend it."""
    settings, place = _settings(api), _place(home)
    if asyncio.run(_check(settings, place)):
        sys.exit(NOT_READY)


@discord.command()
@click.option("--guild", type=int, metavar="ID", help="Only on this server, where the commands appear at once.")
@click.option("--force", is_flag=True, help="Also where nothing has changed.")
@_home
def sync(*, guild: int | None, force: bool, home: Path | None) -> None:
    """Tell Discord the commands: once, and again after an update."""
    from bot.discordapp.sync import sync as send  # noqa: PLC0415 - `--help` must not wait

    click.echo(asyncio.run(send(_settings(None), _place(home), guild=guild, force=force)))


async def _check(settings: DiscordSettings, home: Home) -> int:
    """Print the findings; return how many are wrong."""
    from bot.discordapp.check import check as findings  # noqa: PLC0415 - `--help` must not wait

    wrong = 0
    async for finding in findings(settings, home):
        wrong += finding.level is Level.WRONG
        show(finding)
    return wrong


def _settings(api: str | None) -> DiscordSettings:
    """Return the settings of the environment.

    Raises:
        click.UsageError: a variable has no valid value, or misses its name.
    """
    from pydantic import ValidationError  # noqa: PLC0415
    from pydantic_settings import SettingsError  # noqa: PLC0415

    from bot.chat.settings import PREFIX, DiscordSettings  # noqa: PLC0415

    settings_from()
    try:
        return DiscordSettings(**({"api": api} if api else {}))  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        # Never the value: it may be a secret.
        raise click.UsageError(f"{PREFIX}{'_'.join(str(part) for part in first['loc']).upper()}: {first['msg']}") from None
    except SettingsError as error:
        raise click.UsageError(f'{error}; lists are written as JSON, such as "[1, 2]"') from None


def _place(home: Path | None) -> Home:
    from ingest.home import Home  # noqa: PLC0415

    return Home.resolve(settings_from(home=home).home)


def _log_to_stderr() -> None:
    """Log to standard error. discord.py's debug lines, which hold what is sent, stay off."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("discord.client").addFilter(_in_one_line)
    for noisy in ("httpx", "httpcore", "discord.gateway", "discord.client"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _in_one_line(record: logging.LogRecord) -> bool:
    """Let a lost connection, which mends itself, be a line of the log instead of a page."""
    if record.exc_info and (error := record.exc_info[1]):
        record.msg, record.args = f"{record.getMessage()} ({type(error).__name__}: {error})", ()
        record.exc_info = record.exc_text = None
    return True
