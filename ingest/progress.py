"""How a long ingest shows where it is: bars on a terminal, plain lines elsewhere, nothing when asked to be quiet."""

from __future__ import annotations

import sys
import time
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.progress import Progress, TaskID

_SECONDS_BETWEEN_LINES = 10.0


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


class Once(Silent):
    """Says nothing but warnings, each once however often it is given: for work that is done over and over."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._said: set[str] = set()

    def warn(self, message: str) -> None:
        """Say something that was not said before."""
        if message not in self._said:
            self._said.add(message)
            self._say(message)


class Lines(Silent):
    """One line on stderr for each stage, and one now and then in a long one: for logs and pipes."""

    def __init__(self) -> None:
        self._stage, self._total, self._done = "", 0, 0
        self._began = self._said = 0.0

    def begin(self, stage: str, total: int) -> None:
        """Print the stage and its size, where there is something to do."""
        self._stage, self._total, self._done = stage, total, 0
        self._began = self._said = time.monotonic()
        if total:
            sys.stderr.write(f"{stage}: {total}\n")

    def advance(self, steps: int = 1) -> None:
        """Print how far it is, how fast and how much longer, if nothing was printed for a while."""
        self._done += steps
        now = time.monotonic()
        if now - self._said < _SECONDS_BETWEEN_LINES or not self._done:
            return
        self._said = now
        rate = self._done / (now - self._began)
        left = max(0, self._total - self._done) / rate
        sys.stderr.write(f"{self._stage}: {self._done}/{self._total}, {rate:.0f}/s, {_duration(left)} left\n")


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


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def reporter(*, quiet: bool) -> Reporter:
    """Return the reporter that suits stderr."""
    if quiet:
        return Silent()
    return Bars() if sys.stderr.isatty() else Lines()
