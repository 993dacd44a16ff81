"""Keep the index in step with folders while they change: one sync at the start, one after each flurry of changes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ingest.errors import HomeBusyError, IngestError
from ingest.listing import is_listing, listed_paths
from ingest.walk import folder_to_watch

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from ingest.sync import SyncReport

QUIET_MILLISECONDS = 500
"""Changes are taken together until nothing has changed for so long …"""
LONGEST_MILLISECONDS = 5000
"""… or so much time has gone by."""
_WAIT_SECONDS = 1.0
_LOOK_UP_MILLISECONDS = 500
_SAY_AGAIN_SECONDS = 60.0


class Signal(Protocol):
    """Says whether to stop; `threading.Event` is one."""

    def is_set(self) -> bool:
        """Tell whether to stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    """What to do, whom to tell, and what to keep away from."""

    paths: tuple[str | Path, ...]
    """Files, folders, patterns and lists of sources."""
    home: Path
    """Changes in here are the index's own."""
    sync: Callable[[], SyncReport]
    tell: Callable[[SyncReport], None]
    """Called after each sync."""
    warn: Callable[[str], None]
    """Called with one line about what went wrong; watching goes on."""
    stop: Signal
    quiet_milliseconds: int = QUIET_MILLISECONDS

    def run(self) -> None:
        """Sync, then sync after every change, until told to stop.

        Raises:
            IngestError: the first sync failed; a later one that fails is told and the next change tries again.
        """
        report = self._when_free()
        if report is not None:
            self.tell(report)
        while not self.stop.is_set():
            places = self._places()
            new = True
            for changes in self._changes(places):
                if changes or new:  # what changed before the watch stood would go unseen
                    self._follow()
                new = False
                if self._places() != places:  # a list names other folders now, or a folder came or went
                    break

    def _follow(self) -> None:
        try:
            report = self._when_free()
        except IngestError as error:
            self.warn(str(error))
        except OSError as error:
            self.warn(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}")
        else:
            if report is not None:
                self.tell(report)

    def _when_free(self) -> SyncReport | None:
        """Sync as soon as nobody else writes to the home; None where told to stop while waiting."""
        told = 0.0
        while not self.stop.is_set():
            try:
                return self.sync()
            except HomeBusyError as busy:
                if not told or time.monotonic() - told > _SAY_AGAIN_SECONDS:
                    told = time.monotonic()
                    self.warn(f"{busy}; waiting")
                time.sleep(_WAIT_SECONDS)
        return None

    def _changes(self, places: Iterable[Path]) -> Iterator[Collection[object]]:
        """Yield what changed; nothing, now and then, where nothing did."""
        from watchfiles import watch  # noqa: PLC0415 (starts a thread pool)

        return watch(
            *places,
            watch_filter=self._concerns,
            debounce=LONGEST_MILLISECONDS,
            step=self.quiet_milliseconds,
            rust_timeout=_LOOK_UP_MILLISECONDS,
            yield_on_timeout=True,
            stop_event=self.stop,
            raise_interrupt=True,
            ignore_permission_denied=True,
        )

    def _concerns(self, _: object, path: str) -> bool:
        changed = Path(path)
        return not changed.name.startswith(".") and not changed.is_relative_to(self.home)

    def _places(self) -> tuple[Path, ...]:
        """Return the folders to watch: those that are there, without those inside another."""
        folders = sorted({folder for name in self.paths for folder in _folders(Path(name)) if folder.is_dir()})
        return tuple(folder for folder in folders if not any(other in folder.parents for other in folders))


def _folders(name: Path) -> Iterator[Path]:
    yield folder_to_watch(name)
    if is_listing(name):
        try:
            named = listed_paths(name)
        except IngestError:  # it is being edited
            return
        for one in named:
            yield folder_to_watch(name.resolve().parent / Path(one).expanduser())
