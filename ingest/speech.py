"""Units of speech that was written down without punctuation, as automatic captions are.

Cuts are chosen by dynamic programming over the whole text, as line breaks are by Knuth and Plass, "Breaking Paragraphs into
Lines" (1981): each possible cut earns a score from the words around it (where clauses begin and where they cannot end, as in
the lexical cues of Stolcke and Shriberg, "Automatic linguistic segmentation of conversational speech", 1996), each unit pays
for being too short or too long.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

from ingest.questions import asked, hosts
from ingest.sentences import word_count
from ingest.values import Span

SHORTEST, LONGEST, LIMIT = 14, 28, 44
"""Words: units between the first two cost nothing, none is longer than the third unless a single token is."""
FORCED = 50.0
BROKEN = -9.0
BINDING = -2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A clause or two of speech; `is_question` where the host seems to ask or to greet."""

    span: Span
    is_question: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cues:
    openers: tuple[tuple[float, re.Pattern[str]], ...]
    broken: frozenset[str]
    binding: frozenset[str]
    glued: re.Pattern[str]


@cache
def _cues() -> _Cues:
    data = tomllib.loads(files("ingest").joinpath("data/speech.toml").read_text(encoding="utf-8"))
    openers = tuple(
        (float(tier["score"]), re.compile(rf"(?:{'|'.join(tier['phrases'])})(?!\S)", re.IGNORECASE)) for tier in data["openers"]
    )
    endings = data["endings"]
    return _Cues(
        openers=openers,
        broken=frozenset(endings["broken"]),
        binding=frozenset(endings["binding"]),
        glued=re.compile(rf"(?:{'|'.join(endings['glued'])})(?!\S)", re.IGNORECASE),
    )


def units(text: str) -> tuple[Span, ...]:
    """Return `text` cut into units of about 14 to 28 words, each a clause as far as its words show."""
    return tuple(unit.span for unit in spoken(text))


def spoken(text: str) -> tuple[Unit, ...]:
    """Return the units of `text`, with the host's questions told apart (English only)."""
    tokens = [Span(match.start(), match.end()) for match in re.finditer(r"\S+", text)]
    if not tokens:
        return ()
    questions = asked(text)
    forced = {question.opener.start for question in questions} | {
        question.answered for question in questions if question.answered
    }
    cuts = _best_cuts(text, tokens, _scores(text, tokens, forced))
    spans = [Span(tokens[start].start, tokens[end - 1].end) for start, end in pairwise(cuts)]
    return tuple(
        Unit(span=span, is_question=hosts(span.of(text)) or any(question.holds(span) for question in questions))
        for span in spans
    )


def _scores(text: str, tokens: list[Span], forced: set[int]) -> list[float]:
    """Return what a cut in front of each token is worth."""
    return [0.0] + [
        FORCED if tokens[i].start in forced else _score(text, tokens[i - 1], tokens[i]) for i in range(1, len(tokens))
    ]


def _score(text: str, before: Span, after: Span) -> float:
    cues = _cues()
    last = before.of(text).casefold()
    if last in cues.broken or cues.glued.match(text, before.start):
        return BROKEN
    worth = next((score for score, opener in cues.openers if opener.match(text, after.start)), -1.0)
    return worth + (BINDING if last in cues.binding else 0.0)


def _best_cuts(text: str, tokens: list[Span], scores: list[float]) -> list[int]:
    """Return token indices, first 0 and last `len(tokens)`, that cut the text best."""
    lengths = [max(1, word_count(token.of(text))) if len(token) > LIMIT else 1 for token in tokens]
    best = [0.0] + [float("-inf")] * len(tokens)
    back = [0] * (len(tokens) + 1)
    for end in range(1, len(tokens) + 1):
        words = 0
        for start in range(end - 1, -1, -1):
            words += lengths[start]
            if words > LIMIT and start < end - 1:
                break
            value = best[start] + scores[start] - _cost(words)
            if value > best[end]:
                best[end], back[end] = value, start
    cuts = [len(tokens)]
    while cuts[-1]:
        cuts.append(back[cuts[-1]])
    return cuts[::-1]


def _cost(words: int) -> float:
    """Return what a unit of so many words pays, so that many short units do not outbid a few whole ones."""
    off = SHORTEST - words if words < SHORTEST else max(0, words - LONGEST)
    return 2.6 + 0.35 * off + 0.02 * off * off
