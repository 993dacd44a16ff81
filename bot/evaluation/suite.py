"""What a suite is: a name, a claim and a function from a bench to figures with the worst cases."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from ingest.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.evaluation.bench import Bench

WORST = 10
"""Cases shown of each suite."""
NAMES = ("seeds", "followups", "translations", "xquad", "interviews", "abstention", "faithfulness", "injection", "corpus")
"""Every suite, in the order in which they run; each is `SUITE` in the module of its name in `bot.evaluation.suites`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The figures of one language, one kind of case, or all; shares lie between 0 and 1."""

    name: str
    count: int
    """Cases that the figures rest on."""
    figures: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Something that went wrong: the question or an id, and what, in our own words (at most eight words of a source)."""

    case: str
    wrong: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a figure of a row is meant to reach."""

    row: str
    figure: str
    at_least: float | None = None
    at_most: float | None = None

    def is_met(self, value: float) -> bool:
        """Tell whether `value` is good enough."""
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a suite measured. `worst` comes worst first; only the first ten are kept."""

    rows: tuple[Row, ...]
    worst: tuple[Case, ...] = ()
    notes: tuple[str, ...] = ()
    """What a reader must know to read the figures: how cases were made, what was left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """One measurement that anybody with the data can repeat."""

    name: str
    claim: str
    """What the figures say, in a sentence."""
    run: Callable[[Bench], Result]
    targets: tuple[Target, ...] = ()
    needs_data: bool = True
    """Whether it reads the evaluation texts beside the repository."""


def find_suites(names: Sequence[str]) -> list[Suite]:
    """Return the suites called `names`, all for none; only their modules are imported.

    Raises:
        UsageError: no suite has one of these names.
    """
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        raise UsageError(f"no suite is called {', '.join(unknown)}; choose from {', '.join(NAMES)}")
    chosen = [name for name in NAMES if name in names] if names else list(NAMES)
    return [import_module(f"bot.evaluation.suites.{name}").SUITE for name in chosen]
