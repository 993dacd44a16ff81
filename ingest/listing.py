"""A list of sources: a TOML file whose `[[source]]` tables name, by `path`, what is to be read.

    [[source]]
    path = "talks/2024-*.vtt"        # a file, a folder or a pattern, from the folder of the list; or several in a list
    title = "…"                      # what the registry of sources takes, for texts that do not say it themselves

Tables without `path` are facts about texts met elsewhere, as in any registry; `ingest sync --fetch` fetches those with a `url`.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from ingest.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SUFFIX = ".toml"


def is_listing(path: Path) -> bool:
    """Tell whether a path that was named is a list of sources and not a source."""
    return path.suffix.lower() == SUFFIX and path.is_file()


def listed_paths(path: Path) -> tuple[str, ...]:
    """Return the paths and patterns that a list names, as they are written there.

    Raises:
        UsageError: it cannot be read, is not of the expected form, or names nothing to read.
    """
    named = tuple(dict.fromkeys(one for table in _tables(path) for one in _paths(path, table)))
    if not named:
        raise UsageError(f'{path} names no file to read: give its [[source]] tables a path = "…", or sync it with --fetch')
    return named


def names_paths(path: Path) -> bool:
    """Tell whether a list names files, and not only addresses.

    Raises:
        UsageError: it cannot be read or is not of the expected form.
    """
    return any(True for table in _tables(path) for _ in _paths(path, table))


def listed_addresses(path: Path) -> tuple[str, ...]:
    """Return the addresses of tables that name no path: what `ingest add` could fetch.

    Raises:
        UsageError: the list cannot be read or is not of the expected form.
    """
    return tuple(str(table["url"]) for table in _tables(path) if "path" not in table and "url" in table)


def _tables(path: Path) -> list[Mapping[str, object]]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("source", [])
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: not a readable TOML file ({error}); mend it") from error
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise UsageError(f"{path}: expected [[source]] tables; mend it")
    return tables


def _paths(path: Path, table: Mapping[str, object]) -> Iterator[str]:
    given = table.get("path", [])
    for one in given if isinstance(given, list) else [given]:
        if not isinstance(one, str) or not one:
            raise UsageError(f"{path}: path = {one!r} is not a path; mend it")
        yield one
