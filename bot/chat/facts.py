"""Single facts that outlive a restart: which commands were synced, which key the local service was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.chat.database import Database


class Facts:
    """Text by name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> str | None:
        """Return a fact; None where it is not known."""
        row = self._database.row("SELECT value FROM facts WHERE name = ?", name)
        return str(row[0]) if row else None

    def put(self, name: str, value: str) -> None:
        """Keep a fact."""
        self._database.run("INSERT OR REPLACE INTO facts VALUES (?, ?)", name, value)
