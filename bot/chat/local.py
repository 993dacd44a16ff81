"""`--local`: the bot starts the service itself, on a free port of this machine, and talks to it as to any other.

There is one path for everything: what works against `bot serve` works here.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.chat.errors import SetUpError
from bot.keys import KeyStore, Scope

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from ingest.home import Home

NAME = "bot discord --local"
START_SECONDS = 60.0
STOP_SECONDS = 40.0
_PROGRAM = "from bot.cli.bot import main; main()"
_ADDRESS = re.compile(rb"http://\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalService:
    """Where the service listens, and the key that its bot was given."""

    url: str
    key: str = field(repr=False)


@asynccontextmanager
async def local_service(home: Home, options: Sequence[str] = ()) -> AsyncIterator[LocalService]:
    """Run a service of its own for as long as the context lasts.

    Args:
        home: the folder of the index.
        options: further options of `bot serve`.

    Raises:
        SetUpError: it does not start.
    """
    keys = KeyStore(home)
    for key in keys.all():
        # What a crashed bot left behind.
        if key.name == NAME:
            keys.revoke(key.id)
    key, text = keys.add(NAME, [Scope.ASK, Scope.ADMIN])
    try:
        # A group of its own: Ctrl-C reaches the bot alone, which then lets the service finish.
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            _PROGRAM,
            "serve",
            "--port",
            "0",
            "--home",
            str(home.path),
            *options,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            env={name: value for name, value in os.environ.items() if not name.startswith("CAREERBOT_DISCORD_")},
            start_new_session=True,
        )
        try:
            yield LocalService(url=await _address(process), key=text)
        finally:
            await _end(process)
    finally:
        keys.revoke(key.id)


async def _address(process: asyncio.subprocess.Process) -> str:
    if process.stdout is None:
        raise SetUpError("the service cannot be started")
    line = b""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(START_SECONDS):
            line = await process.stdout.readline()
    found = _ADDRESS.search(line)
    if found is None:
        raise SetUpError("the service did not start; its own line above says why, or try: bot serve")
    return found[0].decode()


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
