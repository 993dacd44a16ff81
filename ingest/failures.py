"""The dead-letter list: files that could not be read, why, since when, and how often they were tried.

The ledger of the served generation says which files failed and why. When and how often stands in a file of the home, which also
remembers failures of a home that has no index yet.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.changes import FAILED
from ingest.errors import UsageError
from ingest.index import durable, rows
from ingest.index.generation import open_database
from ingest.index.manifest import DATABASE
from ingest.walk import is_absent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ingest.home import Home
    from ingest.index.rows import LedgerEntry

FILE = "failed.json"
_ID_LENGTH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A file that could not be read."""

    path: str
    root: str
    relative: str
    reason: str
    since: str = ""
    """UTC, ISO 8601; empty where it is not known."""
    tried: str = ""
    """The last time."""
    times: int = 1

    @property
    def id(self) -> str:
        """A short name for it, the same as long as the file stays where it is."""
        return hashlib.sha256(self.path.encode()).hexdigest()[:_ID_LENGTH]


def failures(home: Home) -> tuple[Failure, ...]:
    """Return what could not be read and was not mended since, in the order of paths."""
    noted = _read(home)
    ledger = _ledger(home)
    failed = {path: entry for path, entry in ledger.items() if entry.status == FAILED}
    unlisted = [one for path, one in noted.items() if path not in ledger and not is_absent(path)]
    listed = [replace(_noted(noted, entry), reason=entry.reason) for entry in failed.values()]
    return tuple(sorted((*unlisted, *listed), key=lambda one: one.path))


def chosen(home: Home, names: Sequence[str]) -> tuple[Failure, ...]:
    """Return the failures that ids or paths name; all of them for none given.

    Raises:
        UsageError: one of the names is neither the id nor the path of a file that failed.
    """
    known = failures(home)
    found: dict[str, Failure] = {}
    for name in names:
        matching = [
            one
            for one in known
            if name in (one.id, one.path, one.relative) or str(Path(name).expanduser().resolve()) == one.path
        ]
        if not matching:
            raise UsageError(f"{name} is neither the id nor the path of a file that failed; see: ingest failed")
        found |= {one.path: one for one in matching}
    return tuple(found.values()) if names else known


def note(home: Home, failed: Iterable[LedgerEntry], mended: Iterable[str]) -> None:
    """Record attempts that failed, and take files off the list; call it only while holding the home's lock."""
    before = _read(home)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    after = {path: one for path, one in before.items() if path not in set(mended)}
    for entry in failed:
        old = _noted(before, entry)
        times = old.times + 1 if entry.path in before else 1
        after[entry.path] = replace(old, reason=entry.reason, since=old.since or now, tried=now, times=times)
    if after != before:
        listed = [asdict(one) for _, one in sorted(after.items())]
        durable.replace_text(home.path / FILE, json.dumps(listed, ensure_ascii=False, indent=1) + "\n")


def _noted(noted: Mapping[str, Failure], entry: LedgerEntry) -> Failure:
    new = Failure(path=entry.path, root=entry.root, relative=entry.relative, reason=entry.reason)
    return noted.get(entry.path, new)


def _read(home: Home) -> dict[str, Failure]:
    """Return what was noted; whatever is not as it was written counts as nothing: the ledger still has the reasons."""
    try:
        found = [Failure(**one) for one in json.loads((home.path / FILE).read_bytes())]
        return {str(one.path): replace(one, times=int(one.times)) for one in found}
    except (OSError, ValueError, TypeError):
        return {}


def _ledger(home: Home) -> dict[str, LedgerEntry]:
    current = home.current()
    if current is None:
        return {}
    with contextlib.closing(open_database(home.folder(current) / DATABASE)) as connection:
        return rows.read_ledger(connection)
