"""Where an answer is shown: the one thing that the life of an answer needs from Discord."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.chat.message import Message


class Surface(Protocol):
    """The place of one answer. Every method raises `SurfaceBusyError` (try again) or `SurfaceGoneError` (do not)."""

    @property
    def expires(self) -> float | None:
        """When edits stop working, in seconds since 1970; None for never."""
        ...

    @property
    def message(self) -> int | None:
        """The id of the message that shows the answer; None while it is not known."""
        ...

    async def edit(self, message: Message) -> None:
        """Replace what is shown; repeating it does no harm."""
        ...

    async def send(self, message: Message, part: int) -> None:
        """Show a further message; `part` (2, 3, …) makes repeating it harmless."""
        ...

    async def move(self, message: Message) -> None:
        """Show `message` in the channel itself, where it can be edited for ever; `edit` means that message from now on."""
        ...

    async def open_thread(self, name: str) -> int | None:
        """Open a thread for follow-ups on the answer; return its id, None where that cannot be done."""
        ...
