"""Databases that other parts of careerbot keep in the home, as `data/stores.toml` describes them."""

from __future__ import annotations

import contextlib
import sqlite3
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ingest.home import Home

_PATIENCE = 30
"""Seconds to wait for a running service to finish what it writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A kind of file in the home."""

    file: str
    """Glob below the home."""
    kind: str
    statements: tuple[str, ...]
    """SQL that takes out all about the source `:source`."""

    def paths(self, home: Home) -> tuple[Path, ...]:
        """Return the files of this kind that a home has."""
        return tuple(sorted(home.path.glob(self.file)))


@cache
def stores() -> tuple[Store, ...]:
    """Return all kinds of stores."""
    facts = tomllib.loads(files("ingest").joinpath("data/stores.toml").read_text(encoding="utf-8"))
    return tuple(Store(**{**one, "statements": tuple(one["statements"])}) for one in facts["store"])


def take_out(home: Home, source_ids: Iterable[str]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Delete what the stores of a home keep about some sources.

    Returns:
        The number of rows deleted, by file, and a line for each file that would not have it.
    """
    gone: dict[str, int] = {}
    troubles: list[str] = []
    for store in stores():
        for path in store.paths(home):
            try:
                gone[path.name] = _delete(path, store.statements, tuple(source_ids))
            except sqlite3.Error as error:
                troubles.append(f"{path} could not be cleaned ({error}); mend it or stop the bot, then run this again")
    return gone, tuple(troubles)


def _delete(path: Path, statements: Iterable[str], source_ids: Iterable[str]) -> int:
    with contextlib.closing(sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        before = connection.total_changes
        connection.execute("BEGIN IMMEDIATE")
        for statement in statements:
            for source_id in source_ids:
                connection.execute(statement, {"source": source_id})
        connection.execute("COMMIT")
        rows = connection.total_changes - before
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return rows
