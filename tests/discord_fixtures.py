"""What the tests of the Discord bot share: the emulator, which fails a test whose traffic was not as Discord describes it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from discord_emulator import Emulator, Server
    from discord_process import BotProcess
    from discord_service import ScriptedService

DESCRIPTION = Path(__file__).parent.parent.parent / "shared" / "specs" / "discord-openapi.json"


def description() -> Path | None:
    """Return Discord's description of its API; None where it is not on this machine."""
    return DESCRIPTION if DESCRIPTION.is_file() else None


@pytest.fixture
def tolerant_discord(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """Yield an emulator that discord.py talks to; what breaks the rules is noted and left to the test."""
    import yarl  # noqa: PLC0415 - discord.py and its server take a second to import, and only these tests need them
    from discord.gateway import DiscordWebSocket  # noqa: PLC0415
    from discord.http import Route  # noqa: PLC0415
    from discord_emulator import Emulator  # noqa: PLC0415

    with Emulator(description()) as emulator:
        monkeypatch.setattr(Route, "BASE", emulator.api)
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(emulator.gateway.url))
        yield emulator


@pytest.fixture
def discord_server(tolerant_discord: Emulator) -> Iterator[Emulator]:
    """Yield an emulator; the test fails if a request or an answer was not as Discord describes it, or broke a limit."""
    yield tolerant_discord
    tolerant_discord.check()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A Discord, the bot on it, and the scripted service behind the bot."""

    emulator: Emulator
    service: ScriptedService
    home: Server
    """The server whose moderators may change the corpus."""
    folder: Path
    settings: dict[str, str]
    """Of the bot, for a test that starts one itself."""
    bot: BotProcess


@pytest.fixture(scope="module")
def shared_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Yield a stage with a running bot that the tests of a file use one after the other."""
    from discord_process import call  # noqa: PLC0415 - see above

    with empty_stage(tmp_path_factory.mktemp("discord")) as stage:
        done = call(stage.emulator, stage.folder, "sync", **stage.settings)
        assert done.returncode == 0, done.stderr
        stage.bot.start()
        yield stage
        if stage.bot.status is None:
            stage.bot.stop()


@pytest.fixture
def stage(shared_stage: Stage) -> Iterator[Stage]:
    """Yield the stage of this file; a test fails if Discord was wronged, or an error, a question or the token was logged."""
    shared_stage.emulator.rest.violations.clear()
    before = len(shared_stage.bot.log)
    yield shared_stage
    shared_stage.service.release()
    shared_stage.service.pause = 0.0
    shared_stage.emulator.faults.planned.clear()
    shared_stage.emulator.check()
    log = shared_stage.bot.log[before:]
    assert "Traceback" not in log, log
    assert shared_stage.emulator.token not in log
    assert "computer vision" not in log, "questions are not logged"
    assert shared_stage.bot.status is None, log


@pytest.fixture
def own_stage(tmp_path: Path) -> Iterator[Stage]:
    """Yield a stage for one test, with the bot not started yet."""
    with empty_stage(tmp_path) as stage:
        yield stage
        if stage.bot.running:
            stage.bot.stop()
        stage.emulator.check()
        assert stage.emulator.token not in stage.bot.log


@pytest.fixture
def cafe(stage: Stage) -> Server:
    """Return a new server with the bot on it, so that no test meets another's rate limits or settings."""
    return stage.emulator.guild()


@contextmanager
def empty_stage(folder: Path) -> Iterator[Stage]:
    """Yield a stage with a server of its own, the bot not started."""
    from discord_emulator import Emulator  # noqa: PLC0415 - see above
    from discord_process import BotProcess  # noqa: PLC0415
    from discord_service import ADMIN_KEY, ScriptedService  # noqa: PLC0415

    with Emulator(description()) as emulator, ScriptedService() as service:
        home = emulator.guild("Home")
        settings = {"API": service.url, "API_KEY": ADMIN_KEY, "HOME_GUILDS": f"[{home.id}]"}
        bot = BotProcess(emulator, folder, **settings)
        yield Stage(emulator=emulator, service=service, home=home, folder=folder, settings=settings, bot=bot)
