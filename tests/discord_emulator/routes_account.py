"""The bot's own account, its servers and its commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from discord_emulator.errors import MISSING_ACCESS, UNKNOWN_COMMAND, UNKNOWN_GUILD, UNKNOWN_MEMBER, ApiError
from discord_emulator.payloads import channel_json, guild_json, member_json, role_json, self_json, user_json
from discord_emulator.values import ChannelKind

if TYPE_CHECKING:
    from discord_emulator.errors import Json
    from discord_emulator.gateway import Gateway
    from discord_emulator.rest import Call, Handler
    from discord_emulator.values import Guild
    from discord_emulator.world import World

Answer = tuple[int, Any]


def account_handlers(gateway: Gateway) -> dict[tuple[str, str], Handler]:
    """Return the handlers; those of the gateway's address and the application need the gateway."""

    def gateway_address(_: World, __: Call) -> Answer:
        limit = {"total": 1_000, "remaining": max(0, gateway.identifies_left), "reset_after": 86_400_000, "max_concurrency": 1}
        return 200, {"url": gateway.url, "shards": 1, "session_start_limit": limit}

    def application(world: World, _: Call) -> Answer:
        return 200, application_json(world, gateway.application_flags)

    return HANDLERS | {("GET", "/gateway/bot"): gateway_address, ("GET", "/oauth2/applications/@me"): application}


def application_json(world: World, flags: int) -> Json:
    """Return the application as its bot sees it."""
    return {
        "id": world.bot.id,
        "name": world.bot.name,
        "icon": None,
        "description": "",
        "type": None,
        "bot": user_json(world.bot),
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": flags,
        "flags_new": str(flags),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user_json(world.owner),
        "team": None,
        "approximate_guild_count": len(world.guilds),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "event_webhooks_url": None,
        "event_webhooks_status": 1,
        "event_webhooks_types": [],
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": [],
        "integration_types_config": {"0": {}},
        "tags": [],
    }


def _me(world: World, _: Call) -> Answer:
    return 200, self_json(world.bot)


def _my_guilds(world: World, call: Call) -> Answer:
    mine = [guild for guild in world.guilds.values() if world.bot.id in guild.members]
    shown: list[Json] = [
        {"id": g.id, "name": g.name, "icon": None, "banner": None, "owner": False, "permissions": "0", "features": []}
        for g in mine
    ]
    return 200, shown[: int(call.query.get("limit", 200))]


def _guild(world: World, call: Call) -> Guild:
    found = world.guilds.get(call.parameters["guild_id"])
    if found is None:
        raise ApiError(*UNKNOWN_GUILD)
    if world.bot.id not in found.members:
        raise ApiError(*MISSING_ACCESS)
    return found


def _show_guild(world: World, call: Call) -> Answer:
    return 200, guild_json(_guild(world, call))


def _channels(world: World, call: Call) -> Answer:
    channels = _guild(world, call).channels.values()
    return 200, [channel_json(channel) for channel in channels if channel.kind is ChannelKind.TEXT]


def _roles(world: World, call: Call) -> Answer:
    guild = _guild(world, call)
    return 200, [role_json(role, position) for position, role in enumerate([guild.everyone, *guild.roles])]


def _member(world: World, call: Call) -> Answer:
    members = _guild(world, call).members
    id_ = call.parameters["user_id"]
    if (found := members.get(world.bot.id if id_ == "@me" else id_)) is None:
        raise ApiError(*UNKNOWN_MEMBER)
    return 200, member_json(found)


def _commands(world: World, call: Call) -> Answer:
    return 200, world.commands.get(call.parameters.get("guild_id"), [])


def _set_commands(world: World, call: Call) -> Answer:
    scope = call.parameters.get("guild_id")
    if scope is not None:
        _guild(world, call)
    before = {command["name"]: command["id"] for command in world.commands.get(scope, [])}
    world.commands[scope] = [_command(world, body, scope, before.get(body["name"])) for body in call.body]
    world.command_writes += 1
    return 200, world.commands[scope]


def _command(world: World, body: Json, scope: str | None, id_: str | None) -> Json:
    given = {key: value for key, value in body.items() if value is not None or key == "default_member_permissions"}
    filled = {"type": 1, "description": "", "default_member_permissions": None, "nsfw": False} | given
    if filled["default_member_permissions"] is not None:
        filled["default_member_permissions"] = str(filled["default_member_permissions"])
    where = {"guild_id": scope} if scope else {}
    identity = {"id": id_ or world.clock.snowflake(), "application_id": world.bot.id, "version": world.clock.snowflake()}
    return filled | identity | where


def _command_permissions(world: World, call: Call) -> Answer:
    _guild(world, call)
    if call.parameters.get("command_id") is None:
        return 200, []
    raise ApiError(*UNKNOWN_COMMAND)


HANDLERS: dict[tuple[str, str], Handler] = {
    ("GET", "/users/@me"): _me,
    ("GET", "/users/@me/guilds"): _my_guilds,
    ("GET", "/guilds/{guild_id}"): _show_guild,
    ("GET", "/guilds/{guild_id}/channels"): _channels,
    ("GET", "/guilds/{guild_id}/roles"): _roles,
    ("GET", "/guilds/{guild_id}/members/{user_id}"): _member,
    ("GET", "/applications/{application_id}/commands"): _commands,
    ("PUT", "/applications/{application_id}/commands"): _set_commands,
    ("GET", "/applications/{application_id}/guilds/{guild_id}/commands"): _commands,
    ("PUT", "/applications/{application_id}/guilds/{guild_id}/commands"): _set_commands,
    ("GET", "/applications/{application_id}/guilds/{guild_id}/commands/permissions"): _command_permissions,
}
