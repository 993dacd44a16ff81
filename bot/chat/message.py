"""What the bot shows, in values that never heard of Discord's library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bot.chat import limits

if TYPE_CHECKING:
    from collections.abc import Iterator

Style = Literal["primary", "secondary", "success", "danger"]
BLUE, GREY, GREEN, RED, AMBER = 0x3B82F6, 0x6B7280, 0x22A06B, 0xD9482B, 0xD9A514


@dataclass(frozen=True, slots=True, kw_only=True)
class Embed:
    """A box below a message."""

    text: str
    title: str = ""
    footer: str = ""
    colour: int = BLUE

    @property
    def size(self) -> int:
        """Characters that count towards the total of a message."""
        return sum(limits.length(part) for part in (self.text, self.title, self.footer))


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """Something to press; `custom_id` carries what is needed to act on it after a restart."""

    label: str
    custom_id: str
    emoji: str | None = None
    style: Style = "secondary"
    disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message: text, boxes and buttons, in this order."""

    text: str = ""
    embeds: tuple[Embed, ...] = ()
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A window with one field to write into."""

    title: str
    label: str
    placeholder: str
    custom_id: str


def faults(message: Message) -> list[str]:
    """Return which of Discord's limits a message breaks."""
    return [*_of_text(message), *_of_buttons(message.buttons)]


def _of_text(message: Message) -> Iterator[str]:
    if not message.text.strip() and not message.embeds:
        yield "empty"
    if limits.length(message.text) > limits.TEXT:
        yield "text"
    if len(message.embeds) > limits.EMBEDS:
        yield "embeds"
    if sum(embed.size for embed in message.embeds) > limits.EMBEDS_TOTAL:
        yield "embeds together"
    for embed in message.embeds:
        parts = ((embed.text, limits.EMBED_TEXT), (embed.title, limits.EMBED_TITLE), (embed.footer, limits.EMBED_FOOTER))
        if any(limits.length(part) > most for part, most in parts):
            yield "embed"


def _of_buttons(buttons: tuple[Button, ...]) -> Iterator[str]:
    if len(buttons) > limits.BUTTONS:
        yield "buttons"
    if len({button.custom_id for button in buttons}) < len(buttons):
        yield "two buttons alike"
    for button in buttons:
        if not button.label and not button.emoji:
            yield "empty button"
        if limits.length(button.label) > limits.BUTTON_LABEL or len(button.custom_id) > limits.CUSTOM_ID:
            yield "button"
