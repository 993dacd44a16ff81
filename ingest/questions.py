"""What is a question: by its mark, by how it begins, or, in unpunctuated speech, by an interrogative in the second person."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ingest.values import Span

_MARKED = re.compile(r"[?？؟][\s\"'”’»)\]）」』】*_!！.…]*$")
_OPENED = re.compile(r"^[¿\s]*¿")
_TRAILING = re.compile(r"[\s.:：。!！…]+$")
_ADDRESS = re.compile(
    r"\b(?:you|your|yours|yourself|usted|tú|tu|su|Sie|du|vous|votre|você|вы|вас|вам|ты)\b|你|您|あなた|आप|أنت", re.IGNORECASE
)
ANSWER_WITHIN = 130
"""How many characters after a spoken question's opener an answer's beginning is looked for."""
SHORTEST_TAIL = 8
"""How many characters a spoken question goes on at least after its opener."""


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("ingest").joinpath("data/questions.toml").read_text(encoding="utf-8"))


@cache
def _hosting() -> re.Pattern[str]:
    return re.compile("|".join(_data()["hosting"]), re.IGNORECASE)


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], dict[str, re.Pattern[str]]]:
    data = _data()
    asked = re.compile(rf"(?<!\S)(?P<fillers>{data['fillers']})(?:{'|'.join(data['asked'])})", re.IGNORECASE)
    answers = re.compile(rf"(?<=\s)(?:{'|'.join(data['answers'])})", re.IGNORECASE)
    requests = {code: re.compile(pattern, re.IGNORECASE) for code, pattern in data["requests"].items()}
    return asked, answers, requests


def is_question(text: str, language: str) -> bool:
    """Tell whether `text`, a heading, a line or a sentence, asks or requests rather than tells.

    A question mark at its end decides; without one it has to begin as questions to a second person do in `language`
    (ISO 639-1).
    """
    if ends_asking(text) or _OPENED.match(text):
        return True
    request = _patterns()[2].get(language)
    return request is not None and request.match(_TRAILING.sub("", text.strip())) is not None


def ends_asking(text: str) -> bool:
    """Tell whether `text` ends with a question mark, closing quotes and brackets aside."""
    return _MARKED.search(text) is not None


def addresses(text: str) -> bool:
    """Tell whether `text` speaks to a second person, as a host's question does and a rhetorical one rarely."""
    return _ADDRESS.search(text) is not None


def hosts(text: str) -> bool:
    """Tell whether `text` is what only a host says: a welcome, an announcement, thanks at the end. English."""
    return _hosting().search(text) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A host's question in unpunctuated speech: the words that give it away, and where an answer seems to begin."""

    opener: Span
    answered: int | None = None
    """Offset of the answer's first character; None where no answer's beginning was recognised."""

    def holds(self, span: Span) -> bool:
        """Tell whether a unit of speech at `span` is part of the question."""
        return self.opener.start <= span.start < (self.opener.end if self.answered is None else self.answered)


def asked(text: str) -> tuple[Asked, ...]:
    """Return where a host seems to ask in the unpunctuated English speech `text`, in order, without overlaps."""
    openers, answers, _ = _patterns()
    found: list[Asked] = []
    position = 0
    while match := openers.search(text, position):
        answer = answers.search(text, match.end() + SHORTEST_TAIL, match.end() + ANSWER_WITHIN)
        found.append(Asked(opener=Span(match.start(), match.end()), answered=answer.start() if answer else None))
        position = answer.start() if answer else match.end()
    return tuple(found)
