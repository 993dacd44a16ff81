"""Bring the index in step with files: read what changed, embed what is new, publish once.

Nothing that readers see changes before the last step, so that an interruption at any moment leaves the old index served.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest import failures
from ingest.changes import DUPLICATE, REMOVED, Changes, Kind, Step, find_changes
from ingest.embed.resuming import drop_memories
from ingest.errors import IndexDamagedError, IndexMismatchError, UsageError
from ingest.forgotten import Forgotten
from ingest.index import rows
from ingest.index.generation import Base, draft, find_base
from ingest.kinship.families import without
from ingest.seen import Seen
from ingest.walk import Found, Walk, folder_to_watch, is_pattern, walk
from ingest.write import Row, Writer

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ingest.embed.protocol import Embedder
    from ingest.home import Home
    from ingest.index.manifest import Manifest
    from ingest.index.rows import LedgerEntry
    from ingest.progress import Reporter
    from ingest.stages import Stages

MANY_REMOVED, SHARE_REMOVED = 5, 0.3
"""More sources than this, and more than this share of the index, go only when asked twice: a folder may not be mounted."""


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
    """Ids of sources that are not in the index any more."""
    troubles: tuple[LedgerEntry, ...] = ()
    steps: tuple[Step, ...] = ()
    """What happened to each file that did not stay as it was, or that has trouble."""
    embedded: int = 0
    """Passages that had to be embedded; those whose text was known kept their vectors."""
    resumed: int = 0
    """Texts, passages and sentences, that an interrupted run had embedded."""
    seconds: float = 0.0

    def count(self, *kinds: Kind) -> int:
        """Return to how many files this happened."""
        return sum(step.kind in kinds for step in self.steps)

    @property
    def exit_code(self) -> int:
        """1 where no file could be read and some should have been; 0 otherwise.

        A file that gives the same source as another one lacks nothing: its words are in the index.
        """
        lacking = any(entry.status != DUPLICATE for entry in self.troubles)
        return int(lacking and not self.rows and not self.unchanged and not self.count(Kind.MOVED))


def sync(
    paths: Sequence[str | Path],
    *,
    home: Home,
    embedder: Embedder,
    stages: Stages,
    report: Reporter,
    rebuild: bool = False,
    many_may_go: bool = False,
    include: Sequence[str] = (),
) -> SyncReport:
    """Bring the index in `home` in step with the files at `paths` (with none given: with the roots read before).

    Args:
        paths: files, folders, patterns and lists of sources.
        home: where the index is.
        embedder: what turns texts into vectors.
        stages: what turns files into sources.
        report: told how far it is.
        rebuild: read and embed everything again.
        many_may_go: take out sources whose files are gone even if they are many.
        include: ids or files of forgotten sources that may be read again.

    Raises:
        UsageError: a path does not exist, or none was given and none is known; `include` names what was not forgotten; or more
            sources than `MANY_REMOVED` and `SHARE_REMOVED` say would go without `many_may_go`. Nothing was changed.
        HomeBusyError: somebody else is writing to this home.
        IndexMismatchError: the index was made by another embedder and `rebuild` is not set.
        IndexDamagedError: no whole generation is left to build on and `rebuild` is not set.
    """
    run = _Run(home, stages, report, rebuild=rebuild)
    with home.lock("syncs it with files"):
        base = _base(home, embedder, rebuild=rebuild, report=report)
        ledger = _ledger(base)
        forgotten = Forgotten.read(home)
        if include:
            forgotten = forgotten.without(include, ledger)
            forgotten.write(home)
        files = _walk(paths, ledger, stages, report)
        changes = run.find(files, ledger, forgotten)
        if not many_may_go:
            _refuse_mass_removal(changes, base)
        return run.apply(changes, base, embedder)


def preview(
    paths: Sequence[str | Path], *, home: Home, stages: Stages, report: Reporter, rebuild: bool = False
) -> tuple[Changes, str | None]:
    """Return what `sync` would change, having written nothing and embedded nothing, and why it would ask first, if it would.

    Raises:
        UsageError: a path does not exist, or none was given and none is known.
        IndexDamagedError: no whole generation is left to build on and `rebuild` is not set.
    """
    run = _Run(home, stages, report, rebuild=rebuild)
    base = _whole_base(home, rebuild=rebuild, report=report)
    ledger = _ledger(base)
    changes = run.find(_walk(paths, ledger, stages, report), ledger, Forgotten.read(home))
    try:
        _refuse_mass_removal(changes, base)
    except UsageError as error:
        return changes, str(error)
    return changes, None


def retry(names: Sequence[str], *, home: Home, embedder: Embedder, stages: Stages, report: Reporter) -> SyncReport:
    """Read files that failed once more: those of these ids or paths, or all.

    Raises:
        UsageError: a name is not of a file that failed, or nothing failed.
        HomeBusyError, IndexMismatchError, IndexDamagedError: see `sync`.
    """
    run = _Run(home, stages, report)
    with home.lock("reads failed files again"):
        base = _base(home, embedder, rebuild=False, report=report)
        wanted = failures.chosen(home, names)
        if not wanted:
            raise UsageError("no file failed: there is nothing to try again")
        found = (Found(path=Path(one.path), root=one.root, folder=folder_to_watch(one.root)) for one in wanted)
        changes = run.find(
            Walk(files=tuple(found)), _ledger(base), Forgotten.read(home), again=frozenset(one.path for one in wanted)
        )
        return run.apply(changes, base, embedder)


class _Run:
    """One run over files: what it needs everywhere, and when it began."""

    def __init__(self, home: Home, stages: Stages, report: Reporter, *, rebuild: bool = False) -> None:
        self._home, self._stages, self._report, self._rebuild = home, stages, report, rebuild
        self._started = time.perf_counter()
        self._seen = Seen(home)

    def find(
        self, files: Walk, ledger: Mapping[str, LedgerEntry], forgotten: Forgotten, again: Collection[str] = ()
    ) -> Changes:
        """Find out what changed, and warn of what is skipped."""
        changes = find_changes(
            files,
            ledger,
            stages=self._stages,
            seen=self._seen,
            report=self._report,
            forgotten=forgotten,
            rebuild=self._rebuild,
            again=again,
        )
        for trouble in changes.troubles:
            self._report.warn(f"skipped {trouble.path}: {trouble.reason}")
        for place in files.unreadable:
            self._report.warn(f"cannot read {place}: what was read below its root before stays in the index")
        return changes

    def apply(self, changes: Changes, base: Base | None, embedder: Embedder) -> SyncReport:
        """Publish the changes, if there are any, and note what failed."""
        work = Writer(embedder, self._stages, self._report, base.manifest.embedder.dimension if base else embedder.dimension)
        unneeded = (changes.nothing and not self._rebuild) or (base is None and not changes.parsed)
        manifest = base.manifest if base else None
        if unneeded:
            drop_memories(self._home.path, embedder.fingerprint)
        else:
            manifest = work.publish(self._home, base, changes, rebuild=self._rebuild)
        self._note(changes)
        return SyncReport(
            manifest=manifest,
            published=not unneeded,
            rows=tuple(work.rows),
            unchanged=changes.unchanged,
            removed=tuple(sorted(changes.removed)),
            troubles=changes.troubles,
            steps=changes.steps,
            embedded=work.embedded,
            resumed=work.resumed,
            seconds=time.perf_counter() - self._started,
        )

    def _note(self, changes: Changes) -> None:
        """Remember what failed and the checksums that were taken: memories beside the index, whose loss costs little."""
        for path in changes.gone:
            self._seen.forget(path)
        mended = (step.path for step in changes.steps if step.kind is not Kind.FAILED)
        failures.note(self._home, changes.tried, (*mended, *changes.gone))
        self._seen.write()


def remove(source_ids: Sequence[str], *, home: Home) -> Manifest:
    """Take sources out of the index. Their files stay where they are, and stay out until they change or all is rebuilt.

    Raises:
        UsageError: the index holds no such source; nothing was removed.
        HomeBusyError: somebody else is writing to this home.
    """
    with home.lock("takes sources out of it"):
        base = find_base(home)
        ledger = _ledger(base)
        if base is None:
            raise UsageError(f"there is no index in {home.path} to remove anything from")
        with draft(home, base) as work:
            for source_id in source_ids:
                if not work.store.remove(source_id):
                    raise UsageError(f"the index holds no source {source_id}; see: ingest status")
            for source in rows.read_sources(work.store.connection):
                if (free := without(source, source_ids)) != source:
                    work.store.update(free)
            for entry in ledger.values():
                if entry.source_id in source_ids:
                    work.store.record(replace(entry, status=REMOVED, source_id=None, reason="removed by hand"))
            return work.publish(base.manifest.embedder, base.manifest.chunker)


def _base(home: Home, embedder: Embedder, *, rebuild: bool, report: Reporter) -> Base | None:
    """Return the generation to build on, having made sure that its vectors and the embedder's belong together."""
    base = _whole_base(home, rebuild=rebuild, report=report)
    if base is None:
        return None
    made_by, asked = base.manifest.embedder, embedder
    if made_by.fingerprint != asked.fingerprint and not rebuild:
        raise IndexMismatchError(
            f"the index was made by embedder {made_by.id} ({made_by.fingerprint[:12]}),"
            f" this is {asked.id} ({asked.fingerprint[:12]}); choose that embedder or run: ingest reembed"
        )
    return base


def _whole_base(home: Home, *, rebuild: bool, report: Reporter) -> Base | None:
    try:
        base = find_base(home)
    except (IndexDamagedError, IndexMismatchError) as error:
        if not rebuild:
            raise
        report.warn(f"{error}; building a new index from the files alone")
        return None
    if base is not None and base.warning:
        report.warn(base.warning)
    return base


def _ledger(base: Base | None) -> dict[str, LedgerEntry]:
    if base is None:
        return {}
    with contextlib.closing(base.connect()) as connection:
        return rows.read_ledger(connection)


def _walk(paths: Sequence[str | Path], ledger: Mapping[str, LedgerEntry], stages: Stages, report: Reporter) -> Walk:
    known = {entry.root for entry in ledger.values()}
    return walk(paths or _roots_of(ledger, report), stages.accepts, known)


def known_roots(home: Home) -> tuple[str, ...]:
    """Return the files, folders, patterns and lists that the index was made from.

    Raises:
        IndexDamagedError, IndexMismatchError: see `find_base`.
    """
    return tuple(dict.fromkeys(entry.root for entry in _ledger(find_base(home)).values()))


def _roots_of(ledger: Mapping[str, LedgerEntry], report: Reporter) -> Sequence[str]:
    roots = dict.fromkeys(entry.root for entry in ledger.values())
    if not roots:
        raise UsageError("nothing was ingested yet: name the files or folders to read, as in: ingest sync PATH")
    there = [root for root in roots if folder_to_watch(root).is_dir() and (Path(root).exists() or is_pattern(root))]
    for root in roots:
        if root not in there:
            report.warn(f"{root} is not there any more: what was read from it stays in the index")
    return there


def _refuse_mass_removal(changes: Changes, base: Base | None) -> None:
    held = base.manifest.sources if base else 0
    if len(changes.lost) > max(MANY_REMOVED, SHARE_REMOVED * held):
        raise UsageError(
            f"this would take {len(changes.lost)} of {held} sources out of the index, because their files are gone;"
            " nothing was changed: see that the folders are complete, or say that it is meant with --yes"
        )
