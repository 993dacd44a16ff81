"""Earlier turns of each conversation, so that "and what did he study?" is understood; and which message answered which."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.chat.backend import Payload
    from bot.chat.clock import Clock
    from bot.chat.database import Database

TURNS = 6
KEPT_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The bot's message that answers a message."""

    message: int
    reply: int
    channel: int
    conversation: str | None


class Conversations:
    """The turns of the last day, by conversation: a thread, a channel of direct messages, one person's private questions."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def history(self, conversation: str | None, *, but: int = 0) -> tuple[dict[str, Any], ...]:
        """Return the last turns, oldest first, as the service takes them; without the turn of ticket `but`, asked again."""
        self._expire()
        if conversation is None:
            return ()
        rows = self._database.rows(
            "SELECT turn FROM turns WHERE conversation = ? AND ticket != ? ORDER BY at DESC, ticket DESC LIMIT ?",
            conversation,
            but,
            TURNS,
        )
        return tuple(reversed([json.loads(str(turn)) for (turn,) in rows]))

    def add(self, conversation: str, ticket: int, question: str, payload: Payload) -> None:
        """Add the turn of a ticket, or replace it: the question, and of the answer only whose words it cited."""
        cited = [{"source_id": citation["source_id"], "speaker": citation["speaker"]} for citation in payload["citations"]]
        turn = {"question": question, "answer": {"language": payload["language"], "citations": cited}}
        self._database.run(
            "INSERT OR REPLACE INTO turns VALUES (?, ?, ?, ?)",
            ticket,
            conversation,
            self._clock.now(),
            json.dumps(turn, ensure_ascii=False),
        )

    def known(self, conversation: str) -> bool:
        """Tell whether the bot took part in this conversation."""
        return self._database.row("SELECT 1 FROM turns WHERE conversation = ? LIMIT 1", conversation) is not None

    def remember_reply(self, reply: Reply) -> None:
        """Note which message answers a message."""
        self._database.run(
            "INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?, ?)",
            reply.message,
            reply.reply,
            reply.channel,
            reply.conversation,
            self._clock.now(),
        )

    def reply_to(self, message: int) -> Reply | None:
        """Return what answered a message."""
        return self._reply("SELECT message, reply, channel, conversation FROM replies WHERE message = ?", message)

    def replied_with(self, reply: int) -> Reply | None:
        """Return the pair to which one of the bot's messages belongs."""
        return self._reply("SELECT message, reply, channel, conversation FROM replies WHERE reply = ?", reply)

    def _reply(self, statement: str, identity: int) -> Reply | None:
        row: Any = self._database.row(statement, identity)
        return Reply(message=row[0], reply=row[1], channel=row[2], conversation=row[3]) if row else None

    def _expire(self) -> None:
        oldest = self._clock.now() - KEPT_SECONDS
        self._database.run("DELETE FROM turns WHERE at < ?", oldest)
        self._database.run("DELETE FROM replies WHERE at < ?", oldest)
