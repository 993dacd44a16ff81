"""Answers that were shown, for their buttons; and who has voted on them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.chat.backend import Payload
    from bot.chat.clock import Clock
    from bot.chat.database import Database

QUESTION_SECONDS = 86_400.0
"""How long the question itself is kept beside its answer, for the button More."""
DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """An answer as it was shown. `question` is None once it is no longer kept."""

    payload: Payload
    locale: str
    question: str | None
    language: str | None


class AnswerStore:
    """The answers of the last days."""

    def __init__(self, database: Database, clock: Clock, *, keep_days: float) -> None:
        self._database, self._clock, self._keep = database, clock, keep_days * DAY_SECONDS

    def keep(self, payload: Payload, *, question: str, locale: str, language: str | None, guild: int | None) -> None:
        """Keep an answer under its id, and forget what has become too old."""
        now = self._clock.now()
        rest = {name: value for name, value in payload.items() if name != "question"}
        self._database.run(
            "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?)",
            payload["id"],
            now,
            locale,
            question,
            language,
            guild,
            json.dumps(rest, ensure_ascii=False),
        )
        self.expire()

    def find(self, answer_id: str) -> KeptAnswer | None:
        """Return an answer; None where it is too old or was never given."""
        self.expire()
        row = self._database.row("SELECT payload, locale, question, language FROM answers WHERE id = ?", answer_id)
        if row is None:
            return None
        payload, locale, question, language = row
        return KeptAnswer(
            payload=json.loads(str(payload)),
            locale=str(locale),
            question=None if question is None else str(question),
            language=None if language is None else str(language),
        )

    def expire(self) -> None:
        """Forget old questions and older answers."""
        now = self._clock.now()
        self._database.run(
            "UPDATE answers SET question = NULL WHERE answered < ? AND question IS NOT NULL", now - QUESTION_SECONDS
        )
        self._database.run("DELETE FROM answers WHERE answered < ?", now - self._keep)
        self._database.run("DELETE FROM votes WHERE voted < ?", now - self._keep)

    def claim_vote(self, answer_id: str, user: int) -> bool:
        """Note that a user votes; tell whether it is the first time."""
        return bool(self._database.run("INSERT OR IGNORE INTO votes VALUES (?, ?, ?)", answer_id, user, self._clock.now()))

    def release_vote(self, answer_id: str, user: int) -> None:
        """Forget a vote that could not be kept."""
        self._database.run("DELETE FROM votes WHERE answer = ? AND user = ?", answer_id, user)
