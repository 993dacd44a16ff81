"""What exists on the emulated Discord: accounts, servers, channels, messages and interactions."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from discord_emulator.errors import Json


class ChannelKind(IntEnum):
    """Kinds of channels."""

    TEXT = 0
    DIRECT = 1
    THREAD = 11


class InteractionKind(IntEnum):
    """Kinds of interactions."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class CallbackKind(IntEnum):
    """Kinds of answers to an interaction."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


EPHEMERAL = 1 << 6
LOADING = 1 << 7
SUPPRESS_EMBEDS = 1 << 2


@dataclass(slots=True, kw_only=True, eq=False)
class Account:
    """A person or a bot."""

    id: str
    name: str
    bot: bool = False
    locale: str = "en-US"
    accepts_direct_messages: bool = True


@dataclass(slots=True, kw_only=True, eq=False)
class Role:
    """A role on a server."""

    id: str
    name: str
    permissions: int = 0
    managed: bool = False


@dataclass(slots=True, kw_only=True, eq=False)
class Member:
    """An account on a server."""

    account: Account
    joined: str
    roles: list[Role] = field(default_factory=list)
    nick: str | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class Version:
    """How a message looked from a certain time on."""

    at: float
    """Unix seconds."""
    data: Json


@dataclass(slots=True, kw_only=True, eq=False)
class Message:
    """A message: Discord's JSON of it, its earlier versions, who may see it and whom it notified."""

    data: Json
    author: Account
    channel: Channel
    versions: list[Version] = field(default_factory=list)
    only_for: Account | None = None
    """The one person an ephemeral message is shown to."""
    notified: set[str] = field(default_factory=set)
    """Account ids, role ids and `everyone`."""
    deleted: bool = False

    @property
    def id(self) -> str:
        """The id."""
        return str(self.data["id"])


@dataclass(slots=True, kw_only=True, eq=False)
class Channel:
    """A text channel, a thread or a conversation of two."""

    id: str
    kind: ChannelKind
    name: str
    guild: Guild | None = None
    parent: Channel | None = None
    owner: Account | None = None
    recipient: Account | None = None
    overwrites: dict[str, tuple[int, int]] = field(default_factory=dict)
    """What is allowed and denied for a role id or an account id."""
    messages: dict[str, Message] = field(default_factory=dict)
    joined: list[Account] = field(default_factory=list)
    archived: bool = False
    created: str = ""


@dataclass(slots=True, kw_only=True, eq=False)
class Guild:
    """A server."""

    id: str
    name: str
    owner: Account
    everyone: Role
    locale: str = "en-US"
    opened: bool = False
    """Whether the server offers all commands to everybody."""
    roles: list[Role] = field(default_factory=list)
    members: dict[str, Member] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True, eq=False)
class Interaction:
    """A command, a click, a typed character or a submitted form, and what the bot answered."""

    id: str
    token: str
    kind: InteractionKind
    created: float
    account: Account
    channel: Channel
    data: Json
    metadata: Json
    """What messages that answer it say about it."""
    source: Message | None = None
    """The message that was clicked."""
    callback: Json | None = None
    acknowledged: float | None = None
    """Unix seconds of the answer that counted."""
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
