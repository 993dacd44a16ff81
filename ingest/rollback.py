"""Go back to the generation before the served one."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.errors import IndexDamagedError, NoIndexError, UsageError
from ingest.index.generation import open_database
from ingest.index.manifest import DATABASE, Manifest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ingest.home import Home


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackReport:
    """What a step back did, seen from the readers: ids of sources that came back, went, or have other words now."""

    left: str
    """The generation that was served; the next sync deletes it."""
    manifest: Manifest
    """Of the generation that is served now."""
    back: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    other_words: tuple[str, ...] = ()
    other_embedder: str | None = None
    """The embedder of the generation that was left, where it is not the present one's."""
    unknown: bool = False
    """Whether the generation that was left was too damaged to be compared."""


def rollback(home: Home) -> RollbackReport:
    """Serve the generation before the present one, which must be whole. Files are left alone: the next sync reads them again.

    Raises:
        NoIndexError: nothing was ever published.
        UsageError: there is no generation to go back to.
        IndexDamagedError: the one before is damaged.
        HomeBusyError: somebody is writing to this home.
    """
    if home.current() is None:
        raise NoIndexError(f"no index in {home.path}; run: ingest sync PATH")
    with home.lock("goes back to the generation before"):
        current = home.current() or ""
        before = home.behind(current)
        if before is None or before == current:
            raise UsageError(f"there is no generation before {current} to go back to")
        folder = home.folder(before)
        manifest = Manifest.read(folder)
        manifest.verify(folder)
        report = _compared(home, current, manifest)
        home.serve(before, None)
    return report


def _compared(home: Home, left: str, manifest: Manifest) -> RollbackReport:
    after = _texts(home, manifest.generation)
    try:
        before, made_by = _texts(home, left), Manifest.read(home.folder(left)).embedder
    except IndexDamagedError:
        return RollbackReport(left=left, manifest=manifest, unknown=True)
    return RollbackReport(
        left=left,
        manifest=manifest,
        back=tuple(sorted(after.keys() - before.keys())),
        gone=tuple(sorted(before.keys() - after.keys())),
        other_words=tuple(sorted(source for source in before.keys() & after.keys() if before[source] != after[source])),
        other_embedder=made_by.id if made_by.fingerprint != manifest.embedder.fingerprint else None,
    )


def _texts(home: Home, generation: str) -> Mapping[str, str]:
    path = home.folder(generation) / DATABASE
    try:
        with contextlib.closing(open_database(path)) as connection:
            return dict(connection.execute("SELECT source_id, text FROM documents"))
    except sqlite3.Error as error:
        raise IndexDamagedError(f"{path} is damaged: {error}") from error
