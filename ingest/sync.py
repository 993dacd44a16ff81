"""Bring the index in step with files: read what changed, embed what is new, publish once.

Nothing that readers see changes before the last step, so that an interruption at any moment leaves the old index served.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.changes import REMOVED, find_changes
from ingest.errors import IndexDamagedError, IndexMismatchError, UsageError
from ingest.index import rows
from ingest.index.generation import Base, draft, find_base
from ingest.walk import walk
from ingest.write import Row, Writer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ingest.embed.protocol import Embedder
    from ingest.home import Home
    from ingest.index.manifest import Manifest
    from ingest.index.rows import LedgerEntry
    from ingest.progress import Reporter
    from ingest.stages import Stages


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """What a sync did."""

    manifest: Manifest | None
    """Of the generation now served; None where there is no index at all."""
    published: bool
    """False where nothing had changed."""
    rows: tuple[Row, ...] = ()
    unchanged: int = 0
    removed: tuple[str, ...] = ()
    troubles: tuple[LedgerEntry, ...] = ()
    embedded: int = 0
    """Passages that had to be embedded; those whose text was known kept their vectors."""
    seconds: float = 0.0

    @property
    def exit_code(self) -> int:
        """1 where no file could be read and some should have been; 0 otherwise."""
        return int(bool(self.troubles) and not self.rows and not self.unchanged)


def sync(
    paths: Sequence[str | Path],
    *,
    home: Home,
    embedder: Embedder,
    stages: Stages,
    report: Reporter,
    rebuild: bool = False,
) -> SyncReport:
    """Bring the index in `home` in step with the files at `paths` (with none given: with the roots read before).

    Raises:
        UsageError: a path does not exist, or none was given and none is known.
        HomeBusyError: somebody else is writing to this home.
        IndexMismatchError: the index was made by another embedder and `rebuild` is not set.
        IndexDamagedError: no whole generation is left to build on and `rebuild` is not set.
    """
    started = time.perf_counter()
    with home.lock():
        base = _base(home, embedder, rebuild=rebuild, report=report)
        ledger = _ledger(base)
        files = walk(paths or _known_roots(ledger, report), stages.accepts)
        changes = find_changes(files, ledger, stages.parse, stages.version, rebuild=rebuild, report=report)
        for trouble in changes.troubles:
            report.warn(f"skipped {trouble.path}: {trouble.reason}")
        for folder in files.unreadable:
            report.warn(f"cannot list {folder}: what was read from it before stays in the index")
        work = Writer(embedder, stages, report, base.manifest.embedder.dimension if base else embedder.dimension)
        unneeded = (changes.nothing and not rebuild) or (base is None and not changes.parsed)
        manifest = base.manifest if base else None
        if not unneeded:
            manifest = work.publish(home, base, changes, rebuild=rebuild)
    return SyncReport(
        manifest=manifest,
        published=not unneeded,
        rows=tuple(work.rows),
        unchanged=changes.unchanged,
        removed=tuple(sorted(changes.removed)),
        troubles=changes.troubles,
        embedded=work.embedded,
        seconds=time.perf_counter() - started,
    )


def remove(source_ids: Sequence[str], *, home: Home) -> Manifest:
    """Take sources out of the index. Their files stay where they are, and stay out until they change or all is rebuilt.

    Raises:
        UsageError: the index holds no such source; nothing was removed.
        HomeBusyError: somebody else is writing to this home.
    """
    with home.lock():
        base = find_base(home)
        ledger = _ledger(base)
        if base is None:
            raise UsageError(f"there is no index in {home.path} to remove anything from")
        with draft(home, base) as work:
            for source_id in source_ids:
                if not work.store.remove(source_id):
                    raise UsageError(f"the index holds no source {source_id}; see: ingest status")
            for source in rows.read_sources(work.store.connection):
                if source.translation_of in source_ids:
                    work.store.update(replace(source, translation_of=None))
            for entry in ledger.values():
                if entry.source_id in source_ids:
                    work.store.record(replace(entry, status=REMOVED, source_id=None, reason="removed by hand"))
            return work.publish(base.manifest.embedder, base.manifest.chunker)


def _base(home: Home, embedder: Embedder, *, rebuild: bool, report: Reporter) -> Base | None:
    """Return the generation to build on, having made sure that its vectors and the embedder's belong together."""
    try:
        base = find_base(home)
    except (IndexDamagedError, IndexMismatchError) as error:
        if not rebuild:
            raise
        report.warn(f"{error}; building a new index from the files alone")
        return None
    if base is None:
        return None
    if base.warning:
        report.warn(base.warning)
    made_by, asked = base.manifest.embedder, embedder
    if made_by.fingerprint != asked.fingerprint and not rebuild:
        raise IndexMismatchError(
            f"the index was made by embedder {made_by.id} ({made_by.fingerprint[:12]}),"
            f" this is {asked.id} ({asked.fingerprint[:12]}); choose that embedder or run: ingest sync --rebuild"
        )
    return base


def _ledger(base: Base | None) -> dict[str, LedgerEntry]:
    if base is None:
        return {}
    with contextlib.closing(base.connect()) as connection:
        return rows.read_ledger(connection)


def _known_roots(ledger: Mapping[str, LedgerEntry], report: Reporter) -> Sequence[str]:
    roots = dict.fromkeys(entry.root for entry in ledger.values())
    if not roots:
        raise UsageError("nothing was ingested yet: name the files or folders to read, as in: ingest sync PATH")
    for root in roots:
        if not Path(root).exists():
            report.warn(f"{root} is not there any more: what was read from it stays in the index")
    return [root for root in roots if Path(root).exists()]
