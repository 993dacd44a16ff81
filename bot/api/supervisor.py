"""Keeps the processes of the service alive: starts them, restarts what dies, ends them in order."""

from __future__ import annotations

import logging
import os
import signal
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.process import BaseProcess

PERMANENT = frozenset({2, 4})
"""Exit codes (DESIGN 8) that a restart cannot mend: wrong usage, something not installed."""
STEADY_SECONDS = 5.0
"""A child that lived this long is restarted at once; others wait, longer each time."""
LONGEST_PAUSE = 5.0
_KILL_SECONDS = 5.0
_log = logging.getLogger("bot.api")


@dataclass(slots=True, kw_only=True)
class Child:
    """A process that has to run, and how it has been doing."""

    name: str
    start: Callable[[], BaseProcess]
    last: bool = False
    """Ended only after all others are: what they need until their end."""
    ended: Callable[[int], None] = lambda _: None
    """Called with the process id of each that has ended."""
    process: BaseProcess | None = None
    began: float = 0.0
    due: float = 0.0
    failures: int = 0


@dataclass(slots=True, kw_only=True)
class Supervisor:
    """Runs `children` until a signal, or until one of them ends for a reason that a restart cannot mend.

    Args:
        children: what has to run.
        drain: seconds that a child gets to end by itself after SIGTERM.
    """

    children: Sequence[Child]
    drain: float
    _wake: tuple[int, int] = field(default_factory=os.pipe)
    _signals: int = 0

    def run(self) -> int:
        """Return the exit code: 0 after a signal, otherwise the code of the child that cannot be mended."""
        code = 0
        with self._on_signals():
            while not self._signals and not code:
                self._start_due()
                self._sleep()
                code = self._reap()
            self._end()
        return code

    def stop(self) -> None:
        """End the service; safe from a signal handler and from any thread."""
        self._signals += 1
        os.write(self._wake[1], b"x")

    def _start_due(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.process is None and child.due <= now:
                child.process, child.began = child.start(), now

    def _sleep(self) -> None:
        now = time.monotonic()
        pauses = [max(0.0, child.due - now) for child in self.children if child.process is None]
        running = [child.process.sentinel for child in self.children if child.process]
        for ready in wait([*running, self._wake[0]], min(pauses, default=None)):
            if ready == self._wake[0]:
                os.read(self._wake[0], 64)

    def _reap(self) -> int:
        """Take note of who has died, and when to start them again; return a code that a restart cannot mend, or 0."""
        for child in self.children:
            if child.process is None or child.process.is_alive():
                continue
            code = child.process.exitcode or 0
            self._bury(child)
            if code in PERMANENT:
                return code
            lived = time.monotonic() - child.began
            child.failures = 0 if lived >= STEADY_SECONDS else child.failures + 1
            pause = min(LONGEST_PAUSE, 0.25 * 2 ** (child.failures - 1)) if child.failures > 1 else 0.0
            child.due = time.monotonic() + pause
            _log.warning("restarting", extra={"fields": {"process": child.name, "code": code, "pause": pause}})
        return 0

    def _end(self) -> None:
        for group in (False, True):
            ending = [child for child in self.children if child.last is group and child.process]
            for child in ending:
                if child.process:
                    child.process.terminate()
            self._await(ending)

    def _await(self, ending: Sequence[Child]) -> None:
        """Wait until these have ended; a second signal, or the end of their time, kills them."""
        until, signals = time.monotonic() + self.drain + _KILL_SECONDS, self._signals
        for child in ending:
            while child.process and child.process.is_alive():
                if time.monotonic() > until or self._signals > max(1, signals):
                    child.process.kill()
                child.process.join(0.1)
            self._bury(child)

    def _bury(self, child: Child) -> None:
        if child.process:
            child.process.join()
            child.ended(child.process.pid or 0)
            child.process.close()
            child.process = None

    @contextmanager
    def _on_signals(self) -> Iterator[None]:
        chosen = (signal.SIGTERM, signal.SIGINT)
        before = [signal.signal(number, lambda *_: self.stop()) for number in chosen]
        try:
            yield
        finally:
            for number, handler in zip(chosen, before, strict=True):
                signal.signal(number, handler)
