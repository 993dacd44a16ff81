"""The JSON of interactions: commands with their options as Discord's client sends them, clicks and forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from discord_emulator.payloads import channel_json, guild_json, member_json, role_json, user_json
from discord_emulator.seen import NotOfferedError
from discord_emulator.values import InteractionKind

if TYPE_CHECKING:
    from discord_emulator.errors import Json
    from discord_emulator.values import Channel, Guild, Interaction
    from discord_emulator.world import World

SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, NUMBER = 1, 2, 3, 4, 5, 6, 7, 8, 10
IN_GUILD, IN_DIRECT = 0, 1
LABELLED = 18


def offered(commands: dict[str | None, list[Json]], guild: Guild | None, own: int) -> dict[str, Json]:
    """Return the commands that a person is offered: those of the server before the global ones, as far as permitted."""
    listed = [*commands[None], *(commands.get(guild.id, []) if guild else [])]
    found = {}
    for command in listed:
        contexts = command.get("contexts")
        here = IN_GUILD if guild else IN_DIRECT
        if contexts is not None and here not in contexts:
            continue
        if guild is None and contexts is None and not command.get("dm_permission", True):
            continue
        if guild is not None and not guild.opened and not _permitted(command["default_member_permissions"], own):
            continue
        found[command["name"]] = command
    return found


def _permitted(needed: str | None, own: int) -> bool:
    """Return whether somebody with these permissions is offered a command; "0" is for administrators alone."""
    if needed is None or own & 1 << 3:
        return True
    return int(needed) != 0 and own & int(needed) == int(needed)


def command_data(commands: dict[str, Json], name: str, options: Json, world: World, typing: str | None = None) -> Json:
    """Return the data of a command as it is sent.

    Raises:
        NotOfferedError: there is no such command or option, a required one is missing, or a value does not fit.
    """
    first, *rest = name.split()
    if first not in commands:
        raise NotOfferedError(f"there is no command /{first}; there are {sorted(commands)}")
    command = commands[first]
    resolved: Json = {}
    used = _used(command, rest)
    given = _options(used[-1], options, world, resolved, typing)
    for holder in reversed(used[1:]):
        given = [{"type": holder["type"], "name": holder["name"], "options": given}]
    shown = {"id": command["id"], "name": first, "type": 1, "options": given}
    shown |= {"resolved": resolved} if resolved else {}
    return shown | ({"guild_id": command["guild_id"]} if "guild_id" in command else {})


def _used(command: Json, path: list[str]) -> list[Json]:
    """Return the command and the groups and subcommands inside it that a path names."""
    used = [command]
    for name in path:
        known = {option["name"]: option for option in used[-1].get("options") or [] if option["type"] in {SUBCOMMAND, GROUP}}
        if name not in known:
            raise NotOfferedError(f"/{used[-1]['name']} has no {name}; it has {sorted(known)}")
        used.append(known[name])
    return used


def _options(holder: Json, options: Json, world: World, resolved: Json, typing: str | None) -> list[Json]:
    known = {option["name"]: option for option in holder.get("options") or []}
    if any(option["type"] in {SUBCOMMAND, GROUP} for option in known.values()):
        raise NotOfferedError(f"/{holder['name']} needs one of {sorted(known)}")
    missing = [option for option in known if known[option].get("required") and option not in options]
    if (missing and typing is None) or set(options) - set(known):
        raise NotOfferedError(f"/{holder['name']}: missing {missing}, unknown {sorted(set(options) - set(known))}")
    given = [_option(known[key], value, world, resolved) for key, value in options.items()]
    for option in given:
        if option["name"] == typing:
            option["focused"] = True
    return given


def _option(option: Json, value: Any, world: World, resolved: Json) -> Json:
    kind = option["type"]
    if kind == STRING:
        _check_string(option, value)
    elif kind in {INTEGER, NUMBER} and not option.get("min_value", value) <= value <= option.get("max_value", value):
        raise NotOfferedError(f"{option['name']} does not allow {value}")
    elif kind == USER:
        resolved.setdefault("users", {})[value] = user_json(world.accounts[value])
    elif kind == CHANNEL:
        # A channel that the bot cannot see is resolved all the same, with the little that is needed to name it.
        channel = world.channels[value]
        few = {key: channel_json(channel)[key] for key in ("id", "type", "name", "guild_id")}
        resolved.setdefault("channels", {})[value] = few | {"permissions": "0", "parent_id": None}
    elif kind == ROLE:
        roles = [role for guild in world.guilds.values() for role in (guild.everyone, *guild.roles) if role.id == value]
        resolved.setdefault("roles", {})[value] = role_json(roles[0], 1)
    return {"type": kind, "name": option["name"], "value": value}


def _check_string(option: Json, value: str) -> None:
    choices = [choice["value"] for choice in option.get("choices") or []]
    fits = option.get("min_length", 0) <= len(value) <= option.get("max_length", 6_000)
    if (choices and value not in choices) or not fits:
        raise NotOfferedError(f"{option['name']} does not allow {value!r}; choices: {choices}")


def form_data(form: Json, values: dict[str, str]) -> Json:
    """Return the data of a filled-in form.

    Raises:
        NotOfferedError: a field is unknown, too long, or required and empty.
    """
    remaining = dict(values)
    rows = [_filled(row, remaining, alone=len(form["components"]) == 1) for row in form["components"]]
    if remaining:
        raise NotOfferedError(f"the form has no {sorted(remaining)}")
    return {"custom_id": form["custom_id"], "components": rows}


def _filled(row: Json, remaining: dict[str, str], *, alone: bool) -> Json:
    labelled = row["type"] == LABELLED
    item = row["component"] if labelled else row["components"][0]
    names = [item["custom_id"], row.get("label") if labelled else item.get("label"), "text" if alone else None]
    value = next((remaining.pop(name) for name in names if name and name in remaining), item.get("value") or "")
    if (item.get("required", True) and not value) or len(value) > item.get("max_length", 4_000):
        raise NotOfferedError(f"{names[1]} is empty or too long")
    filled = {"type": item["type"], "custom_id": item["custom_id"], "value": value, "id": 2}
    return {"type": row["type"], "id": 1, **({"component": filled} if labelled else {"components": [filled]})}


def metadata(interaction: Interaction, user: Json) -> Json:
    """Return what messages that answer an interaction say about it."""
    guild = interaction.channel.guild
    shared = {
        "id": interaction.id,
        "type": int(interaction.kind),
        "user": user,
        "authorizing_integration_owners": _owners(guild),
    }
    if interaction.kind is InteractionKind.COMPONENT and interaction.source:
        return shared | {"interacted_message_id": interaction.source.id}
    return shared


def payload(interaction: Interaction, application_id: str, own: int, bots: int) -> Json:
    """Return an interaction as the gateway tells it.

    Args:
        interaction: the interaction.
        application_id: the bot's id.
        own: the permissions of the person in the channel.
        bots: the permissions of the bot in the channel.
    """
    channel = interaction.channel
    said: Json = {
        "id": interaction.id,
        "application_id": application_id,
        "type": int(interaction.kind),
        "token": interaction.token,
        "version": 1,
        "data": interaction.data,
        "channel_id": channel.id,
        "channel": channel_json(channel) | {"permissions": str(own)},
        "locale": interaction.account.locale,
        "entitlements": [],
        "app_permissions": str(int(bots)),
        "authorizing_integration_owners": _owners(channel.guild),
        "context": IN_GUILD if channel.guild else IN_DIRECT,
        "attachment_size_limit": 10_485_760,
    }
    if interaction.source is not None:
        said["message"] = interaction.source.data
    return said | (_guild_part(interaction, channel, own) if channel.guild else {"user": user_json(interaction.account)})


def _guild_part(interaction: Interaction, channel: Channel, own: int) -> Json:
    guild = channel.guild
    assert guild is not None
    whole = guild_json(guild)
    return {
        "guild_id": guild.id,
        "guild": {"id": guild.id, "locale": guild.locale, "features": whole["features"]},
        "guild_locale": guild.locale,
        "member": member_json(guild.members[interaction.account.id]) | {"permissions": str(int(own))},
    }


def _owners(guild: Guild | None) -> dict[str, str]:
    return {"0": guild.id if guild else "0"}
