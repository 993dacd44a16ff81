"""Who may do what in a channel, as Discord computes it from roles and overwrites."""

from __future__ import annotations

from enum import IntFlag
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from discord_emulator.values import Account, Channel, Guild


class Permission(IntFlag):
    """The permissions that matter to a bot that answers questions."""

    ADMINISTRATOR = 1 << 3
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38


ALL = (1 << 52) - 1
MEMBERS = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.READ_MESSAGE_HISTORY
    | Permission.ADD_REACTIONS
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
)
"""What everybody may do on a new server."""


def permissions(guild: Guild, account: Account, channel: Channel | None = None) -> int:
    """Return the permissions of a member, in a channel or on the server at large."""
    if account.id == guild.owner.id:
        return ALL
    member = guild.members[account.id]
    granted = guild.everyone.permissions
    for role in member.roles:
        granted |= role.permissions
    if granted & Permission.ADMINISTRATOR:
        return ALL
    if channel is None:
        return granted
    overwrites = (channel.parent or channel).overwrites
    for ids in ({guild.id}, {role.id for role in member.roles}, {account.id}):
        found = [overwrites[id_] for id_ in ids if id_ in overwrites]
        for _, deny in found:
            granted &= ~deny
        for allow, _ in found:
            granted |= allow
    return granted
