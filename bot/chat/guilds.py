"""What moderators of each server have set."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.chat.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildSettings:
    """The settings of one server; the ids are Discord's."""

    channels: tuple[int, ...] = ()
    """Where the bot answers; none: everywhere."""
    roles: tuple[int, ...] = ()
    """Who may ask; none: everybody."""
    moderators: tuple[int, ...] = ()
    """Roles that may use the moderators' commands besides those who manage the server."""
    blocked: tuple[int, ...] = ()
    """Members who are not answered."""
    language: str | None = None
    """Language of answers; None: the question's."""
    dms: bool = False
    """Answer members' direct messages."""
    threads: bool = True
    """Open a thread for each conversation."""
    user_rate: int = 5
    """Questions of one member in a minute."""
    guild_rate: int = 40
    """Questions of all members together in a minute."""


class GuildStore:
    """The settings of all servers, kept in memory for reading."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[int, GuildSettings] = {}
        for identity, text in database.rows("SELECT id, settings FROM guilds"):
            self._known[int(str(identity))] = _read(str(text))

    def get(self, guild: int | None) -> GuildSettings:
        """Return the settings of a server; the defaults where none were set or there is no server."""
        return self._known.get(guild, _DEFAULT) if guild is not None else _DEFAULT

    def put(self, guild: int, settings: GuildSettings) -> None:
        """Keep the settings of a server."""
        self._database.run("INSERT OR REPLACE INTO guilds VALUES (?, ?)", guild, json.dumps(asdict(settings)))
        self._known[guild] = settings

    def allowing_dms(self) -> tuple[int, ...]:
        """Return the servers whose members may send direct messages."""
        return tuple(guild for guild, settings in self._known.items() if settings.dms)


_DEFAULT = GuildSettings()


def _read(text: str) -> GuildSettings:
    fields = json.loads(text)
    known: dict[str, Any] = {name: value for name, value in fields.items() if name in GuildSettings.__dataclass_fields__}
    tuples: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in known.items()}
    return GuildSettings(**tuples)
