"""The button More: further statements on the same question, without those the asker has read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.chat.backend import Payload

SOURCES = 12
"""Statements asked for; the most the service gives."""


def shown_quotes(answer: Payload) -> tuple[tuple[str, int], ...]:
    """Return the quotes of an answer: source and where they start."""
    return tuple((citation["source_id"], citation["char_start"]) for citation in answer["citations"])


def without(answer: Payload, seen: Iterable[tuple[str, int]]) -> Payload:
    """Return the answer without the statements that rest only on quotes seen before, and without those quotes."""
    old = set(seen)
    fresh = {citation["n"] for citation in answer["citations"] if (citation["source_id"], citation["char_start"]) not in old}
    claims = [claim for claim in answer["claims"] if fresh.intersection(claim["citations"])]
    cited = {n for claim in claims for n in claim["citations"]}
    return {
        **answer,
        "claims": claims,
        "citations": [citation for citation in answer["citations"] if citation["n"] in cited],
        "voices": {**answer["voices"], "names": []},
    }
