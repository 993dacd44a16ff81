"""Channels, messages, threads and conversations of two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from discord_emulator.errors import (
    ARCHIVED,
    NO_DIRECT_MESSAGES,
    NOT_THE_AUTHOR,
    REPLY_NEEDS_HISTORY,
    THREAD_EXISTS,
    UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
    UNKNOWN_USER,
    ApiError,
    InvalidBodyError,
)
from discord_emulator.payloads import channel_json, thread_member_json
from discord_emulator.permissions import Permission
from discord_emulator.values import ChannelKind

if TYPE_CHECKING:
    from discord_emulator.rest import Call, Handler
    from discord_emulator.values import Channel, Message
    from discord_emulator.world import World

Answer = tuple[int, Any]


def _channel(world: World, call: Call) -> Answer:
    return 200, channel_json(world.channel(call.parameters["channel_id"]))


def _send(world: World, call: Call) -> Answer:
    channel = world.channel(call.parameters["channel_id"])
    _require_speech(world, channel)
    if call.body.get("enforce_nonce") and (earlier := world.same_nonce(channel, world.bot, call.body.get("nonce"))):
        return 200, earlier.data
    replies = _referenced(world, channel, call.body.get("message_reference"))
    if channel.archived:
        channel.archived = False
    return 200, world.post(channel, world.bot, call.body, replies=replies).data


def _require_speech(world: World, channel: Channel) -> None:
    if channel.kind is ChannelKind.DIRECT:
        assert channel.recipient is not None
        if not channel.recipient.accepts_direct_messages:
            raise ApiError(*NO_DIRECT_MESSAGES)
    thread = channel.kind is ChannelKind.THREAD
    world.require(channel, Permission.SEND_MESSAGES_IN_THREADS if thread else Permission.SEND_MESSAGES)


def _referenced(world: World, channel: Channel, reference: Any) -> Message | None:
    if not reference:
        return None
    if not world.may(channel, Permission.READ_MESSAGE_HISTORY):
        raise ApiError(*REPLY_NEEDS_HISTORY)
    found = channel.messages.get(str(reference["message_id"]))
    if found is None or found.deleted:
        if not reference.get("fail_if_not_exists", True):
            return None
        raise InvalidBodyError([("message_reference", "Unknown message")])
    return found


def _messages(world: World, call: Call) -> Answer:
    channel = world.channel(call.parameters["channel_id"])
    if not world.may(channel, Permission.READ_MESSAGE_HISTORY):
        return 200, []
    limit = int(call.query.get("limit", 50))
    before, after = int(call.query.get("before", 1 << 63)), int(call.query.get("after", 0))
    found = [m.data for m in channel.messages.values() if not m.deleted and not m.only_for and after < int(m.id) < before]
    newest_first = sorted(found, key=lambda data: -int(data["id"]))
    return 200, newest_first[-limit:] if "after" in call.query else newest_first[:limit]


def _message(world: World, call: Call) -> Answer:
    return 200, _named(world, call, Permission.READ_MESSAGE_HISTORY).data


def _named(world: World, call: Call, *needed: Permission) -> Message:
    channel = world.channel(call.parameters["channel_id"])
    world.require(channel, *needed)
    message = world.message(channel, call.parameters["message_id"])
    if message.only_for is not None:
        raise ApiError(*UNKNOWN_MESSAGE)
    return message


def _edit(world: World, call: Call) -> Answer:
    message = _named(world, call)
    if message.author is not world.bot:
        raise ApiError(*NOT_THE_AUTHOR)
    if message.channel.archived:
        raise ApiError(*ARCHIVED)
    world.edit(message, call.body)
    return 200, message.data


def _delete(world: World, call: Call) -> Answer:
    message = _named(world, call)
    if message.author is not world.bot:
        world.require(message.channel, Permission.MANAGE_MESSAGES)
    world.delete(message)
    return 204, None


def _thread_on_message(world: World, call: Call) -> Answer:
    message = _named(world, call, Permission.CREATE_PUBLIC_THREADS)
    if message.channel.kind is not ChannelKind.TEXT:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    if message.id in world.channels:
        raise ApiError(*THREAD_EXISTS)
    return 201, channel_json(world.thread(message.channel, world.bot, call.body["name"], message))


def _thread(world: World, call: Call) -> Answer:
    channel = world.channel(call.parameters["channel_id"])
    world.require(channel, Permission.CREATE_PUBLIC_THREADS)
    return 201, channel_json(world.thread(channel, world.bot, call.body["name"]))


def _join_thread(world: World, call: Call) -> Answer:
    channel = world.channel(call.parameters["channel_id"])
    if channel.kind is not ChannelKind.THREAD:
        raise ApiError(*UNKNOWN_CHANNEL)
    account = world.bot if call.parameters.get("user_id", "@me") == "@me" else world.accounts[call.parameters["user_id"]]
    if account not in channel.joined:
        channel.joined.append(account)
        change = {"id": channel.id, "guild_id": channel.guild and channel.guild.id, "member_count": len(channel.joined)}
        members = [thread_member_json(channel, account)]
        world.dispatch("THREAD_MEMBERS_UPDATE", change | {"added_members": members, "removed_member_ids": []}, channel)
    return 204, None


def _change_channel(world: World, call: Call) -> Answer:
    channel = world.channel(call.parameters["channel_id"])
    if channel.owner is not world.bot:
        world.require(channel, Permission.MANAGE_THREADS)
    channel.name = call.body.get("name", channel.name)
    channel.archived = call.body.get("archived", channel.archived)
    world.dispatch("THREAD_UPDATE", channel_json(channel), channel)
    return 200, channel_json(channel)


def _direct(world: World, call: Call) -> Answer:
    account = world.accounts.get(str(call.body["recipient_id"]))
    if account is None:
        raise ApiError(*UNKNOWN_USER)
    return 200, channel_json(world.direct_channel(account))


def _typing(world: World, call: Call) -> Answer:
    _require_speech(world, world.channel(call.parameters["channel_id"]))
    return 204, None


def _react(world: World, call: Call) -> Answer:
    _named(world, call, Permission.ADD_REACTIONS, Permission.READ_MESSAGE_HISTORY)
    return 204, None


HANDLERS: dict[tuple[str, str], Handler] = {
    ("GET", "/channels/{channel_id}"): _channel,
    ("PATCH", "/channels/{channel_id}"): _change_channel,
    ("GET", "/channels/{channel_id}/messages"): _messages,
    ("POST", "/channels/{channel_id}/messages"): _send,
    ("GET", "/channels/{channel_id}/messages/{message_id}"): _message,
    ("PATCH", "/channels/{channel_id}/messages/{message_id}"): _edit,
    ("DELETE", "/channels/{channel_id}/messages/{message_id}"): _delete,
    ("POST", "/channels/{channel_id}/messages/{message_id}/threads"): _thread_on_message,
    ("PUT", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me"): _react,
    ("DELETE", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me"): _react,
    ("POST", "/channels/{channel_id}/threads"): _thread,
    ("PUT", "/channels/{channel_id}/thread-members/@me"): _join_thread,
    ("PUT", "/channels/{channel_id}/thread-members/{user_id}"): _join_thread,
    ("POST", "/channels/{channel_id}/typing"): _typing,
    ("POST", "/users/@me/channels"): _direct,
}
