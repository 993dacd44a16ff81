"""The JSON of what exists, as Discord writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord_emulator.permissions import permissions
from discord_emulator.values import ChannelKind

if TYPE_CHECKING:
    from discord_emulator.errors import Json
    from discord_emulator.values import Account, Channel, Guild, Member, Role


def user_json(account: Account) -> Json:
    """Return a user as others see it."""
    return {
        "id": account.id,
        "username": account.name.lower().replace(" ", "_"),
        "global_name": None if account.bot else account.name,
        "avatar": None,
        "discriminator": "0001" if account.bot else "0",
        "public_flags": 0,
        "flags": 0,
        "bot": account.bot,
        "primary_guild": None,
    }


def self_json(account: Account) -> Json:
    """Return the bot's user as it sees itself."""
    return user_json(account) | {"mfa_enabled": True, "locale": account.locale, "verified": True, "email": None}


def member_json(member: Member) -> Json:
    """Return a member of a server."""
    return {
        "user": user_json(member.account),
        "nick": member.nick,
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None,
        "flags": 0,
        "joined_at": member.joined,
        "pending": False,
        "premium_since": None,
        "roles": [role.id for role in member.roles],
        "mute": False,
        "deaf": False,
    }


def role_json(role: Role, position: int) -> Json:
    """Return a role."""
    colours = {"primary_color": 0, "secondary_color": None, "tertiary_color": None}
    return {
        "id": role.id,
        "name": role.name,
        "description": None,
        "permissions": str(int(role.permissions)),
        "position": position,
        "color": 0,
        "colors": colours,
        "hoist": False,
        "managed": role.managed,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def channel_json(channel: Channel) -> Json:
    """Return a channel, a thread or a conversation of two."""
    shared = {
        "id": channel.id,
        "type": int(channel.kind),
        "flags": 0,
        "last_message_id": next(reversed(channel.messages), None),
    }
    if channel.kind is ChannelKind.DIRECT:
        assert channel.recipient is not None
        return shared | {"recipients": [user_json(channel.recipient)]}
    assert channel.guild is not None
    named = shared | {"guild_id": channel.guild.id, "name": channel.name, "rate_limit_per_user": 0}
    return named | (_thread_json(channel) if channel.kind is ChannelKind.THREAD else _text_channel_json(channel, channel.guild))


def _text_channel_json(channel: Channel, guild: Guild) -> Json:
    overwrites = [
        {"id": id_, "type": int(id_ in guild.members), "allow": str(allow), "deny": str(deny)}
        for id_, (allow, deny) in channel.overwrites.items()
    ]
    position = list(guild.channels).index(channel.id)
    return {
        "position": position,
        "permission_overwrites": overwrites,
        "nsfw": False,
        "parent_id": None,
        "topic": None,
        "last_pin_timestamp": None,
    }


def _thread_json(channel: Channel) -> Json:
    assert channel.parent is not None
    assert channel.owner is not None
    spoken = len(channel.messages)
    metadata = {
        "archived": channel.archived,
        "archive_timestamp": channel.created,
        "auto_archive_duration": 1440,
        "locked": False,
        "create_timestamp": channel.created,
    }
    return {
        "parent_id": channel.parent.id,
        "owner_id": channel.owner.id,
        "thread_metadata": metadata,
        "message_count": spoken,
        "total_message_sent": spoken,
        "member_count": len(channel.joined),
    }


def thread_member_json(channel: Channel, account: Account) -> Json:
    """Return an account's part in a thread."""
    return {"id": channel.id, "user_id": account.id, "join_timestamp": channel.created, "flags": 0}


def guild_json(guild: Guild) -> Json:
    """Return a server."""
    return {
        "id": guild.id,
        "name": guild.name,
        "icon": None,
        "description": None,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "features": [],
        "banner": None,
        "owner_id": guild.owner.id,
        "application_id": None,
        "region": "rotterdam",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 0,
        "roles": [role_json(role, position) for position, role in enumerate([guild.everyone, *guild.roles])],
        "default_message_notifications": 0,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 250_000,
        "max_stage_video_channel_users": 0,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": guild.locale,
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [],
        "stickers": [],
        "incidents_data": None,
    }


def arriving_guild_json(guild: Guild, bot: Account) -> Json:
    """Return a server as the gateway introduces it: with its channels and threads, and of its members the bot alone."""
    visible = [channel for channel in guild.channels.values() if permissions(guild, bot, channel) & 1 << 10]
    threads = [
        channel_json(channel) | {"member": thread_member_json(channel, bot)}
        for channel in visible
        if channel.kind is ChannelKind.THREAD and not channel.archived
    ]
    return guild_json(guild) | {
        "joined_at": guild.members[bot.id].joined,
        "large": False,
        "unavailable": False,
        "member_count": len(guild.members),
        "voice_states": [],
        "members": [member_json(guild.members[bot.id])],
        "channels": [channel_json(channel) for channel in visible if channel.kind is ChannelKind.TEXT],
        "threads": threads,
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }
