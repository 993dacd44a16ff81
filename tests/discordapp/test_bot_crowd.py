"""Twenty people ask at once, with the real bundled models, while everything goes wrong that can."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest
from discord_answers import finals, is_final
from discord_emulator import Emulator, Fault, Refusal
from discord_fixtures import description
from discord_process import BotProcess, call
from invented_corpus import FILES
from patience import PATIENCE as WAIT
from patience import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from discord_emulator import Asked, Server
    from discord_fixtures import Stage

PEOPLE = 20
PATIENCE = 420.0
"""Seconds for twenty answers on two cores that others use too."""
QUESTIONS = (
    "How did Nora Vale become a robotics engineer?",
    "Which programming language should a beginner learn?",
    "How do I write a CV?",
    "¿Cómo llegó Nora Vale a la robótica?",
    "What does a beekeeper earn?",
)


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """Run `bot serve` over the invented corpus with the bundled models; yield its address once it can answer."""
    texts = home / "texts"
    texts.mkdir()
    for name, text in FILES.items():
        (texts / name).write_text(text, encoding="utf-8")
    sync = [sys.executable, "-c", "from ingest.cli import main; main()", "sync", "--quiet", "--home", str(home)]
    subprocess.run([*sync, str(texts)], check=True)
    command = [sys.executable, "-c", "from bot.cli.bot import main; main()", "serve", "--port", "0", "--home", str(home)]
    log = home / "serve.log"
    with log.open("wb") as errors, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found, log.read_text("utf-8")
            _until_ready(found[0])
            yield found[0]
        finally:
            process.terminate()
            process.wait(WAIT)


def _until_ready(url: str) -> None:
    with httpx.Client(base_url=url, transport=httpx.HTTPTransport(retries=5), timeout=WAIT) as client:
        until(lambda: client.get("/readyz").status_code == httpx.codes.OK, lambda: client.get("/readyz").text)


def ask(server: Server, numbers: range) -> list[Asked]:
    """Let so many people ask at the same time."""
    people = [server.user(f"Person {n}") for n in numbers]
    return [person.slash("ask", question=QUESTIONS[n % len(QUESTIONS)]) for n, person in zip(numbers, people, strict=True)]


def survive(emulator: Emulator, server: Server, bot: BotProcess) -> list[float]:
    """Have twenty people ask while the line breaks, Discord refuses and fails, and the bot is restarted.

    Returns:
        The seconds until each was acknowledged, ascending.
    """
    asked = ask(server, range(PEOPLE // 2))
    emulator.drop()
    asked += ask(server, range(PEOPLE // 2, PEOPLE))
    emulator.plan(Fault(path="/webhooks/*", does=Refusal(retry_after=0.5), times=12))
    emulator.plan(Fault(path="/webhooks/*", does=503, times=6, skip=20))
    for one in asked:
        one.acknowledged()
    emulator.until(lambda: len(finals(server)) >= PEOPLE // 4, PATIENCE, "the first answers")
    assert bot.stop() == 0
    assert len(finals(server)) < PEOPLE, "the restart came too late to be a test"
    bot.start()
    emulator.until(
        lambda: len(finals(server)) >= PEOPLE, PATIENCE, lambda: f"only {len(finals(server))} answers: {bot.log[-2000:]}"
    )
    time.sleep(3)
    assert len(finals(server)) == PEOPLE
    assert all(len(list(filter(is_final, one.messages))) == 1 for one in asked)
    assert len(emulator.gateway.resumed) >= 1
    return sorted(one.acknowledged_after or 0.0 for one in asked)


@pytest.mark.services
def test_a_crowd_loses_and_doubles_nothing(own_stage: Stage) -> None:
    """Each is acknowledged in time and gets exactly one answer through a lost line, 429, 503 and a restart."""
    assert call(own_stage.emulator, own_stage.folder, "sync", **own_stage.settings).returncode == 0
    own_stage.service.pause = 0.5
    own_stage.bot.start()
    survive(own_stage.emulator, own_stage.home, own_stage.bot)
    assert "Traceback" not in own_stage.bot.log


@pytest.mark.models
@pytest.mark.services
def test_a_crowd_loses_and_doubles_nothing_with_the_real_model(tmp_path: Path) -> None:
    """The same with the bundled models behind it; prints how long an acknowledgement took."""
    home = tmp_path / "home"
    home.mkdir()
    with serving(home) as url, Emulator(description()) as emulator:
        server = emulator.guild()
        assert call(emulator, home, "sync", API=url).returncode == 0
        bot = BotProcess(emulator, home, API=url).start()
        began = time.monotonic()
        try:
            delays = survive(emulator, server, bot)
        finally:
            if bot.running:
                bot.stop()
        took = time.monotonic() - began
    print(f"acknowledged: median {delays[PEOPLE // 2]:.3f} s, p99 {delays[-1]:.3f} s; {PEOPLE} answers in {took:.0f} s")  # noqa: T201
    emulator.check()
    assert emulator.token not in bot.log
    assert "Traceback" not in bot.log, bot.log[-3000:]
