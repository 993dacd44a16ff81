"""What the answer pipeline tells its consumers while it works; CLI, HTTP, the web page and Discord read the same stream.

A stream begins with `Searching` and ends with exactly one of `Done`, `Refused` or `Failed`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.values import Answer, Citation, Claim, Evidence, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Searching:
    """The question was understood and the search has begun."""

    question: Question


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFound:
    """The quotes that may answer the question, best first, before any model has read them."""

    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimReady:
    """A verified statement with the citations it rests on."""

    claim: Claim
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The whole answer."""

    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The corpus does not know: an answer that says so and names the nearest topics."""

    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The answer could not be finished; `error` says why in one line."""

    error: Exception


Event = Searching | EvidenceFound | ClaimReady | Done | Refused | Failed
