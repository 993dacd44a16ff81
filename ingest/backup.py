"""One file that holds a home: written by `export_home`, read on this machine or another by `import_home`.

The file is a ZIP archive with the index (without what is derived from it), the fetched copies, the record of what was
forgotten, the user's own misheard names, and on request what people said about answers; `backup.json` in it names each member
with its size and SHA-256.
Nothing in it is trusted: names, sizes, checksums and the shape of the database are checked before anything is used.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import sqlite3
import zipfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from ingest import stores
from ingest.errors import IndexDamagedError, NoIndexError, UsageError
from ingest.forgotten import FILE as RECORD
from ingest.forgotten import FORGOTTEN, REASON, Forgotten
from ingest.home import ALIASES
from ingest.index import durable, rows
from ingest.index.generation import Base, Draft, find_base, open_database
from ingest.index.manifest import DATABASE, NAME, FileFacts, Manifest
from ingest.index.store import Store, is_ours, open_store
from ingest.kinship.families import without
from ingest.unpack import Contents, unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ingest.home import Home

LIBRARY = "library"
INDEX = "index"
STORES = "stores"
FORMER = f"{ALIASES}.before"
"""What `import_home` makes of the home's own `ALIASES` where the backup holds other ones."""
_STAGING = "importing-"
_LEVEL = 3
"""Of compression: vectors, most of an index, hardly shrink."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What a backup holds."""

    path: Path
    sha256: str
    size: int
    contents: Contents


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What was restored."""

    manifest: Manifest
    contents: Contents
    kept_out: tuple[str, ...]
    """Ids of sources in the backup that this home has been told to forget."""


def export_home(home: Home, path: Path, *, feedback: bool = False) -> Exported:
    """Write the served index, the fetched copies, the record of what was forgotten and the aliases into one new file at `path`.

    Args:
        home: what to save. Nobody can write to it meanwhile; readers go on.
        path: the file to make.
        feedback: add what people said about answers.

    Raises:
        UsageError: there is a file at `path`, or it lies in the home.
        NoIndexError: there is nothing to save.
        HomeBusyError: somebody is writing to the home.
        IndexDamagedError: the index is not whole.
    """
    path = path.expanduser().absolute()
    if path.exists() or path.is_relative_to(home.path):
        where = "lies in the home it would save" if path.is_relative_to(home.path) else "is there already"
        raise UsageError(f"{path} {where}: name another file")
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with home.lock("exports the index"):
        base = find_base(home)
        if base is None:
            raise NoIndexError(f"there is no index in {home.path} to export")
        try:
            contents = _write(aside, home, base, feedback=feedback)
            durable.sync_file(aside)
            durable.rename(aside, path)
        finally:
            aside.unlink(missing_ok=True)
    facts = FileFacts.of(path)
    return Exported(path=path, sha256=facts.sha256, size=facts.size, contents=contents)


def import_home(home: Home, path: Path, *, overwrite: bool = False) -> Imported:
    """Restore a backup. What the home serves stays until the restored index is published in its place, whole.

    Sources that this home was told to forget stay forgotten, even where the backup holds them. Aliases of the home give way to
    those of the backup, and stay beside them under the name `FORMER`.

    Args:
        home: where to restore to.
        path: what `export_home` wrote.
        overwrite: go on although the home holds an index.

    Raises:
        UsageError: the home is not empty and `overwrite` is not set.
        HomeBusyError: somebody is writing to the home.
        IndexDamagedError: the file is not a whole backup; the home is as it was.
        IndexMismatchError: another version of careerbot wrote it.
        StorageError: the disk is full, failing or read only.
    """
    with home.lock("imports a backup"):
        if home.current() is not None and not overwrite:
            raise UsageError(f"{home.path} holds an index already: add --replace, or name an empty folder with --home")
        for stale in home.path.glob(f"{_STAGING}*"):
            shutil.rmtree(stale)
        staging = home.path / f"{_STAGING}{os.getpid()}-{secrets.token_hex(4)}"
        try:
            with durable.storage(home.path):
                return _restore(home, path, staging)
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def _restore(home: Home, path: Path, staging: Path) -> Imported:
    """Unpack into `staging`, check everything, publish, and put the rest in its place."""
    contents = unpack(path, staging, _allowed)
    manifest = Manifest.read(staging / INDEX)
    _check(staging / INDEX / DATABASE, path, is_ours)
    for store in (staging / STORES).glob("*"):
        _check(store, path)
    record = Forgotten.read(replace(home, path=staging)).merged(Forgotten.read(home))
    if record.entries:
        record.write(home)
    published, kept_out = _publish(home, staging, manifest, contents, record)
    _place(home, staging)
    _place_aliases(home, staging)
    _restore_stores(home, staging)
    stores.take_out(home, kept_out)
    return Imported(manifest=published, contents=contents, kept_out=kept_out)


def _write(aside: Path, home: Home, base: Base, *, feedback: bool) -> Contents:
    files: dict[str, FileFacts] = {}
    with zipfile.ZipFile(aside, "x", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for name, path in _members(home, base):
            files[name] = _add(archive, name, path)
        for store in stores.stores() if feedback else ():
            for path in store.paths(home):
                with _copied(path) as copy:
                    name = f"{STORES}/{path.relative_to(home.path).as_posix()}"
                    files[name] = _add(archive, name, copy)
        contents = Contents(
            careerbot=version("careerbot"),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            home=str(home.path),
            separator=os.sep,
            generation=base.manifest.generation,
            files=files,
        )
        archive.writestr(_info(Contents.NAME), contents.to_json())
    return contents


def _members(home: Home, base: Base) -> Iterator[tuple[str, Path]]:
    folder = home.folder(base.manifest.generation)
    yield f"{INDEX}/{DATABASE}", folder / DATABASE
    yield f"{INDEX}/{NAME}", folder / NAME
    for name in (RECORD, ALIASES):
        if (home.path / name).is_file():
            yield name, home.path / name
    for path in sorted((home.path / LIBRARY).rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield f"{LIBRARY}/{path.relative_to(home.path / LIBRARY).as_posix()}", path


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> FileFacts:
    """Copy a file into the archive; return what was really written, should the file change meanwhile."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source, archive.open(_info(name), "w", force_zip64=True) as target:
        while piece := source.read(1 << 20):
            digest.update(piece)
            size += len(piece)
            target.write(piece)
    return FileFacts(sha256=digest.hexdigest(), size=size)


def _info(name: str) -> zipfile.ZipInfo:
    """Return a member without time or rights of this machine."""
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


@contextlib.contextmanager
def _copied(path: Path) -> Iterator[Path]:
    """Yield a consistent copy of a database that a running service may be writing to."""
    copy = path.with_name(f"building-{secrets.token_hex(4)}")
    try:
        with contextlib.closing(sqlite3.connect(path)) as source, contextlib.closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def _allowed(name: str) -> bool:
    """Tell whether a backup may hold a member of this name, which is known to stay below the folder it is unpacked to."""
    folder, _, rest = name.partition("/")
    if folder == INDEX:
        return rest in (DATABASE, NAME)
    if folder == STORES:
        return any(Path(rest).match(store.file) and "/" not in rest for store in stores.stores())
    return folder == LIBRARY or name in (RECORD, ALIASES)


def _check(database: Path, path: Path, expected: Callable[[Sequence[tuple[str, str, str]]], bool] | None = None) -> None:
    """Make sure that a database from elsewhere is whole and brings no code of its own: no trigger, no view.

    Args:
        database: the file.
        path: of the backup it is from.
        expected: tells whether what it declares is right; any tables and indexes if None.
    """
    with contextlib.closing(open_database(database)) as connection:
        connection.execute("PRAGMA trusted_schema = OFF")
        try:
            found = sorted(connection.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql NOT NULL"))
            known = expected(found) if expected is not None else all(kind in ("table", "index") for kind, *_ in found)
            faults = [row[0] for row in connection.execute("PRAGMA integrity_check")] if known else ["it declares other tables"]
            faults += [str(row) for row in connection.execute("PRAGMA foreign_key_check")] if known else []
        except sqlite3.Error as error:
            raise IndexDamagedError(f"{path} holds a database that cannot be read: {error}") from error
    if faults != ["ok"]:
        raise IndexDamagedError(f"{path} holds a database that is not whole: {faults[0]}")


def _publish(
    home: Home, staging: Path, manifest: Manifest, contents: Contents, record: Forgotten
) -> tuple[Manifest, tuple[str, ...]]:
    """Publish what was unpacked, with vectors derived anew: their own format is not safe to read from elsewhere.

    What was served before stays, to go back to.
    """
    home.collect()
    folder = home.new_building()
    try:
        with contextlib.closing(open_store(folder / DATABASE, staging / INDEX / DATABASE).connection) as connection:
            store = Store(connection)
            _rebase(store, contents, home)
            kept_out = _keep_out(store, record)
            published = Draft(home, folder, store, manifest).publish(manifest.embedder, manifest.chunker, scrub=bool(kept_out))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    home.collect()
    return published, kept_out


def _rebase(store: Store, contents: Contents, home: Home) -> None:
    """Let the rows of fetched copies name their place in this home."""
    for path, entry in rows.read_ledger(store.connection).items():
        moved = _moved(path, contents, home)
        if moved != path:
            store.forget(path)
            store.record(replace(entry, path=moved, root=_moved(entry.root, contents, home)))
    for source in rows.read_sources(store.connection):
        if source.path and (moved := _moved(source.path, contents, home)) != source.path:
            store.move(source.id, moved)


def _moved(path: str, contents: Contents, home: Home) -> str:
    inside = path.removeprefix(contents.home + contents.separator)
    return str(home.path.joinpath(*inside.split(contents.separator))) if inside != path else path


def _keep_out(store: Store, record: Forgotten) -> tuple[str, ...]:
    """Take out what this home, or the one the backup is of, was told to forget."""
    ledger = rows.read_ledger(store.connection).values()
    gone: list[str] = []
    for source in rows.read_sources(store.connection):
        document = rows.read_document(store.connection, source.id)
        if record.covers(source.id, document.text if document else ""):
            gone.append(source.id)
            store.remove(source.id)
    for entry in ledger:
        if entry.source_id in gone:
            store.record(replace(entry, status=FORGOTTEN, source_id=None, reason=REASON, version=""))
    for source in rows.read_sources(store.connection):
        if (free := without(source, gone)) != source:
            store.update(free)
    return tuple(gone)


def _place(home: Home, staging: Path) -> None:
    """Put the fetched copies where they belong, each in one step, and delete those that the backup does not know."""
    library = home.path / LIBRARY
    wanted = {path.relative_to(staging / LIBRARY): path for path in (staging / LIBRARY).rglob("*") if path.is_file()}
    for relative, path in sorted(wanted.items()):
        durable.move(path, library / relative)
    for path in sorted(library.rglob("*")):
        if path.is_file() and path.relative_to(library) not in wanted:
            durable.remove(path)


def _place_aliases(home: Home, staging: Path) -> None:
    """Put the backup's aliases in place, if it has any: backups of earlier versions have none."""
    own, restored = home.path / ALIASES, staging / ALIASES
    if not restored.exists():
        return
    if own.is_file() and own.read_bytes() != restored.read_bytes():
        durable.move(own, home.path / FORMER)
    durable.move(restored, own)


def _restore_stores(home: Home, staging: Path) -> None:
    """Write the stores through SQLite, since a running service may have them open."""
    for copy in sorted((staging / STORES).glob("*")):
        target = home.path / copy.name
        target.touch(mode=0o600)
        with contextlib.closing(sqlite3.connect(copy)) as source, contextlib.closing(sqlite3.connect(target)) as written:
            source.backup(written)
