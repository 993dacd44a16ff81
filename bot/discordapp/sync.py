"""`bot discord sync`: tell Discord which commands there are. Never done unasked: the number of syncs a day is limited."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import discord

from bot.chat.clock import RealClock
from bot.chat.database import FILE, Database
from bot.chat.desk import Desk
from bot.chat.http_backend import HttpBackend
from bot.chat.identifies import IdentifyBudget
from bot.discordapp.client import CareerClient
from bot.discordapp.failures import surface_errors
from bot.discordapp.run import start_errors, use_addresses

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.chat.settings import DiscordSettings
    from ingest.home import Home


@asynccontextmanager
async def logged_in(settings: DiscordSettings, home: Home) -> AsyncIterator[CareerClient]:
    """Yield the bot, logged in and not connected: REST works, no events come.

    Raises:
        SetUpError: there is no token, or Discord refuses it.
        SurfaceError: Discord cannot be reached.
    """
    token, clock = settings.secret_token(), RealClock()
    use_addresses(settings)
    database, backend = Database(home.path / FILE), HttpBackend(settings.api)
    try:
        desk = Desk(backend=backend, database=database, settings=settings, clock=clock)
        client = CareerClient(desk=desk, settings=settings, budget=IdentifyBudget(database, clock))
        async with client:
            with start_errors(), surface_errors():
                await client.login(token)
            yield client
    finally:
        await backend.close()
        database.close()


async def sync(settings: DiscordSettings, home: Home, *, guild: int | None = None, force: bool = False) -> str:
    """Send the commands to Discord if they have changed; return a line that says what was done.

    Args:
        settings: of the environment.
        home: where it is noted what was sent.
        guild: send them to this server alone, where they appear at once (for trying out).
        force: send them although nothing has changed.

    Raises:
        SetUpError: there is no token, or Discord refuses it.
        SurfaceError: Discord does not take them.
    """
    async with logged_in(settings, home) as client:
        fact = f"commands-{client.application_id}" + (f"-{guild}" if guild else "")
        digest = await client.tree.digest()
        if digest == client.desk.facts.get(fact) and not force:
            return "nothing has changed since the last sync (--force sends it again)"
        place = discord.Object(guild) if guild else None
        if place:
            client.tree.copy_global_to(guild=place)
        with surface_errors():
            sent = await client.tree.sync(guild=place)
        client.desk.facts.put(fact, digest)
        return f"{len(sent)} commands sent: {', '.join(f'/{command.name}' for command in sent)}"
