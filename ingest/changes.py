"""What a sync would change: which files are new, changed, gone, doubled or unreadable. Nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ingest.errors import IngestError
from ingest.index.rows import LedgerEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ingest.progress import Reporter
    from ingest.values import Ingested
    from ingest.walk import Found, Walk

INGESTED, FAILED, DUPLICATE, REMOVED = "ingested", "failed", "duplicate", "removed"
"""What became of a file: its source is in the index; it could not be read; another file gave the same source; somebody took
its source out with `ingest remove`, which holds until the file changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The difference between what the ledger knows and what the files are."""

    parsed: tuple[Ingested, ...]
    """Sources to put in, new or in place of their older versions."""
    entries: tuple[LedgerEntry, ...]
    """Ledger rows that are new or different."""
    gone: tuple[str, ...]
    """Paths to take off the ledger."""
    removed: frozenset[str]
    """Ids of sources to take out."""
    troubles: tuple[LedgerEntry, ...]
    """Files that were skipped: unreadable or doubled."""
    unchanged: int

    @property
    def nothing(self) -> bool:
        """Whether the index would stay as it is."""
        return not (self.parsed or self.entries or self.gone or self.removed)


def find_changes(
    files: Walk,
    ledger: Mapping[str, LedgerEntry],
    parse: Callable[[Path, Path], Ingested],
    version: str,
    *,
    rebuild: bool,
    report: Reporter,
) -> Changes:
    """Hash every file, parse those whose bytes or reader's version changed, and compare with the ledger.

    Args:
        files: what was found below the roots.
        ledger: what is known, by absolute path.
        parse: turns (file, folder) into a source; what it raises is recorded as the file's trouble.
        version: of the parser, chunker and registry; files read by another one are read again.
        rebuild: read everything again.
        report: told about each file.
    """
    report.begin("reading", len(files.files))
    outcomes: dict[str, tuple[LedgerEntry, Ingested | None]] = {}
    unchanged = 0
    for found in files.files:
        known = ledger.get(str(found.path))
        outcome = _read(found, None if rebuild else known, parse, version)
        if outcome is None:
            unchanged += 1
        else:
            outcomes[str(found.path)] = outcome
        report.advance()
    gone = tuple(path for path in ledger if files.gone(path))
    return _compare(outcomes, ledger, gone, unchanged)


def _read(
    found: Found, known: LedgerEntry | None, parse: Callable[[Path, Path], Ingested], version: str
) -> tuple[LedgerEntry, Ingested | None] | None:
    """Return a file's new ledger row and its source, None for the source where it has trouble, None alone if unchanged."""
    facts = {"path": str(found.path), "root": str(found.root), "relative": found.relative, "version": version}
    sha256 = ""
    try:
        sha256 = found.sha256()
        if known is not None and _still_holds(known, sha256, version):
            return None
        parsed = parse(found.path, found.folder)
    except IngestError as error:
        reason = str(error)
    except Exception as error:  # noqa: BLE001 (whatever a parser stumbles over, the other files go in)
        reason = f"{type(error).__name__}: {error}"
    else:
        return LedgerEntry(**facts, sha256=sha256, source_id=parsed.source.id, status=INGESTED), parsed
    return LedgerEntry(**facts, sha256=sha256, source_id=None, status=FAILED, reason=reason), None


def _still_holds(known: LedgerEntry, sha256: str, version: str) -> bool:
    same = known.sha256 == sha256
    return same and (known.status == REMOVED or (known.status == INGESTED and known.version == version))


def _compare(
    outcomes: dict[str, tuple[LedgerEntry, Ingested | None]],
    ledger: Mapping[str, LedgerEntry],
    gone: tuple[str, ...],
    unchanged: int,
) -> Changes:
    staying = {path: entry for path, entry in ledger.items() if path not in outcomes and path not in gone}
    owners = {entry.source_id: path for path, entry in staying.items() if entry.status in (INGESTED, FAILED)}
    entries: list[LedgerEntry] = []
    parsed: list[Ingested] = []
    for path, (entry, ingested) in outcomes.items():
        if ingested is None:  # a file that went bad does not take its last good version with it
            kept = replace(entry, source_id=ledger[path].source_id) if path in ledger else entry
            entries.append(kept)
            owners.setdefault(kept.source_id, path)
    for path, (entry, ingested) in outcomes.items():
        if ingested is None:
            continue
        owner = owners.setdefault(entry.source_id, path)
        if owner == path:
            parsed.append(ingested)
            entries.append(entry)
        else:
            entries.append(replace(entry, status=DUPLICATE, reason=f"gives the same source ({entry.source_id}) as {owner}"))
    before = {entry.source_id for entry in ledger.values() if entry.source_id and entry.status in (INGESTED, FAILED)}
    return Changes(
        parsed=tuple(parsed),
        entries=tuple(entry for entry in entries if ledger.get(entry.path) != entry),
        gone=gone,
        removed=frozenset(before - owners.keys()),
        troubles=tuple(entry for entry in entries if entry.status != INGESTED),
        unchanged=unchanged,
    )
