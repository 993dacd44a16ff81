"""What the configured language model may be asked to do, in which language: measured (`bot doctor --calibrate`), not guessed.

An ability that is off is not tried; the pipeline then does what it does without a language model.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum

ANY = "*"
"""In the place of a language: every one."""
_FURTHEST = 60.0


class Ability(StrEnum):
    """The kinds of work that a model can be good or bad at. The language is that of the question."""

    JUDGE = "judge"
    """Say whether a quote answers a question. Nothing guards it: a bad judge refuses what the corpus knows."""
    RESTATE = "restate"
    """Say one quote in the third person. The verifier guards it: a bad writer only costs time."""
    CONDENSE = "condense"
    """Rewrite a follow-up so that it stands alone. Guarded: no word may come from outside the conversation."""
    TRANSLATE_QUESTION = "translate_question"
    """Put a question into English for the search. Nothing guards it but the search itself."""
    PROSE = "prose"
    """Answer from several quotes in one piece. Guarded by the verifier, and slow where it is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """How to read one model's log odds of "Yes" as those of the model that the refusals were calibrated with."""

    scale: float = 1.0
    shift: float = 0.0

    @property
    def are_plain(self) -> bool:
        """Tell whether they are taken as they are, as those of the reference model."""
        return (self.scale, self.shift) == (1.0, 0.0)

    def read(self, probability: float | None) -> float | None:
        """Return the probability the reference model would have given; None stays None."""
        if probability is None or self.are_plain:
            return probability
        clipped = min(1 - 1e-9, max(1e-9, probability))
        log_odds = self.scale * math.log(clipped / (1 - clipped)) + self.shift
        return 1.0 / (1.0 + math.exp(-min(_FURTHEST, max(-_FURTHEST, log_odds))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """Which abilities are on, per language."""

    on: frozenset[tuple[str, str]]
    """Pairs of an ability and a language (ISO 639-1, or `ANY`)."""
    odds: Odds = field(default_factory=Odds)

    def has(self, ability: str, language: str) -> bool:
        """Tell whether to use the model for `ability` when the question is in `language`."""
        return (ability, language) in self.on or (ability, ANY) in self.on

    def languages(self, ability: str) -> tuple[str, ...]:
        """Return the languages in which `ability` is on, in order."""
        return tuple(sorted(language for name, language in self.on if name == ability))


def _everywhere(*abilities: Ability) -> Abilities:
    return Abilities(on=frozenset((ability.value, ANY) for ability in abilities))


TRUSTED = _everywhere(Ability.JUDGE, Ability.RESTATE, Ability.CONDENSE, Ability.TRANSLATE_QUESTION)
"""Of a model that is known to be good, such as one that a test scripts."""
UNMEASURED = _everywhere(Ability.RESTATE, Ability.CONDENSE)
"""Of a model that nobody has measured: what a strict check guards is tried, what nothing guards waits for a measurement."""
