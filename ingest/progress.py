"""How a long ingest shows where it is: bars on a terminal, plain lines elsewhere, nothing when asked to be quiet."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Reporter(AbstractContextManager["Reporter"], Protocol):
    """Told about stages, their size and every step."""

    def begin(self, stage: str, total: int) -> None:
        """Start a stage of `total` steps."""

    def advance(self, steps: int = 1) -> None:
        """Count steps of the stage as done."""

    def warn(self, message: str) -> None:
        """Say something that whoever runs this should see."""


class Silent(Reporter):
    """Says nothing but warnings, which go to stderr."""

    def __exit__(self, *_: object) -> None:
        """Nothing to tidy up."""

    def begin(self, stage: str, total: int) -> None:
        """Ignore the stage."""

    def advance(self, steps: int = 1) -> None:
        """Ignore the steps."""

    def warn(self, message: str) -> None:
        """Print one line on stderr."""
        sys.stderr.write(f"warning: {message}\n")


class Lines(Silent):
    """One line on stderr for each stage: for logs and pipes."""

    def begin(self, stage: str, total: int) -> None:
        """Print the stage and its size, where there is something to do."""
        if total:
            sys.stderr.write(f"{stage}: {total}\n")


class Bars(Reporter):
    """A bar for each stage with counts, rate and remaining time."""

    def __init__(self) -> None:
        from rich.console import Console  # noqa: PLC0415 (slow to import)
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

        self._progress: Progress = Progress(
            TextColumn("{task.description:<12}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        """Show the bars."""
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take the bars off the terminal."""
        self._progress.stop()

    def begin(self, stage: str, total: int) -> None:
        """Add a bar, where there is something to do."""
        self._task = self._progress.add_task(stage, total=total, rate="") if total else None

    def advance(self, steps: int = 1) -> None:
        """Move the newest bar."""
        if self._task is None:
            return
        self._progress.advance(self._task, steps)
        speed = self._progress.tasks[-1].speed
        self._progress.update(self._task, rate=f"{speed:.0f}/s" if speed else "")

    def warn(self, message: str) -> None:
        """Print one line above the bars."""
        self._progress.console.print(f"warning: {message}", style="yellow", markup=False, highlight=False)


def reporter(*, quiet: bool) -> Reporter:
    """Return the reporter that suits stderr."""
    if quiet:
        return Silent()
    return Bars() if sys.stderr.isatty() else Lines()
