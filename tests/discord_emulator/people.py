"""What people do on Discord, for tests: ask by command, click, fill in forms, talk, edit, and see what there is to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord_emulator.asking import command_data, form_data, metadata, offered, payload
from discord_emulator.payloads import channel_json, role_json, user_json
from discord_emulator.permissions import Permission, permissions
from discord_emulator.seen import Asked, NotOfferedError, Seen
from discord_emulator.values import ChannelKind, Interaction, InteractionKind, Member, Role
from discord_emulator.world import granted

if TYPE_CHECKING:
    from typing import Any

    from discord_emulator.errors import Json
    from discord_emulator.server import Emulator
    from discord_emulator.values import Account, Channel, Guild, Message

BUTTON, STRING_SELECT = 2, 3


class Server:
    """A server as a test arranges it."""

    def __init__(self, emulator: Emulator, guild: Guild) -> None:
        self.emulator, self.guild = emulator, guild
        self._people: dict[str, Person] = {}

    @property
    def id(self) -> str:
        """The id."""
        return self.guild.id

    def channel(self, name: str = "general") -> Channel:
        """Return a channel, made if there is none of that name."""
        found = [channel for channel in list(self.guild.channels.values()) if channel.name == name]
        return found[0] if found else self.emulator.on_loop(lambda: self._add_channel(name))

    def _add_channel(self, name: str) -> Channel:
        made = self.emulator.world.text_channel(self.guild, name)
        self.emulator.world.dispatch("CHANNEL_CREATE", channel_json(made), made)
        return made

    def threads(self) -> list[Channel]:
        """Return the threads, oldest first."""
        return [channel for channel in list(self.guild.channels.values()) if channel.kind is ChannelKind.THREAD]

    def role(self, name: str, granted_permissions: int = 0) -> Role:
        """Create a role."""
        made = Role(id=self.emulator.clock.snowflake(), name=name, permissions=granted_permissions)

        def add() -> None:
            self.guild.roles.append(made)
            told = {"guild_id": self.id, "role": role_json(made, len(self.guild.roles))}
            self.emulator.gateway.dispatch("GUILD_ROLE_CREATE", told)

        self.emulator.on_loop(add)
        return made

    def forbid(self, channel: Channel, *denied: Permission) -> None:
        """Take permissions from the bot in a channel, by an overwrite for its account."""
        overwrite = {self.emulator.world.bot.id: (0, sum(denied))}
        self.emulator.on_loop(lambda: channel.overwrites.update(overwrite))

    def user(self, name: str, *, locale: str = "en-US", roles: tuple[Role, ...] = (), bot: bool = False) -> Person:
        """Return a person of this server, who joins it the first time."""
        if name not in self._people:
            account = self.emulator.on_loop(lambda: self._join(name, locale, roles, bot=bot))
            self._people[name] = Person(self, account)
        return self._people[name]

    def _join(self, name: str, locale: str, roles: tuple[Role, ...], *, bot: bool) -> Account:
        made = self.emulator.world.account(name, locale=locale, bot=bot)
        self.guild.members[made.id] = Member(account=made, joined=self.emulator.clock.text(), roles=list(roles))
        return made

    def open_commands(self) -> None:
        """Offer all commands to everybody, as a moderator can in the server's settings."""
        self.guild.opened = True

    def owner(self) -> Person:
        """Return the owner, who may do everything."""
        return Person(self, self.guild.owner)


class Person:
    """Somebody on a server."""

    def __init__(self, server: Server, account: Account) -> None:
        self.server, self.account = server, account
        self._emulator, self._world = server.emulator, server.emulator.world

    @property
    def id(self) -> str:
        """The id."""
        return self.account.id

    @property
    def direct(self) -> Channel:
        """The conversation of this person and the bot."""
        return self._emulator.on_loop(lambda: self._world.direct_channel(self.account))

    # Talking.

    def say(
        self,
        text: str,
        *,
        channel: Channel | None = None,
        mention_bot: bool = False,
        reply_to: Seen | None = None,
        notify: bool = True,
    ) -> Seen:
        """Write a message, in `general` unless told otherwise."""
        where = channel or (reply_to.message.channel if reply_to else self.server.channel())
        body: Json = {"content": f"<@{self._world.bot.id}> {text}" if mention_bot else text}
        body["allowed_mentions"] = {"parse": ["users"], "replied_user": notify}
        replied = reply_to.message if reply_to else None
        return Seen(
            self._emulator, self._emulator.on_loop(lambda: self._world.post(where, self.account, body, replies=replied))
        )

    def edit(self, seen: Seen, text: str) -> None:
        """Change one's message; a mention of the bot at its beginning stays."""
        mention = f"<@{self._world.bot.id}> "
        words = mention + text if seen.content.startswith(mention) else text
        body = {"content": words, "allowed_mentions": {"parse": ["users"]}}
        self._emulator.on_loop(lambda: self._world.edit(seen.message, body))

    def delete(self, seen: Seen) -> None:
        """Delete one's message."""
        self._emulator.on_loop(lambda: self._world.delete(seen.message))

    # Commands, clicks and forms.

    def commands(self, channel: Channel | None = None) -> dict[str, Json]:
        """Return the commands that Discord offers this person, by name."""
        where = channel or self.server.channel()
        own = permissions(self.server.guild, self.account, where) if where.guild else 0
        return offered(self._world.commands, self.server.guild if where.guild else None, own)

    def slash(self, command: str, *, where: Channel | None = None, **options: Any) -> Asked:
        """Use a command, as `ask`, or of a group, as `config show`.

        Raises:
            NotOfferedError: Discord would not offer it to this person, or not accept its options.
        """
        place = where or self.server.channel()
        data = command_data(self.commands(place), command, options, self._world)
        return self._interact(InteractionKind.COMMAND, place, data)

    def autocomplete(self, command: str, *, typing: str, where: Channel | None = None, **options: Any) -> list[Json]:
        """Type into an option; return the suggestions."""
        place = where or self.server.channel()
        data = command_data(self.commands(place), command, options, self._world, typing=typing)
        return self._interact(InteractionKind.AUTOCOMPLETE, place, data).choices()

    def click(self, seen: Seen, button: str) -> Asked:
        """Click a button by its label, its emoji or its custom id.

        Raises:
            NotOfferedError: there is no such button, it is disabled, or the message is somebody else's to see.
        """
        return self._use(seen, seen.button(button), {"component_type": BUTTON})

    def select(self, seen: Seen, *values: str) -> Asked:
        """Choose in the message's menu by values or labels."""
        menus = [item for item in seen.items if item["type"] == STRING_SELECT]
        if not menus:
            raise NotOfferedError("the message has no menu")
        known = {option[key]: option["value"] for option in menus[0]["options"] for key in ("label", "value")}
        return self._use(seen, menus[0], {"component_type": STRING_SELECT, "values": [known[value] for value in values]})

    def _use(self, seen: Seen, item: Json, data: Json) -> Asked:
        if not seen.visible_to(self.account):
            raise NotOfferedError(f"{self.account.name} does not see this message")
        if item.get("disabled"):
            raise NotOfferedError(f"{item.get('label')} is disabled")
        given = data | {"custom_id": item["custom_id"], "id": item["id"]}
        return self._interact(InteractionKind.COMPONENT, seen.message.channel, given, source=seen.message)

    def submit(self, asked: Asked, **values: str) -> Asked:
        """Fill in the form that an interaction opened: texts by custom id or label, or a single `text`."""
        form = asked.modal()
        before = asked.interaction
        triggered = {"triggering_interaction_metadata": before.metadata}
        data = form_data(form, values)
        return self._interact(InteractionKind.MODAL, before.channel, data, source=before.source, more=triggered)

    def _interact(
        self, kind: InteractionKind, channel: Channel, data: Json, *, source: Message | None = None, more: Json | None = None
    ) -> Asked:
        def begin() -> Interaction:
            made = Interaction(
                id=self._emulator.clock.snowflake(),
                token=f"token{self._emulator.clock.snowflake()}",
                kind=kind,
                created=self._emulator.clock.now(),
                account=self.account,
                channel=channel,
                data=data,
                metadata={},
                source=source,
            )
            made.metadata = metadata(made, user_json(self.account)) | (more or {})
            self._world.interactions[made.token] = made
            rights = granted(channel, self.account), granted(channel, self._world.bot)
            self._world.dispatch("INTERACTION_CREATE", payload(made, self._world.bot.id, *rights), None)
            return made

        return Asked(self._emulator, self._emulator.on_loop(begin))

    # Seeing.

    def sees(self, channel: Channel | None = None) -> list[Seen]:
        """Return the messages that this person sees in a channel, oldest first."""
        where = channel or self.server.channel()
        shown = [Seen(self._emulator, message) for message in list(where.messages.values()) if not message.deleted]
        return [seen for seen in shown if seen.visible_to(self.account)]

    def hears(self, channel: Channel | None = None) -> list[Seen]:
        """Return the bot's messages that this person sees in a channel, oldest first."""
        return [seen for seen in self.sees(channel) if seen.message.author is self._world.bot]
