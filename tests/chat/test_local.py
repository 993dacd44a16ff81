"""`--local`: the service that the bot starts itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.chat.errors import SetUpError
from bot.chat.http_backend import HttpBackend
from bot.chat.local import NAME, local_service
from bot.keys import KeyStore, Scope
from ingest.home import Home

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.services, pytest.mark.asyncio]


async def test_a_service_of_its_own(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It listens on a free port, knows the bot's key, does not inherit the token, and is gone afterwards."""
    for name, value in {"EMBEDDER": "hash", "LLM": "none", "DISCORD_TOKEN": "secret-token"}.items():
        monkeypatch.setenv(f"CAREERBOT_{name}", value)
    home = Home(own_home)
    KeyStore(home).add(NAME, [Scope.ADMIN])  # what a bot that was killed leaves behind
    async with local_service(home) as service:
        assert service.key not in repr(service)
        (key,) = KeyStore(home).all()
        assert key.name == NAME
        backend = HttpBackend(service.url, key=service.key)
        assert {check["name"] for check in await backend.ready()} >= {"index", "model"}
        assert (await backend.ingest())["status"] == "queued"
        await backend.close()
    assert KeyStore(home).all() == ()


async def test_a_service_that_does_not_start(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot ends with a line that says where to look."""
    monkeypatch.setenv("CAREERBOT_UNHEARD_OF", "1")
    with pytest.raises(SetUpError, match="bot serve"):
        async with local_service(Home(own_home)):
            pass
    assert KeyStore(Home(own_home)).all() == ()
