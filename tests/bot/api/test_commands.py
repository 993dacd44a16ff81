"""`bot serve` and `bot keys`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from bot.api import service
from bot.cli.bot import bot
from bot.keys import KeyStore, Scope
from ingest.home import Home

if TYPE_CHECKING:
    from pathlib import Path

    from bot.api.settings import ServeSettings

EVERYWHERE = "0.0.0.0"  # noqa: S104 - nothing is bound


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[ServeSettings]:
    """Return the settings of every service that would have been started."""
    found: list[ServeSettings] = []

    def serve(settings: ServeSettings, _: Any, *, started: Any) -> int:
        found.append(settings)
        started("http://127.0.0.1:1")
        return 0

    monkeypatch.setattr(service, "serve", serve)
    return found


def run(*arguments: str) -> Any:
    """Run `bot` with these arguments."""
    return CliRunner().invoke(bot, arguments)


def test_serving_here_needs_nothing(served: list[ServeSettings], tmp_path: Path) -> None:
    """On localhost the service starts as it is and says where."""
    result = run("serve", "--home", str(tmp_path), "--rate", "5/second", "--ingest-root", str(tmp_path))
    assert result.exit_code == 0
    assert "http://127.0.0.1:1" in result.output
    assert (served[0].open, served[0].rate, served[0].ingest_roots) == (True, "5/second", (tmp_path,))


def test_serving_elsewhere_needs_a_key_or_a_word(served: list[ServeSettings], tmp_path: Path) -> None:
    """Others can reach it: without a key, `--public` has to be said."""
    refused = run("serve", "--home", str(tmp_path), "--host", EVERYWHERE)
    assert refused.exit_code == 2
    assert "bot keys add" in refused.output
    assert served == []
    assert run("serve", "--home", str(tmp_path), "--host", EVERYWHERE, "--public").exit_code == 0
    KeyStore(Home(tmp_path)).add("one", [Scope.ASK])
    assert run("serve", "--home", str(tmp_path), "--host", EVERYWHERE).exit_code == 0
    assert [settings.open for settings in served] == [True, False]


def test_a_rate_that_is_none_is_refused(served: list[ServeSettings]) -> None:
    """The message shows how a rate is written."""
    result = run("serve", "--rate", "often")
    assert (result.exit_code, served) == (2, [])
    assert "30/minute" in result.output


def test_keys_are_made_listed_and_revoked(tmp_path: Path) -> None:
    """The text of a key is shown once, alone on standard output; lists do not show it."""
    home = ("--home", str(tmp_path))
    made = run("keys", "add", "page", "--scope", "ask", "--scope", "admin", *home)
    text = made.stdout.strip()
    key = KeyStore(Home(tmp_path)).find(text)
    assert key is not None
    assert key.scopes == (Scope.ASK, Scope.ADMIN)
    listed = run("keys", "list", *home).output
    assert key.id in listed
    assert text not in listed
    assert run("keys", "revoke", key.id, *home).exit_code == 0
    assert run("keys", "list", *home).output == ""
    assert run("keys", "revoke", key.id, *home).exit_code != 0


def test_a_secret_made_elsewhere_becomes_a_key_once(tmp_path: Path) -> None:
    """Containers add their secret at every start; a secret that could be guessed is refused."""
    home = ("--home", str(tmp_path / "home"))
    secret = tmp_path / "secret"
    secret.write_text("only-for-this-test-0123456789-abcdefghij\n")
    for _ in range(2):
        assert run("keys", "add", "compose", "--scope", "admin", "--secret-file", str(secret), *home).exit_code == 0
    assert run("keys", "list", *home).output.count("compose") == 1
    found = KeyStore(Home(tmp_path / "home")).find("only-for-this-test-0123456789-abcdefghij")
    assert found is not None
    assert found.scopes == (Scope.ADMIN,)
    secret.write_text("hunter2")
    refused = run("keys", "add", "compose", "--secret-file", str(secret), *home)
    assert refused.exit_code != 0
