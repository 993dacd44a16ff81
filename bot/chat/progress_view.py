"""What is shown while an answer is made: the place in line, the quotes that were found, the statements as they come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot import strings
from bot.chat import limits
from bot.chat.answer_view import statement
from bot.chat.backend import ClaimReady, Evidence, Queued, Searching
from bot.chat.escape import inline, isolated
from bot.chat.message import Message
from bot.chat.split import split

if TYPE_CHECKING:
    from bot.chat.backend import Event, Payload

QUOTES = 3
_QUOTE, _STATUS = 180, 200
_BETWEEN = "\n> \n"
"""An empty quoted line: Discord would run neighbouring quotes together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an answer is."""

    locale: str
    position: int = 0
    searching: bool = False
    quotes: tuple[Payload, ...] = ()
    claims: tuple[Payload, ...] = ()

    def after(self, event: Event) -> Progress:
        """Return the progress once an event has come."""
        match event:
            case Queued(position=position):
                return replace(self, position=position)
            case Searching():
                return replace(self, searching=True)
            case Evidence(quotes=quotes):
                return replace(self, quotes=quotes)
            case ClaimReady(claim=claim):
                return replace(self, position=0, claims=(*self.claims, claim))
            case _:
                return self

    def message(self) -> Message:
        """Return what to show."""
        status = f"-# {self._status()}"
        if self.claims:
            # Where not all fits, the newest statements are worth more than the oldest.
            parts = split("\n\n".join(statement(claim) for claim in self.claims), limits.TEXT - _STATUS)
            return Message(text=f"{parts[-1]}\n\n{status}" if parts else status)
        if self.quotes:
            heading = strings.text("chat.reading", self.locale)
            quotes = _BETWEEN.join(self._quote(quote) for quote in self.quotes[:QUOTES])
            return Message(text=f"{heading}\n{quotes}\n{status}")
        return Message(text=self._status())

    def _status(self) -> str:
        if self.position:
            return f"⏳ {strings.text('chat.queued', self.locale, position=self.position)}"
        if self.claims or self.quotes:
            return f"✍️ {strings.text('chat.checking', self.locale)}"
        return f"🔎 {strings.text('chat.searching' if self.searching else 'chat.placeholder', self.locale)}"

    def _quote(self, quote: Payload) -> str:
        words = isolated(inline(limits.shorten(quote["quote"], _QUOTE)))
        speaker = f" — {isolated(inline(limits.shorten(quote['speaker'], 60)))}" if quote.get("speaker") else ""
        return f"> {words}{speaker}"
