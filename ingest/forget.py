"""Forget interviews: take them out of everything that the home stores, keep them out, and prove that they are gone.

What is to be forgotten is written down first, as checksums. A run that is killed after that is finished by the next one, and
a sync in between keeps the interviews out.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest import stores, traces
from ingest.embed.resuming import drop_memories
from ingest.errors import NoIndexError, UsageError
from ingest.forgotten import FORGOTTEN, REASON, Forgotten
from ingest.index import durable, rows
from ingest.index.generation import Base, draft, find_base, open_database
from ingest.index.manifest import DATABASE
from ingest.kinship.families import without

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ingest.home import Home
    from ingest.index.manifest import Manifest
    from ingest.index.rows import LedgerEntry
    from ingest.traces import Proof
    from ingest.values import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetReport:
    """What was deleted, what stays, and the proof."""

    forgotten: tuple[Source, ...]
    """As they were; ids that were forgotten before and found nowhere any more are not among them."""
    manifest: Manifest
    """Of the generation now served."""
    generations: tuple[str, ...]
    """Earlier generations, which held the sentences and were deleted: there is no going back to them."""
    stores: dict[str, int]
    """Rows deleted from what other parts of careerbot keep in the home, by file."""
    deleted: tuple[str, ...]
    """Fetched copies in the home that were deleted."""
    outside: tuple[str, ...]
    """Files outside the home, which stay where they are."""
    proof: Proof
    troubles: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """1 where something of them is left; 0 otherwise."""
        return int(bool(self.proof.found or self.troubles))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the generations on disk hold of one source, the newest first."""

    source: Source
    texts: tuple[str, ...]
    entries: tuple[LedgerEntry, ...]


def forget(source_ids: Sequence[str], *, home: Home, translations: bool = False) -> ForgetReport:
    """Remove sources from the index, its earlier generations, the stores beside it and the fetched copies in the home.

    Files outside the home stay, and stay out of later syncs, changed or moved, until `include`.

    Args:
        source_ids: which.
        home: the home to clean.
        translations: forget their translations, and copies from other places, as well.

    Raises:
        UsageError: no generation holds such a source and none was forgotten; nothing was removed.
        NoIndexError: there is no index.
        HomeBusyError: somebody else is writing to this home.
        IndexDamagedError: no whole generation is left to build on.
    """
    with home.lock():
        base = find_base(home)
        if base is None:
            raise NoIndexError(f"there is no index in {home.path} to forget anything of")
        record = Forgotten.read(home)
        known = _known(home, source_ids, translations=translations)
        for source_id in source_ids:
            if source_id not in known and not record.knows(source_id):
                raise UsageError(f"the index holds no source {source_id}; see: ingest status")
        for source_id, one in known.items():
            record = record.plus(source_id, (entry.sha256 for entry in one.entries), one.texts[0])
        record.write(home)
        ids = frozenset((*known, *source_ids))
        files = _files(base, ids, known)
        inside = tuple(sorted(path for path in files if Path(path).is_relative_to(home.path)))
        earlier = home.published()
        manifest = _publish(home, base, ids, files)
        gone, troubles = stores.take_out(home, ids)
        _delete(home, inside)
        # Last: until then a run that takes over from one that was killed learns from them what there is to delete.
        home.collect(manifest.generation, read=True)
        proof = traces.search(home.path, (text for one in known.values() for text in one.texts), _staying(home, manifest))
    return ForgetReport(
        forgotten=tuple(one.source for one in known.values()),
        manifest=manifest,
        generations=earlier,
        stores=gone,
        deleted=inside,
        outside=tuple(sorted(path for path in files if path not in inside and Path(path).exists())),
        proof=proof,
        troubles=troubles,
    )


def _known(home: Home, source_ids: Sequence[str], *, translations: bool) -> dict[str, _Known]:
    """Return what any generation on disk knows of these sources, and of their translations where asked."""
    found: dict[str, _Known] = {}
    for generation in home.published():
        # A damaged one says nothing; it is deleted with the rest.
        with contextlib.suppress(sqlite3.Error), contextlib.closing(_open(home, generation)) as connection:
            for known in _of(connection, source_ids, translations=translations):
                newer = found.get(known.source.id)
                found[known.source.id] = _merged(newer, known) if newer else known
    return found


def _of(connection: sqlite3.Connection, source_ids: Sequence[str], *, translations: bool) -> Iterator[_Known]:
    ledger = rows.read_ledger(connection).values()
    sources = rows.read_sources(connection)
    wanted = set(source_ids)
    if translations:
        wanted |= {source.copy_of for source in sources if source.id in wanted and source.copy_of}
        wanted |= {source.id for source in sources if {source.translation_of, source.copy_of} & wanted}
    for source in sources:
        if source.id in wanted:
            document = rows.read_document(connection, source.id)
            entries = tuple(entry for entry in ledger if entry.source_id == source.id)
            yield _Known(source=source, texts=(document.text if document else "",), entries=entries)


def _merged(newer: _Known, older: _Known) -> _Known:
    return _Known(source=newer.source, texts=newer.texts + older.texts, entries=newer.entries + older.entries)


def _open(home: Home, generation: str) -> sqlite3.Connection:
    return open_database(home.folder(generation) / DATABASE)


def _files(base: Base, ids: frozenset[str], known: Mapping[str, _Known]) -> dict[str, LedgerEntry]:
    """Return the rows of the files that these sources were read from, by path; not of files that hold another text by now."""
    with contextlib.closing(base.connect()) as connection:
        ledger = rows.read_ledger(connection)
    before = {entry.path: entry for one in known.values() for entry in reversed(one.entries)}
    same = {path: entry for path, entry in before.items() if path not in ledger or ledger[path].sha256 == entry.sha256}
    return same | {path: entry for path, entry in ledger.items() if entry.source_id in ids}


def _publish(home: Home, base: Base, ids: frozenset[str], files: Mapping[str, LedgerEntry]) -> Manifest:
    """Publish a generation without these sources and without a byte of them."""
    with draft(home, base) as work:
        for source_id in ids:
            work.store.remove(source_id)
        for source in rows.read_sources(work.store.connection):
            if (free := without(source, ids)) != source:
                work.store.update(free)
        for path, entry in files.items():
            if Path(path).is_relative_to(home.path):
                work.store.forget(path)
            else:
                work.store.record(replace(entry, status=FORGOTTEN, source_id=None, reason=REASON, version=""))
        return work.publish(base.manifest.embedder, base.manifest.chunker, scrub=True)


def _delete(home: Home, inside: Iterable[str]) -> None:
    """Delete fetched copies, with what stands beside them under the same name, and the work of unfinished embeddings."""
    for path in map(Path, inside):
        durable.remove(path)
        for beside in path.parent.glob(f"{path.name}.*"):
            durable.remove(beside)
    drop_memories(home.path)
    for staging in home.path.glob("importing-*"):  # of a backup, by a process that died: whoever lives holds the lock
        shutil.rmtree(staging)


def _staying(home: Home, manifest: Manifest) -> Iterator[str]:
    with contextlib.closing(_open(home, manifest.generation)) as connection:
        for source in rows.read_sources(connection):
            document = rows.read_document(connection, source.id)
            if document is not None:
                yield document.text
