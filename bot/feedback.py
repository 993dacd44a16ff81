"""What readers think of answers: votes, kept beside what the answer cited. The question's text is never kept here."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import sqlite3
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from bot.errors import BotError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ingest.home import Home

FILE = "feedback.sqlite"
KEPT_ANSWERS = 20_000
"""Answers without a vote are forgotten beyond this many, oldest first."""
_TABLES = """
CREATE TABLE answers (
    id TEXT PRIMARY KEY, answered TEXT NOT NULL, generation TEXT NOT NULL, language TEXT NOT NULL, status TEXT NOT NULL,
    claims TEXT NOT NULL);
CREATE TABLE votes (
    answer_id TEXT NOT NULL REFERENCES answers (id), claim INTEGER, vote TEXT NOT NULL, reason TEXT, voted TEXT NOT NULL);
"""


class UnknownAnswerError(BotError):
    """There is no answer, or no claim of it, to vote on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One vote, on an answer or on one claim of it (counted from 0)."""

    answer_id: str
    vote: Literal["up", "down"]
    claim: int | None = None
    reason: str | None = None


class FeedbackStore:
    """The votes of one home, shared by all processes of the service."""

    def __init__(self, home: Home) -> None:
        self._path = home.path / FILE
        self._lock = threading.Lock()
        self._open: sqlite3.Connection | None = None

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._open:
                self._open.close()
            self._open = None

    def remember(self, payload: Mapping[str, Any]) -> None:
        """Keep what an answer cited, under its id, so that it can be voted on.

        Args:
            payload: the answer as its reader gets it, with `id`.
        """
        spans = {item["n"]: [item["source_id"], item["char_start"], item["char_end"]] for item in payload["citations"]}
        claims = [{"support": claim["support"], "cites": [spans[n] for n in claim["citations"]]} for claim in payload["claims"]]
        row = (payload["id"], _now(), payload["index"]["generation"], payload["language"], payload["status"])
        with self._connect() as connection:
            connection.execute("INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?)", (*row, json.dumps(claims)))
            connection.execute(
                "DELETE FROM answers WHERE rowid <= (SELECT max(rowid) FROM answers) - ?"
                " AND id NOT IN (SELECT answer_id FROM votes)",
                (KEPT_ANSWERS,),
            )

    def add(self, vote: Vote) -> None:
        """Keep a vote.

        Raises:
            UnknownAnswerError: no such answer was given here, or it has no such claim.
        """
        with self._connect() as connection:
            row = connection.execute("SELECT claims FROM answers WHERE id = ?", (vote.answer_id,)).fetchone()
            if row is None:
                raise UnknownAnswerError(f"no answer {vote.answer_id} was given here")
            if vote.claim is not None and vote.claim >= len(json.loads(row[0])):
                raise UnknownAnswerError(f"answer {vote.answer_id} has no claim {vote.claim}")
            connection.execute(
                "INSERT INTO votes VALUES (?, ?, ?, ?, ?)", (vote.answer_id, vote.claim, vote.vote, vote.reason, _now())
            )

    def votes(self) -> tuple[Vote, ...]:
        """Return all votes, oldest first."""
        with self._connect() as connection:
            rows = connection.execute("SELECT answer_id, claim, vote, reason FROM votes ORDER BY rowid").fetchall()
        return tuple(Vote(answer_id=row[0], claim=row[1], vote=row[2], reason=row[3]) for row in rows)

    @contextlib.contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        """Yield the one connection, in a transaction. It stays open: closing the last one makes SQLite sync the disk."""
        with self._lock:
            if self._open is None:
                if not self._path.exists():
                    self._make()
                self._open = sqlite3.connect(self._path, timeout=10, check_same_thread=False)
                self._open.execute("PRAGMA synchronous = NORMAL")
            with self._open:
                yield self._open

    def _make(self) -> None:
        """Make the file, readable by its owner alone. Several processes may do so at once."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        aside = self._path.with_name(f".{FILE}-{secrets.token_hex(4)}")
        os.close(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with contextlib.closing(sqlite3.connect(aside)) as connection:
            connection.executescript(f"PRAGMA journal_mode = WAL;{_TABLES}")
        with contextlib.suppress(FileExistsError):
            os.link(aside, self._path)
        aside.unlink()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
