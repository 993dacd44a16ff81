"""What people say to a bot that is no question about careers: a greeting, thanks, a farewell, a question about the bot itself.

No interview answers those, and quoting one beside "thanks" would be odd. The phrases are in `bot/data/courtesies.toml`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING

from bot.resources import data_file

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 60
"""Characters of a message that can be one."""


class Kind(Enum):
    """What somebody wants who says it."""

    GREETING = "greeting"
    THANKS = "thanks"
    FAREWELL = "farewell"
    ABOUT = "about"

    @property
    def invites(self) -> bool:
        """Whether it is answered with what could be asked."""
        return self in {Kind.GREETING, Kind.ABOUT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Courtesy:
    """Something said out of courtesy, or about the bot."""

    kind: Kind
    language: str
    """In which it was said; one word is too little to detect that by its letters."""


def courtesy(message: str) -> Courtesy | None:
    """Return what `message` says out of courtesy or about the bot; None for a question, and for anything longer."""
    if len(message) > _LONGEST:
        return None
    said = _spoken(message)
    return _phrases().get(said) or _phrases().get(_unaddressed(said))


def _spoken(text: str) -> str:
    """Return the bare words: no punctuation, no emoji, no case, apostrophes closed up ("what's" and "whats")."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    closed = re.sub(r"['’`´]", "", folded)
    kept = (char if unicodedata.category(char)[0] in "LMN" else " " for char in closed)
    return " ".join("".join(kept).split())


def _unaddressed(said: str) -> str:
    for name in _data()["addressed"]:
        if said.endswith(name) and said != name:
            return said.removesuffix(name).rstrip()
    return said


@cache
def _phrases() -> Mapping[str, Courtesy]:
    """Return the phrases by their bare words; one that two languages share belongs to the first."""
    found: dict[str, Courtesy] = {}
    for language, kinds in _data().items():
        if language == "addressed":
            continue
        for kind, phrases in kinds.items():
            for phrase in phrases:
                found.setdefault(_spoken(phrase), Courtesy(kind=Kind(kind), language=language))
    return found


@cache
def _data() -> Mapping[str, Mapping[str, list[str]]]:
    data: dict[str, dict[str, list[str]]] = tomllib.loads(data_file("courtesies.toml").read_text(encoding="utf-8"))
    return data
