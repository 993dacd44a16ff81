"""`bot keys`: who may use the HTTP API."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.ask import settings_from

if TYPE_CHECKING:
    from bot.keys import KeyStore

_home = click.option(
    "--home", type=click.Path(file_okay=False, path_type=Path), help="Folder of the index. [env: CAREERBOT_HOME]"
)


@click.group()
def keys() -> None:
    """Make, list and revoke the keys of the HTTP API."""


@keys.command()
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(["ask", "admin"]), default=("ask",), show_default=True)
@click.option(
    "--secret-file",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="Accept the secret in this file as the key (Docker, systemd) instead of making one; adding it again does no harm.",
)
@_home
def add(*, name: str, scopes: tuple[str, ...], secret_file: Path | None, home: Path | None) -> None:
    """Make a key for NAME and print it: the only time it can be seen."""
    from bot.keys import Scope  # noqa: PLC0415 - `--help` must not wait

    wanted = [Scope(scope) for scope in scopes]
    if secret_file:
        accepted = _store(home).accept(name, wanted, secret_file.read_text(encoding="utf-8").strip())
        click.echo(f"key {accepted.id} for {accepted.name} ({', '.join(accepted.scopes)})", err=True)
        return
    key, text = _store(home).add(name, wanted)
    click.echo(f"key {key.id} for {name} ({', '.join(key.scopes)}); it is not shown again:", err=True)
    click.echo(text)


@keys.command("list")
@_home
def list_keys(*, home: Path | None) -> None:
    """Show the keys there are, without their secrets."""
    for key in _store(home).all():
        click.echo(f"{key.id}  {key.created}  {','.join(key.scopes):9}  {key.name}")


@keys.command()
@click.argument("identity", metavar="ID")
@_home
def revoke(*, identity: str, home: Path | None) -> None:
    """Refuse the key ID from the next request on."""
    key = _store(home).revoke(identity)
    click.echo(f"revoked {key.id} ({key.name})")


def _store(home: Path | None) -> KeyStore:
    from bot.keys import KeyStore  # noqa: PLC0415
    from ingest.home import Home  # noqa: PLC0415

    return KeyStore(Home.resolve(settings_from(home=home).home))
