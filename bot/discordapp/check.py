"""`bot discord check`: what is missing before people can ask, and how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord

from bot.chat.errors import BackendError, SetUpError, SurfaceError
from bot.discordapp.failures import surface_errors
from bot.discordapp.run import backend_of
from bot.discordapp.sync import logged_in
from bot.findings import Finding, Level

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.chat.backend import Backend
    from bot.chat.settings import DiscordSettings
    from bot.discordapp.client import CareerClient
    from ingest.home import Home

PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    embed_links=True,
    read_message_history=True,
)
"""What the bot needs in a server, and nothing else."""
SCOPES = ("bot", "applications.commands")
_FEW_STARTS = 50


def invite(application: int) -> str:
    """Return the address that invites the bot, with the fewest permissions."""
    return discord.utils.oauth_url(application, permissions=PERMISSIONS, scopes=SCOPES)


async def check(settings: DiscordSettings, home: Home) -> AsyncIterator[Finding]:
    """Yield what was found, in the order in which it is mended."""
    async for finding in _service(settings, home):
        yield finding
    try:
        async with logged_in(settings, home) as client:
            async for finding in _discord(client, settings):
                yield finding
    except SetUpError as error:
        yield Finding(level=Level.WRONG, subject="token", text=str(error))
    except SurfaceError as error:
        yield Finding(level=Level.WRONG, subject="Discord", text=str(error))


async def _service(settings: DiscordSettings, home: Home) -> AsyncIterator[Finding]:
    try:
        async with backend_of(settings, home) as backend:
            checks = await backend.ready()
            await backend.sources()
            admin = await _may_change(backend)
    except (BackendError, SetUpError) as error:
        yield Finding(level=Level.WRONG, subject="service", text=str(error))
        return
    yield Finding(level=Level.OK, subject="service", text=settings.api)
    for found in checks:
        text = found["detail"] if found["ok"] else f"{found['detail']}; see: bot doctor"
        yield Finding(level=Level.OK if found["ok"] else Level.WRONG, subject=found["name"], text=text)
    if not admin:
        text = (
            "moderators cannot change the corpus: bot keys add discord --scope ask --scope admin, as CAREERBOT_DISCORD_API_KEY"
        )
        yield Finding(level=Level.NOTE, subject="key", text=text)


async def _may_change(backend: Backend) -> bool:
    """Tell whether the service lets the bot's key do what moderators may."""
    try:
        await backend.job("0")
    except BackendError as error:
        return error.kind not in {"key-required", "forbidden"}
    return True


async def _discord(client: CareerClient, settings: DiscordSettings) -> AsyncIterator[Finding]:
    yield Finding(level=Level.OK, subject="token", text=f"belongs to {client.user}")
    application = client.application_id or 0
    yield Finding(level=Level.OK, subject="application", text=str(application))
    yield _intent(client, settings)
    yield await _starts(client)
    yield await _commands(client)
    async for finding in _guilds(client):
        yield finding
    yield Finding(level=Level.NOTE, subject="invite", text=invite(application))


def _intent(client: CareerClient, settings: DiscordSettings) -> Finding:
    flags = client.application_flags
    granted = flags.gateway_message_content or flags.gateway_message_content_limited
    if settings.message_content and not granted:
        text = "message content is asked for and not allowed: developer portal, Bot, Privileged Gateway Intents"
        return Finding(level=Level.WRONG, subject="intents", text=text)
    if granted and not settings.message_content:
        text = "message content is allowed in the developer portal and not needed; you can turn it off"
        return Finding(level=Level.NOTE, subject="intents", text=text)
    return Finding(level=Level.OK, subject="intents", text="nothing privileged" if not granted else "message content")


async def _starts(client: CareerClient) -> Finding:
    with surface_errors():
        data: Any = await client.http.request(discord.http.Route("GET", "/gateway/bot"))
    limit = data["session_start_limit"]
    level = Level.OK if limit["remaining"] > _FEW_STARTS else Level.WRONG
    return Finding(level=level, subject="connections", text=f"{limit['remaining']} of {limit['total']} left today")


async def _commands(client: CareerClient) -> Finding:
    with surface_errors():
        known = {command.name for command in await client.tree.fetch_commands()}
    wanted = {command.name for command in client.tree.get_commands()}
    if wanted - known:
        text = f"Discord does not know {', '.join(f'/{name}' for name in sorted(wanted - known))}; run: bot discord sync"
        return Finding(level=Level.WRONG, subject="commands", text=text)
    if await client.tree.digest() != client.desk.facts.get(f"commands-{client.application_id}"):
        return Finding(level=Level.NOTE, subject="commands", text="have changed since the last sync; run: bot discord sync")
    return Finding(level=Level.OK, subject="commands", text=f"{len(known)} known to Discord")


async def _guilds(client: CareerClient) -> AsyncIterator[Finding]:
    with surface_errors():
        guilds = [guild async for guild in client.fetch_guilds(limit=200)]
    if not guilds:
        yield Finding(level=Level.WRONG, subject="servers", text="the bot is in none yet; open the invite below")
    for guild in guilds:
        subject = f"server {guild.name}"
        with surface_errors():
            member = await guild.fetch_member(client.user.id if client.user else 0)
            roles = {role.id: role for role in await guild.fetch_roles()}
        held = discord.Permissions.none()
        for identity in (guild.id, *_role_ids(member)):
            if identity in roles:
                held |= roles[identity].permissions
        missing = [] if held.administrator else [name for name, wanted in PERMISSIONS if wanted and not getattr(held, name)]
        if missing:
            names = ", ".join(name.replace("_", " ") for name in missing)
            yield Finding(level=Level.WRONG, subject=subject, text=f"not permitted: {names}; open the invite below again")
        elif held.administrator:
            text = "the bot is an administrator there, which it does not need"
            yield Finding(level=Level.NOTE, subject=subject, text=text)
        else:
            yield Finding(level=Level.OK, subject=subject, text="all permissions")


def _role_ids(member: discord.Member) -> tuple[int, ...]:
    """Return the ids of a member's roles; discord.py names only those of servers it is connected to."""
    return tuple(member._roles)  # noqa: SLF001 - the public list is empty without a gateway connection
