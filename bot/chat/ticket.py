"""A question that somebody waits for: everything needed to answer it, even after a restart."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Literal

TOKEN_SECONDS = 15 * 60.0
"""How long Discord lets an interaction's token be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One question of one person.

    `id` is that of the interaction or message that asked; it is the nonce of fall-back messages. `token` is the interaction's,
    `reply` the bot's message that becomes the answer where the question was a message. `seen` holds the quotes (source, start)
    that an answer with "More" leaves out.
    """

    id: int
    kind: Literal["interaction", "message"]
    question: str
    user: int
    channel: int
    created: float
    guild: int | None = None
    locale: str = "en"
    language: str | None = None
    private: bool = False
    conversation: str | None = None
    application: int = 0
    token: str = field(default="", repr=False)
    reply: int | None = None
    sources: int | None = None
    seen: tuple[tuple[str, int], ...] = ()
    thread: bool = False
    """Open a thread for follow-ups on the finished answer."""

    @property
    def expires(self) -> float | None:
        """When its token stops working, in seconds since 1970; None where there is none."""
        return self.created + TOKEN_SECONDS if self.kind == "interaction" else None

    def to_json(self) -> str:
        """Return it as text."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Ticket:
        """Return the ticket that a text holds."""
        fields = json.loads(text)
        return cls(**{**fields, "seen": tuple((source, start) for source, start in fields["seen"])})
