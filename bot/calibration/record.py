"""The result of a calibration, as a value and as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.abilities import Abilities, Odds

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = 1
_DIGITS = 4
_STEEPEST = 5.0
"""A model whose odds lie much closer together or further apart than the reference's is not stretched further than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One ability in one language: whether it is on, and the figures that decided."""

    ability: str
    language: str
    on: bool
    figures: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The model's mean log odds of "Yes" for quotes that answer and for quotes that do not."""

    answers: float
    misses: float

    def as_read_by(self, reference: Spread) -> Odds:
        """Return how to turn this model's log odds into the reference's."""
        own = self.answers - self.misses
        if self == reference or own <= 0:
            return Odds()
        scale = min(_STEEPEST, max(1 / _STEEPEST, (reference.answers - reference.misses) / own))
        return Odds(scale=scale, shift=(reference.answers + reference.misses - scale * (self.answers + self.misses)) / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What was measured, of which model, when, with which prompts."""

    fingerprint: str
    """Of the model: the SHA-256 of its file, or of its address and name."""
    name: str
    date: str
    careerbot: str
    prompts: str
    """Fingerprint of the prompts and cases it was measured with."""
    seconds: Mapping[str, float]
    """Usual duration of one call, by kind of work."""
    measured: tuple[Measured, ...]
    spread: Spread | None = None
    """None where the model tells no odds."""

    def abilities(self, reference: Spread | None) -> Abilities:
        """Return what is on."""
        odds = self.spread.as_read_by(reference) if self.spread and reference else Odds()
        return Abilities(on=frozenset((item.ability, item.language) for item in self.measured if item.on), odds=odds)


def to_json(record: Record) -> dict[str, Any]:
    """Return a record as JSON, figures rounded."""
    return {
        "schema": SCHEMA,
        "fingerprint": record.fingerprint,
        "name": record.name,
        "date": record.date,
        "careerbot": record.careerbot,
        "prompts": record.prompts,
        "seconds": _rounded(record.seconds),
        "spread": _rounded({"answers": record.spread.answers, "misses": record.spread.misses}) if record.spread else None,
        "abilities": [
            {"ability": item.ability, "language": item.language, "on": item.on, "figures": _rounded(item.figures)}
            for item in record.measured
        ],
    }


def from_json(data: Mapping[str, Any]) -> Record:
    """Read a record.

    Raises:
        ValueError: it is of another schema, or no record.
    """
    try:
        if data["schema"] != SCHEMA:
            raise ValueError(f"schema {data['schema']}, this version reads {SCHEMA}")
        return Record(
            fingerprint=str(data["fingerprint"]),
            name=str(data["name"]),
            date=str(data["date"]),
            careerbot=str(data["careerbot"]),
            prompts=str(data["prompts"]),
            seconds={str(name): float(value) for name, value in data["seconds"].items()},
            measured=tuple(_measured(item) for item in data["abilities"]),
            spread=Spread(**{name: float(value) for name, value in data["spread"].items()}) if data["spread"] else None,
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no calibration ({type(error).__name__}: {error})") from error


def _measured(item: Mapping[str, Any]) -> Measured:
    return Measured(
        ability=str(item["ability"]),
        language=str(item["language"]),
        on=item["on"] is True,
        figures={str(name): float(value) for name, value in item["figures"].items()},
    )


def _rounded(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: round(float(value), _DIGITS) for name, value in figures.items()}
