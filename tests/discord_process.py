"""Runs the product's own `bot discord` as a process of its own, against the emulator."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

    from discord_emulator import Emulator

COMMAND = [sys.executable, "-c", "from bot.cli.bot import main; main()", "discord"]
PREFIX = "CAREERBOT_"


def environment(emulator: Emulator, home: Path, **settings: str) -> dict[str, str]:
    """Return a bot's environment: nothing of the tester's own, the token in a file, the emulator's addresses for Discord's."""
    token = home / "token"
    token.write_text(emulator.token + "\n", encoding="utf-8")
    own = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    chosen = {"TOKEN_FILE": str(token), "REST": emulator.api, "GATEWAY": emulator.gateway.url} | settings
    return own | {"CAREERBOT_HOME": str(home)} | {f"{PREFIX}DISCORD_{name}": value for name, value in chosen.items()}


def call(emulator: Emulator, home: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run `bot discord` with arguments until it ends by itself."""
    return subprocess.run(
        [*COMMAND, *arguments],
        env=environment(emulator, home, **settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


class BotProcess:
    """The bot at work; `log` is all it has written."""

    def __init__(self, emulator: Emulator, home: Path, *arguments: str, **settings: str) -> None:
        self._emulator, self._home, self._arguments, self._settings = emulator, home, arguments, settings
        self._file = home / "bot.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """Everything on standard output and standard error, over all starts."""
        return self._file.read_text("utf-8") if self._file.exists() else ""

    @property
    def status(self) -> int | None:
        """The exit status; None while it runs."""
        assert self._process is not None
        return self._process.poll()

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def launch(self) -> BotProcess:
        """Start it."""
        with self._file.open("ab") as log:
            self._process = subprocess.Popen(
                [*COMMAND, *self._arguments],
                env=environment(self._emulator, self._home, **self._settings),
                stdout=log,
                stderr=log,
            )
        return self

    def start(self) -> BotProcess:
        """Start it and wait until it has a session."""
        before = len(self._emulator.gateway.identified)
        self.launch()

        def connected() -> bool:
            assert self.status is None, f"the bot ended with {self.status}: {self.log[-2000:]}"
            return len(self._emulator.gateway.identified) > before and bool(self._emulator.gateway.connected())

        try:
            self._emulator.until(connected, PATIENCE, "the bot connects")
        except AssertionError as error:
            self.kill()
            raise AssertionError(f"{error}\n{self.log[-3000:]}") from error
        return self

    def stop(self) -> int:
        """Ask it to stop, as systemd does; return its exit status."""
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the bot did not stop: {self.log[-3000:]}") from None

    def kill(self) -> None:
        """End it without a warning, and wait until Discord has noticed."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(PATIENCE)
        self._emulator.until(lambda: not self._emulator.gateway.connected(), what="the line of the killed bot is closed")
