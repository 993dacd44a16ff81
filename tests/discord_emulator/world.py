"""Everything that exists on the emulated Discord, and the rules for changing it."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from discord_emulator.errors import (
    EMPTY_MESSAGE,
    MISSING_ACCESS,
    MISSING_PERMISSIONS,
    UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
    ApiError,
)
from discord_emulator.limits import check_message
from discord_emulator.mentions import mentioned, replied_to
from discord_emulator.payloads import channel_json, member_json, user_json
from discord_emulator.permissions import ALL, MEMBERS, Permission, permissions
from discord_emulator.values import (
    EPHEMERAL,
    LOADING,
    Account,
    Channel,
    ChannelKind,
    Guild,
    Interaction,
    Member,
    Message,
    Role,
    Version,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from discord_emulator.clock import Clock
    from discord_emulator.errors import Json

    Dispatch = Callable[[str, Json, Channel | None], None]

INVITED = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.READ_MESSAGE_HISTORY
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
)
"""Permissions of the bot unless a test invites it with others: those of the invite link in the set-up guide."""
PLAIN, REPLY, COMMAND_REPLY = 0, 19, 20
NONCE_SECONDS = 300
CHANGEABLE = ("content", "embeds", "components", "flags")


class World:
    """The state; changes that a bot would hear of go through `dispatch`."""

    def __init__(self, clock: Clock, dispatch: Dispatch) -> None:
        self.clock, self.dispatch = clock, dispatch
        self.accounts: dict[str, Account] = {}
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}
        self.interactions: dict[str, Interaction] = {}
        self.commands: dict[str | None, list[Json]] = {None: []}
        """By server id; None holds the global ones."""
        self.command_writes = 0
        self.bot = self.account("Careerbot", bot=True)
        self.owner = self.account("Owner")

    def account(self, name: str, *, bot: bool = False, locale: str = "en-US") -> Account:
        """Create an account."""
        made = Account(id=self.clock.snowflake(), name=name, bot=bot, locale=locale)
        self.accounts[made.id] = made
        return made

    def guild(self, name: str, *, bot_permissions: int = INVITED, with_bot: bool = True) -> Guild:
        """Create a server with a channel `general`, and the bot as a member."""
        id_ = self.clock.snowflake()
        everyone = Role(id=id_, name="@everyone", permissions=MEMBERS)
        made = Guild(id=id_, name=name, owner=self.owner, everyone=everyone)
        self.guilds[id_] = made
        made.members[self.owner.id] = Member(account=self.owner, joined=self.clock.text())
        if with_bot:
            role = Role(id=self.clock.snowflake(), name=self.bot.name, permissions=bot_permissions, managed=True)
            made.roles.append(role)
            made.members[self.bot.id] = Member(account=self.bot, joined=self.clock.text(), roles=[role])
        self.text_channel(made, "general")
        return made

    def text_channel(self, guild: Guild, name: str) -> Channel:
        """Create a text channel."""
        made = Channel(id=self.clock.snowflake(), kind=ChannelKind.TEXT, name=name, guild=guild)
        self.channels[made.id] = guild.channels[made.id] = made
        return made

    def thread(self, parent: Channel, owner: Account, name: str, message: Message | None = None) -> Channel:
        """Open a thread, on a message or without one."""
        made = Channel(
            id=message.id if message else self.clock.snowflake(),
            kind=ChannelKind.THREAD,
            name=name,
            guild=parent.guild,
            parent=parent,
            owner=owner,
            joined=[owner],
            created=self.clock.text(),
        )
        assert parent.guild is not None
        self.channels[made.id] = parent.guild.channels[made.id] = made
        if message:
            message.data["thread"] = channel_json(made)
            message.data["flags"] |= 1 << 5
        self.dispatch("THREAD_CREATE", channel_json(made) | {"newly_created": True}, made)
        return made

    def direct_channel(self, account: Account) -> Channel:
        """Return the conversation between an account and the bot."""
        for channel in self.channels.values():
            if channel.kind is ChannelKind.DIRECT and channel.recipient is account:
                return channel
        made = Channel(id=self.clock.snowflake(), kind=ChannelKind.DIRECT, name="", recipient=account)
        self.channels[made.id] = made
        self.dispatch("CHANNEL_CREATE", channel_json(made), made)
        return made

    def channel(self, id_: str) -> Channel:
        """Return a channel that the bot may see.

        Raises:
            ApiError: there is none, or the bot may not see it.
        """
        if (found := self.channels.get(id_)) is None:
            raise ApiError(*UNKNOWN_CHANNEL)
        if not self.may(found, Permission.VIEW_CHANNEL):
            raise ApiError(*MISSING_ACCESS)
        return found

    def may(self, channel: Channel, *needed: Permission, account: Account | None = None) -> bool:
        """Return whether an account, the bot unless another is given, has all of some permissions in a channel."""
        who = account or self.bot
        if channel.guild is None:
            return True
        if who.id not in channel.guild.members:
            return False
        granted = permissions(channel.guild, who, channel)
        return all(granted & permission for permission in needed)

    def require(self, channel: Channel, *needed: Permission) -> None:
        """Refuse the bot what it has no permission for.

        Raises:
            ApiError: a permission is missing.
        """
        if not self.may(channel, *needed):
            raise ApiError(*MISSING_PERMISSIONS)

    def message(self, channel: Channel, id_: str) -> Message:
        """Return a message that is not deleted.

        Raises:
            ApiError: there is none.
        """
        found = channel.messages.get(id_)
        if found is None or found.deleted:
            raise ApiError(*UNKNOWN_MESSAGE)
        return found

    def same_nonce(self, channel: Channel, author: Account, nonce: object) -> Message | None:
        """Return the message that the author sent with this nonce in the last few minutes."""
        for message in reversed(channel.messages.values()):
            recent = self.clock.now() - message.versions[0].at < NONCE_SECONDS
            if recent and message.author is author and str(message.data.get("nonce")) == str(nonce):
                return message
        return None

    def post(
        self,
        channel: Channel,
        author: Account,
        body: Json,
        *,
        replies: Message | None = None,
        only_for: Account | None = None,
        interaction: Interaction | None = None,
    ) -> Message:
        """Publish a message.

        Raises:
            ApiError: it breaks a limit.
        """
        flags = int(body.get("flags") or 0)
        if not flags & LOADING:
            check_message(body, complete=True)
        data: Json = {
            "id": self.clock.snowflake(),
            "channel_id": channel.id,
            "author": user_json(author),
            "type": REPLY if replies else COMMAND_REPLY if interaction else PLAIN,
            "timestamp": self.clock.text(),
            "edited_timestamp": None,
            "flags": flags,
            "tts": False,
            "pinned": False,
            "attachments": [],
        }
        data |= {"nonce": body["nonce"]} if body.get("nonce") is not None else {}
        if interaction:
            data |= {"application_id": self.bot.id, "webhook_id": self.bot.id, "interaction_metadata": interaction.metadata}
        if replies:
            data["message_reference"] = {"type": 0, "channel_id": channel.id, "message_id": replies.id}
            data["referenced_message"] = {k: v for k, v in replies.data.items() if k != "referenced_message"}
        message = Message(data=data, author=author, channel=channel, only_for=only_for)
        self._write(message, data, body, notify=True)
        if replies and replied_to(body.get("allowed_mentions")):
            message.notified.add(replies.author.id)
            if replies.author.id not in {user["id"] for user in data["mentions"]}:
                data["mentions"].append(user_json(replies.author))
        channel.messages[message.id] = message
        self._tell("MESSAGE_CREATE", message)
        return message

    def edit(self, message: Message, body: Json, *, finishes: bool = False) -> None:
        """Change a message.

        Args:
            message: the message.
            body: what changes.
            finishes: whether this ends "is thinking…", which is no edit.

        Raises:
            ApiError: it breaks a limit.
        """
        changed = {key: body[key] for key in CHANGEABLE if key in body}
        check_message(changed, complete=False)
        # Whoever looks from another thread sees the message as it was, or as it is in the end.
        data = dict(message.data)
        if finishes:
            check_message({**data, **changed}, complete=True)
            data["flags"] &= ~LOADING
        elif not any({**message.data, **changed}.get(key) for key in ("content", "embeds", "components")):
            raise ApiError(*EMPTY_MESSAGE)
        kept = data["flags"] & (EPHEMERAL | LOADING | 1 << 5)
        if "flags" in changed:
            changed["flags"] = int(changed["flags"] or 0) | kept
        if not finishes:
            data["edited_timestamp"] = self.clock.text()
        allowed = {"allowed_mentions": body["allowed_mentions"]} if "allowed_mentions" in body else {}
        self._write(message, data, changed | allowed, notify=finishes)
        self._tell("MESSAGE_UPDATE", message)

    def delete(self, message: Message) -> None:
        """Delete a message."""
        message.deleted = True
        where = {"guild_id": message.channel.guild.id} if message.channel.guild else {}
        if message.only_for is None:
            self.dispatch("MESSAGE_DELETE", {"id": message.id, "channel_id": message.channel.id, **where}, message.channel)

    def _write(self, message: Message, data: Json, body: Json, *, notify: bool) -> None:
        """Complete `data` by a body and make it the message's."""
        data["content"] = str(body["content"] or "").strip() if "content" in body else data.get("content", "")
        data["embeds"] = [_embed(embed) for embed in body["embeds"] or []] if "embeds" in body else data.get("embeds", [])
        if "components" in body:
            data["components"] = _numbered(body["components"] or [])
        data.setdefault("components", [])
        if "flags" in body:
            data["flags"] = int(body["flags"] or 0)
        users, roles, everyone = mentioned(data["content"], body.get("allowed_mentions"))
        known = [self.accounts[id_] for id_ in sorted(users) if id_ in self.accounts]
        everyone = everyone and self.may(message.channel, Permission.MENTION_EVERYONE, account=message.author)
        data |= {
            "mentions": [user_json(account) for account in known],
            "mention_roles": sorted(roles),
            "mention_everyone": everyone,
        }
        if notify:
            message.notified |= {account.id for account in known} | roles | ({"everyone"} if everyone else set())
        message.versions.append(Version(at=self.clock.now(), data=copy.deepcopy(data)))
        message.data = data

    def _tell(self, event: str, message: Message) -> None:
        if message.only_for is not None:
            return
        data = copy.deepcopy(message.data)
        guild = message.channel.guild
        if guild:
            member = {key: value for key, value in member_json(guild.members[message.author.id]).items() if key != "user"}
            data |= {"guild_id": guild.id, "member": member}
        self.dispatch(event, data, message.channel)


def granted(channel: Channel, account: Account) -> int:
    """Return the permissions of an account in a channel, all of them in a conversation of two."""
    return permissions(channel.guild, account, channel) if channel.guild else ALL


def _embed(embed: Json) -> Json:
    kept: Json = {key: value for key, value in embed.items() if value is not None}
    kept["type"] = "rich"
    return kept


def _numbered(components: list[Json]) -> list[Json]:
    """Number components in the order of reading, as Discord does."""
    made, count = copy.deepcopy(components), 0

    def number(item: Any) -> None:
        nonlocal count
        count += 1
        item["id"] = count
        if item.get("emoji"):
            item["emoji"] = {key: value for key, value in item["emoji"].items() if value is not None}
        for inner in item.get("components") or []:
            number(inner)

    for row in made:
        number(row)
    return made
