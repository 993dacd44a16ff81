"""Questions that were accepted and not answered yet: none is lost when the bot is restarted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.chat.ticket import Ticket

if TYPE_CHECKING:
    from bot.chat.clock import Clock
    from bot.chat.database import Database

MESSAGE_SECONDS = 3_600.0
"""After which nobody waits for an answer to a message any more."""


class PendingTickets:
    """The open questions, oldest first."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def add(self, ticket: Ticket) -> None:
        """Keep a ticket, or a newer state of it, until `done`."""
        self._database.run("INSERT OR REPLACE INTO pending VALUES (?, ?, ?)", ticket.id, ticket.created, ticket.to_json())

    def done(self, ticket_id: int) -> None:
        """Forget a ticket, its question and its token."""
        self._database.run("DELETE FROM pending WHERE id = ?", ticket_id)

    def find(self, ticket_id: int) -> Ticket | None:
        """Return a ticket in its newest state."""
        row = self._database.row("SELECT ticket FROM pending WHERE id = ?", ticket_id)
        return Ticket.from_json(str(row[0])) if row else None

    def open(self) -> tuple[Ticket, ...]:
        """Return the tickets that somebody may still wait for; forget the others."""
        self._database.run("DELETE FROM pending WHERE created < ?", self._clock.now() - MESSAGE_SECONDS)
        rows = self._database.rows("SELECT ticket FROM pending ORDER BY created, id")
        return tuple(Ticket.from_json(str(text)) for (text,) in rows)
