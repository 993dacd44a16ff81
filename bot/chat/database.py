"""One small SQLite file for what the bot has to know after a restart; readable by its owner alone.

Questions and the tokens of interactions stand in it for as long as they are needed: a token until its answer is shown, a
question for a day (follow-ups, the button More), an answer's quotes for as long as its buttons work.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "discord.sqlite"
_TABLES = """
CREATE TABLE IF NOT EXISTS answers (
    id TEXT PRIMARY KEY, answered REAL NOT NULL, locale TEXT NOT NULL, question TEXT, language TEXT, guild INTEGER,
    payload TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS answers_age ON answers (answered);
CREATE TABLE IF NOT EXISTS votes (answer TEXT NOT NULL, user INTEGER NOT NULL, voted REAL NOT NULL, PRIMARY KEY (answer, user));
CREATE TABLE IF NOT EXISTS guilds (id INTEGER PRIMARY KEY, settings TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS seen (event TEXT PRIMARY KEY, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS turns (
    ticket INTEGER PRIMARY KEY, conversation TEXT NOT NULL, at REAL NOT NULL, turn TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS turns_of ON turns (conversation, at);
CREATE TABLE IF NOT EXISTS pending (id INTEGER PRIMARY KEY, created REAL NOT NULL, ticket TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS replies (
    message INTEGER PRIMARY KEY, reply INTEGER NOT NULL, channel INTEGER NOT NULL, conversation TEXT, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS replies_by_reply ON replies (reply);
CREATE TABLE IF NOT EXISTS identifies (at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Database:
    """The open file. Its statements take well under a millisecond, so that the event loop may run them."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        self._connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
        # After a power cut the last moments may be missing; a crash of the bot alone loses nothing.
        self._connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;")
        self._connection.executescript(_TABLES)

    def run(self, statement: str, *values: object) -> int:
        """Execute one statement; return how many rows it changed."""
        return self._connection.execute(statement, values).rowcount

    def rows(self, statement: str, *values: object) -> Iterator[tuple[object, ...]]:
        """Return the rows of a query."""
        return iter(self._connection.execute(statement, values).fetchall())

    def row(self, statement: str, *values: object) -> tuple[object, ...] | None:
        """Return the first row of a query."""
        found: tuple[object, ...] | None = self._connection.execute(statement, values).fetchone()
        return found

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
