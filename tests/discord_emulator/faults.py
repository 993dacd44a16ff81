"""Failures that a test plans: refusals, server errors, lines that break before or after the work was done, slow answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from discord_emulator.ratelimit import Refusal


class Break(Enum):
    """Where a line breaks."""

    REQUEST_LOST = "the request never arrives"
    ANSWER_LOST = "the work is done, its answer never arrives"


@dataclass(slots=True, kw_only=True)
class Fault:
    """A planned failure.

    Attributes:
        path: pattern of the paths it strikes, as `/channels/*/messages`.
        method: the method it strikes, `*` for any.
        does: a status such as 503, a refusal, or a broken line; None only delays.
        times: how many requests it strikes still.
        skip: how many requests it lets pass first.
        seconds: how long the answer is held back.
    """

    path: str
    method: str = "*"
    does: int | Refusal | Break | None = None
    times: int = 1
    skip: int = 0
    seconds: float = 0.0
    struck: int = 0

    def strikes(self, method: str, path: str) -> bool:
        """Return whether it strikes this request, and count it if so."""
        if self.times <= self.struck or self.method not in {"*", method} or not fnmatchcase(path, self.path):
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.struck += 1
        return True


class Faults:
    """The plan."""

    def __init__(self) -> None:
        self.planned: list[Fault] = []

    def plan(self, fault: Fault) -> Fault:
        """Add a failure; return it, so that a test can see what it struck."""
        self.planned.append(fault)
        return fault

    def strike(self, method: str, path: str) -> Fault | None:
        """Return the failure of this request, if one is planned."""
        return next((fault for fault in self.planned if fault.strikes(method, path)), None)
