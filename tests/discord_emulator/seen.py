"""What tests look at: a message as it is now and as it was, and what came of an interaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from discord_emulator.values import EPHEMERAL, LOADING, CallbackKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from discord_emulator.errors import Json
    from discord_emulator.server import Emulator
    from discord_emulator.values import Account, Interaction, Message, Version


class NotOfferedError(AssertionError):
    """Discord would not let this person do this."""


class Seen:
    """A message on somebody's screen."""

    def __init__(self, emulator: Emulator, message: Message) -> None:
        self._emulator, self.message = emulator, message

    @property
    def id(self) -> str:
        """The id."""
        return self.message.id

    @property
    def content(self) -> str:
        """The text."""
        return str(self.message.data["content"])

    @property
    def embeds(self) -> list[Json]:
        """The embeds."""
        return list(self.message.data["embeds"])

    @property
    def items(self) -> list[Json]:
        """Buttons and menus in reading order."""
        return [item for row in self.message.data["components"] for item in row.get("components", [])]

    @property
    def buttons(self) -> list[str]:
        """What stands on the buttons: label, or emoji where there is none."""
        return [_face(item) for item in self.items]

    @property
    def thinking(self) -> bool:
        """Whether it only says that the bot is thinking."""
        return bool(self.message.data["flags"] & LOADING)

    @property
    def ephemeral(self) -> bool:
        """Whether one person alone sees it."""
        return bool(self.message.data["flags"] & EPHEMERAL)

    @property
    def text(self) -> str:
        """All that can be read in it: text and embeds."""
        parts: list[str | None] = [self.content]
        for embed in self.embeds:
            parts += [(embed.get("author") or {}).get("name"), embed.get("title"), embed.get("description")]
            parts += [part for field in embed.get("fields") or [] for part in (field["name"], field["value"])]
            parts.append((embed.get("footer") or {}).get("text"))
        return "\n".join(part for part in parts if part)

    @property
    def versions(self) -> list[Version]:
        """How it looked over time, beginning with the first."""
        return list(self.message.versions)

    @property
    def replies_to(self) -> str | None:
        """The id of the message it replies to."""
        return (self.message.data.get("message_reference") or {}).get("message_id")

    def button(self, name: str) -> Json:
        """Return a button by its label, its emoji or its custom id.

        Raises:
            NotOfferedError: there is none.
        """
        for item in self.items:
            if name in {item.get("label"), _face(item), item.get("custom_id"), (item.get("emoji") or {}).get("name")}:
                return item
        raise NotOfferedError(f"the message has no {name!r}; it has {self.buttons}")

    def visible_to(self, account: Account) -> bool:
        """Return whether somebody sees it."""
        return self.message.only_for in {None, account}

    def until(self, condition: Callable[[Seen], Any], what: str = "") -> Seen:
        """Wait until the message is as wanted; return it."""
        self._emulator.until(lambda: condition(self), what=lambda: f"{what}; the message reads: {self.text}")
        return self


class Asked:
    """An interaction and what came of it."""

    def __init__(self, emulator: Emulator, interaction: Interaction) -> None:
        self._emulator, self.interaction = emulator, interaction

    @property
    def acknowledged_after(self) -> float | None:
        """Seconds until the first answer; None while there is none."""
        found = self.interaction.acknowledged
        return None if found is None else found - self.interaction.created

    @property
    def messages(self) -> list[Seen]:
        """The messages that answer it, oldest first, without deleted ones."""
        found = [message for message in (self.interaction.original, *self.interaction.followups) if message]
        return [Seen(self._emulator, message) for message in found if not message.deleted]

    def until(self, condition: Callable[[], Any], what: str) -> None:
        """Wait for something.

        Raises:
            AssertionError: it did not happen; says what there is instead.
        """
        self._emulator.until(condition, what=lambda: f"{what}; there is: {[seen.text for seen in self.messages]}")

    def acknowledged(self) -> Asked:
        """Wait for the first answer.

        Raises:
            AssertionError: none came: "The application did not respond".
        """
        self._emulator.until(lambda: self.interaction.callback, what="the interaction is acknowledged")
        return self

    def reply(self) -> Seen:
        """Wait until the first answering message says something; return it."""
        self.acknowledged()
        self.until(lambda: self.messages and not self.messages[0].thinking, "the bot answers")
        return self.messages[0]

    def modal(self) -> Json:
        """Wait for a form; return it."""
        return self._data(CallbackKind.MODAL)

    def choices(self) -> list[Json]:
        """Wait for suggestions; return them."""
        return list(self._data(CallbackKind.CHOICES)["choices"])

    def _data(self, kind: CallbackKind) -> Json:
        callback = self.acknowledged().interaction.callback
        assert callback is not None
        assert callback["type"] == kind, callback
        found: Json = callback["data"]
        return found


def _face(item: Json) -> str:
    return str(item.get("label") or (item.get("emoji") or {}).get("name") or item.get("placeholder") or item.get("custom_id"))
