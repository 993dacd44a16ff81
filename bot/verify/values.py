"""What goes into a verification and what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

ANY_PRONOUN = ("he", "she", "they")


class Reason(StrEnum):
    """Why a claim may not be shown; each names the first thing a reader would hold against it."""

    NEGATION = "negation"
    NUMBER = "number"
    NAME = "name"
    SUBJECT = "subject"
    PERSON = "person"
    MODALITY = "modality"
    CERTAINTY = "certainty"
    ADDED = "added"
    OMITTED = "omitted"
    DROPPED_CONDITION = "dropped_condition"
    QUANTITY = "quantity"
    COMPARISON = "comparison"
    TENSE = "tense"
    GRAMMAR = "grammar"
    LANGUAGE = "language"
    MARKUP = "markup"
    LENGTH = "length"
    UNSUPPORTED_LANGUAGE = "unsupported_language"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The person whose words a quote is, as a claim may name them.

    `pronouns` holds the pronoun sets a claim may use for them ("he", "she", "they"); where nobody knows, any one of them is
    let through, but never two in one sentence.
    """

    name: str
    aliases: tuple[str, ...] = ()
    pronouns: tuple[str, ...] = ANY_PRONOUN
    role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether the claim says what the quote says, and if not, why."""

    accepted: bool
    reasons: tuple[Reason, ...] = ()
