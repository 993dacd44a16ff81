"""What a button or form means, packed into the id that Discord sends back: it works as long as the answer is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

PATTERN = r"cb1:(?P<action>[a-z]+):(?P<key>[0-9a-f]{0,32}):(?P<number>\d{0,5})"
_PATTERN = re.compile(PATTERN)


class Action(StrEnum):
    """What is wanted."""

    QUOTES = "quotes"
    """Show the exact words, in a message of their own."""
    TURN = "turn"
    """Show another page of them, in place."""
    MORE = "more"
    UP = "up"
    DOWN = "down"
    WHY = "why"
    """The form that asks what was wrong was sent."""
    TOPIC = "topic"
    """Ask about a topic that a refusal named."""
    SOURCES = "sources"
    """Show another page of the list of sources, in place."""
    FORGET = "forget"
    """Remove the source whose id has this digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """One press: of which button, on which answer, with which number."""

    action: Action
    key: str = ""
    number: int = 0

    @property
    def custom_id(self) -> str:
        """The id to give the button; at most 50 characters."""
        return f"cb1:{self.action}:{self.key}:{self.number}"


def parse(custom_id: str) -> Press | None:
    """Return the press that an id stands for; None where it is none of ours."""
    found = _PATTERN.fullmatch(custom_id)
    if found is None or found["action"] not in set(Action):
        return None
    return Press(action=Action(found["action"]), key=found["key"], number=int(found["number"] or 0))
