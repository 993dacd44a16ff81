"""What tests of the bot wait for: final answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord_emulator import Seen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from discord_emulator import Asked, Person, Server

QUESTION = "How do I get into computer vision?"


def is_final(seen: Seen) -> bool:
    """Return whether a message ends a whole answer or a refusal: it can be voted on."""
    return "👎" in seen.buttons


def answer(asked: Asked) -> Seen:
    """Wait for the final answer to a command or a click; there is exactly one."""
    asked.acknowledged()
    asked.until(lambda: any(map(is_final, asked.messages)), "the answer")
    (final,) = filter(is_final, asked.messages)
    return final


def heard(person: Person, question: Seen) -> Seen:
    """Wait for the final answer to a message, as a reply or in the thread opened on it; there is exactly one."""
    emulator = person.server.emulator

    def found() -> list[Seen]:
        thread = emulator.world.channels.get(question.id)
        inside = person.hears(thread) if thread else []
        replies = [seen for seen in person.hears(question.message.channel) if seen.replies_to == question.id]
        return [seen for seen in (*inside, *replies) if is_final(seen)]

    emulator.until(found, what="an answer to a message")
    (final,) = found()
    return final


def saying(asked: Iterable[Asked], words: str) -> list[Seen]:
    """Return the replies, as they are now, that hold these words."""
    return [seen for one in asked if words in (seen := one.reply()).content]


def finals(server: Server) -> list[Seen]:
    """Return all final answers on a server."""
    channels = list(server.guild.channels.values())
    messages = [message for channel in channels for message in list(channel.messages.values())]
    every = [Seen(server.emulator, message) for message in messages]
    return [seen for seen in every if is_final(seen) and not seen.message.deleted]
