"""Counted synthesis: how many of the people in the corpus speak to the question. Computed, never generated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import strings
from bot.evidence import people_of
from bot.values import Evidence, Voices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.index.reader import Index


def count_voices(evidence: Sequence[Evidence], index: Index) -> Voices:
    """Return who is quoted, out of everybody whose words or experience the corpus holds."""
    names = people_of(evidence)
    return Voices(speaking=len(names), of=max(len(index.people()), len(names)), names=names)


def describe(voices: Voices, language: str) -> str:
    """Return the count as a sentence in `language`; empty where nobody can be named."""
    if not voices.names:
        return ""
    return strings.counted(
        "voices",
        voices.speaking,
        language,
        speaking=voices.speaking,
        of=voices.of,
        names=strings.listing(voices.names, language),
    )
