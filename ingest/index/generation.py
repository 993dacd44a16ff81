"""Build a generation aside from the one that is served, then publish it."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ingest.errors import IndexDamagedError
from ingest.index import durable, rows
from ingest.index.manifest import DATABASE, VECTORS, EmbedderFacts, FileFacts, Manifest
from ingest.index.store import Store, open_store
from ingest.index.vectors import write_faiss

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ingest.home import Home


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """The whole generation that a new one starts from."""

    manifest: Manifest
    database: Path
    warning: str | None = None
    """Says so where the served generation is damaged and this is the one before it."""

    def connect(self) -> sqlite3.Connection:
        """Open its database read only."""
        return open_database(self.database)


@dataclass(slots=True)
class Draft:
    """A generation in the making. Change `store`, then call `publish`; leaving without it discards everything."""

    home: Home
    folder: Path
    store: Store
    before: Manifest | None
    """Of the generation it is built on."""
    second: EmbedderFacts | None = None
    """The second encoder whose vectors the passages have; unless set, that of the generation it is built on."""

    def __post_init__(self) -> None:
        if self.second is None and self.before is not None:
            self.second = self.before.second

    def publish(self, embedder: EmbedderFacts, chunker: str, *, scrub: bool = False) -> Manifest:
        """Finish the files, make them the served generation and return its manifest.

        Args:
            embedder: what made the vectors.
            chunker: the version of the parser and chunker.
            scrub: leave no byte of what was taken out.
        """
        connection = self.store.connection
        counts = dict(connection.execute("SELECT language, count(*) FROM passages GROUP BY language ORDER BY language"))
        (sources,) = connection.execute("SELECT count(*) FROM sources").fetchone()
        vectors = rows.read_all_vectors(connection, embedder.dimension)
        held = write_faiss(self.folder / VECTORS, vectors, embedder.dimension)
        self.store.close(scrub=scrub)
        manifest = Manifest(
            generation=self.home.new_generation(),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            embedder=embedder,
            chunker=chunker,
            sources=sources,
            passages=held,
            languages=counts,
            files={name: FileFacts.of(self.folder / name) for name in (DATABASE, VECTORS)},
            second=self.second,
            made_from=self.before.origin if self.before else None,
        )
        manifest.write(self.folder)
        self.home.publish(self.folder, manifest.generation, manifest.made_from.generation if manifest.made_from else None)
        return manifest


def find_base(home: Home) -> Base | None:
    """Return the generation to build on: the served one, else the one before it; None where nothing was published.

    Raises:
        IndexDamagedError: neither is whole, so that nothing may be built on them.
        IndexMismatchError: another version of careerbot wrote the index.
    """
    current = home.current()
    if current is None:
        return None
    try:
        return _whole(home, current)
    except IndexDamagedError as error:
        damage = home.pointer_fault() or error
        previous = home.behind(current)
        if previous is not None:
            with contextlib.suppress(IndexDamagedError):
                return _whole(home, previous, f"{damage}; building on the generation before it, {previous}")
        raise IndexDamagedError(f"{damage}; start afresh with: ingest sync --rebuild PATH") from error


@contextlib.contextmanager
def draft(home: Home, base: Base | None) -> Iterator[Draft]:
    """Start a generation from `base`, or from nothing. Call it only while holding the home's lock.

    Leftovers of earlier writers are deleted first, generations that nobody needs any more afterwards.

    Raises:
        StorageError: the disk is full, failing or read only.
    """
    kept = base.manifest.generation if base else None
    current = home.current()
    with durable.storage(home.path):
        home.collect(kept, home.behind(current) if current else None)  # a failure must not cost the way back
        folder = home.new_building()
        try:
            store = open_store(folder / DATABASE, base.database if base else None)
            try:
                yield Draft(home, folder, store, base.manifest if base else None)
            finally:
                store.connection.close()
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        home.collect(kept)


def open_database(path: Path) -> sqlite3.Connection:
    """Open the database of a published generation, read only: it never changes again, so SQLite needs no locks."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


def _whole(home: Home, generation: str, warning: str | None = None) -> Base:
    folder = home.folder(generation)
    manifest = Manifest.read(folder)
    manifest.verify(folder)
    return Base(manifest=manifest, database=folder / DATABASE, warning=warning)
