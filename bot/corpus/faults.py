"""What is wrong with the corpus, and where."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Fault:
    """Something that a rule forbids: file, line and one plain line of text."""

    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        """Return the fault as compilers write theirs, so that editors lead to the line."""
        here = Path.cwd()
        path = self.path.relative_to(here) if self.path.is_relative_to(here) else self.path
        return f"{path}:{self.line}: {self.text}"


def line_with(path: Path, start: str) -> int:
    """Return the number of the first line that starts with `start`; 1 where none does."""
    lines = path.read_text(encoding="utf-8").split("\n")
    return next((number for number, line in enumerate(lines, start=1) if line.startswith(start)), 1)
