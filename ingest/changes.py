"""What a sync would change: which files are new, changed, moved, gone, doubled or unreadable. Nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import IngestError
from ingest.forgotten import FORGOTTEN, REASON, Forgotten
from ingest.index.rows import LedgerEntry
from ingest.walk import is_absent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from ingest.progress import Reporter
    from ingest.seen import Seen
    from ingest.stages import Stages
    from ingest.values import Ingested
    from ingest.walk import Found, Walk

INGESTED, FAILED, DUPLICATE, REMOVED = "ingested", "failed", "duplicate", "removed"
"""What became of a file: its source is in the index; it could not be read; another file gave the same source; somebody took
its source out with `ingest remove`, which holds until the file changes."""
_OWNING = frozenset({INGESTED, FAILED})
"""Of a file whose source, or whose last good version, is in the index."""
_NOTHING = Forgotten()


class Kind(StrEnum):
    """What happens to one file."""

    ADDED = "added"
    CHANGED = "changed"
    REREAD = "read again"
    """The same bytes, for a newer parser or registry."""
    MOVED = "moved"
    REMOVED = "removed"
    FAILED = "failed"
    DUPLICATE = "duplicate"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What happens to one file."""

    kind: Kind
    path: str
    source_id: str | None = None
    was: str | None = None
    """Where a moved file was before."""
    reason: str = ""
    passages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The difference between what the ledger knows and what the files are."""

    parsed: tuple[Ingested, ...]
    """Sources to put in, new or in place of their older versions."""
    moved: Mapping[str, str]
    """Ids of sources whose files only moved, with the new paths."""
    entries: tuple[LedgerEntry, ...]
    """Ledger rows that are new or different."""
    gone: tuple[str, ...]
    """Paths to take off the ledger."""
    removed: frozenset[str]
    """Ids of sources to take out."""
    lost: frozenset[str]
    """Those of them whose files are gone; the others made room for what their files hold now."""
    troubles: tuple[LedgerEntry, ...]
    """Files that were skipped: unreadable, doubled or forgotten on request."""
    tried: tuple[LedgerEntry, ...]
    """Those of them that were tried in vain in this run; others failed before and have not changed since."""
    unchanged: int
    steps: tuple[Step, ...]
    """All of it, a line for each file, in the order of paths."""

    @property
    def nothing(self) -> bool:
        """Whether the index would stay as it is."""
        return not (self.parsed or self.entries or self.gone or self.removed)


def find_changes(
    files: Walk,
    ledger: Mapping[str, LedgerEntry],
    *,
    stages: Stages,
    seen: Seen,
    report: Reporter,
    forgotten: Forgotten = _NOTHING,
    rebuild: bool = False,
    again: Collection[str] = (),
) -> Changes:
    """Take the checksum of every file, parse those whose bytes or reader's version changed, and compare with the ledger.

    A file that failed, or that gave the same source as another, is not parsed again before it changes.

    Args:
        files: what was found below the roots.
        ledger: what is known, by absolute path.
        stages: what it raises for a file is recorded as the file's trouble; files read by another version are read again.
        seen: takes the checksums.
        report: told about each file.
        forgotten: what has to stay out.
        rebuild: read everything again.
        again: paths of files to read again whatever is known about them.
    """
    search = _Search(
        files=files,
        ledger=ledger,
        stages=stages,
        seen=seen,
        forgotten=forgotten,
        again={str(found.path) for found in files.files} if rebuild else again,
    )
    report.begin("reading", len(files.files))
    for found in files.files:
        search.look(found)
        report.advance()
    return search.compare()


class _Search:
    """What is known so far about the files that were looked at."""

    def __init__(
        self,
        *,
        files: Walk,
        ledger: Mapping[str, LedgerEntry],
        stages: Stages,
        seen: Seen,
        forgotten: Forgotten,
        again: Collection[str],
    ) -> None:
        self._files, self._ledger, self._stages, self._seen = files, ledger, stages, seen
        self._forgotten, self._again = forgotten, again
        self._walked = {str(found.path): found for found in files.files}
        self._parsed: dict[str, tuple[LedgerEntry, Ingested]] = {}
        self._troubles: dict[str, LedgerEntry] = {}
        self._held: dict[str, LedgerEntry] = {}
        self._moved: dict[str, tuple[LedgerEntry, str]] = {}
        self._doubles: list[tuple[Found, LedgerEntry]] = []
        self._unchanged = 0
        self._elsewhere: dict[str, list[LedgerEntry]] = {}
        for entry in ledger.values():
            if entry.path not in self._walked and entry.status in (INGESTED, REMOVED):
                self._elsewhere.setdefault(entry.sha256, []).append(entry)

    def look(self, found: Found) -> None:
        """Take a file's checksum and find out, parsing it where needed, what became of it."""
        path = str(found.path)
        known = self._ledger.get(path)
        try:
            sha256 = self._seen.sha256(found.path)
        except FileNotFoundError:  # it went after its folder was listed
            return
        except OSError as error:
            self._trouble(found, "", f"{found.relative}: {error.strerror or error}")
            self._not_wholly_read(found)
            return
        if self._forgotten.has_file(sha256):
            self._keep_out(found, sha256)
        elif known is not None and path not in self._again and self._still_holds(known, sha256):
            self._hold(found, known)
        elif (before := self._moved_from(found, sha256)) is not None:
            entry = replace(before, path=path, root=found.root, relative=found.relative)
            self._moved[path] = entry, before.path
        else:
            self._parse(found, sha256)

    def _still_holds(self, known: LedgerEntry, sha256: str) -> bool:
        if known.sha256 != sha256 or known.status == FORGOTTEN:
            return False
        return known.status == REMOVED or known.version == self._stages.version

    def _hold(self, found: Found, known: LedgerEntry) -> None:
        if known.status == FAILED:
            self._held[known.path] = known
        elif known.status == DUPLICATE:
            self._doubles.append((found, known))
        else:
            self._unchanged += 1

    def _moved_from(self, found: Found, sha256: str) -> LedgerEntry | None:
        """Return what is known of a file with these bytes that is not where it was any more."""
        for entry in self._elsewhere.get(sha256, ()):
            alike = Path(entry.path).suffix.lower() == found.path.suffix.lower() and self._still_holds(entry, sha256)
            if alike and str(found.path) not in self._again and is_absent(entry.path):
                self._elsewhere[sha256].remove(entry)
                return entry
        return None

    def _parse(self, found: Found, sha256: str) -> None:
        try:
            parsed = self._stages.parse(found.path, found.folder)
        except IngestError as error:
            self._trouble(found, sha256, str(error))
        except Exception as error:  # noqa: BLE001 (whatever a parser stumbles over, the other files go in)
            self._trouble(found, sha256, f"{type(error).__name__}: {error}")
        else:
            if self._forgotten.covers(parsed.source.id, parsed.document.text):
                self._keep_out(found, sha256)
            else:
                entry = replace(self._entry(found, sha256), source_id=parsed.source.id)
                self._parsed[str(found.path)] = entry, parsed

    def _entry(self, found: Found, sha256: str) -> LedgerEntry:
        return LedgerEntry(
            path=str(found.path),
            root=found.root,
            relative=found.relative,
            sha256=sha256,
            source_id=None,
            status=INGESTED,
            version=self._stages.version,
        )

    def _trouble(self, found: Found, sha256: str, reason: str) -> None:
        known = self._ledger.get(str(found.path))  # a file that went bad does not take its last good version with it
        last_good = known.source_id if known is not None and known.status in _OWNING else None
        entry = replace(self._entry(found, sha256), status=FAILED, reason=reason, source_id=last_good)
        self._troubles[entry.path] = entry

    def _keep_out(self, found: Found, sha256: str) -> None:
        entry = replace(self._entry(found, sha256), status=FORGOTTEN, reason=REASON, version="")
        if entry == self._ledger.get(entry.path):
            self._unchanged += 1
        else:
            self._troubles[entry.path] = entry

    def _not_wholly_read(self, found: Found) -> None:
        for root in self._files.roots:
            if root.name == found.root:
                root.unreadable.append(str(found.path))

    def compare(self) -> Changes:
        """Say what all that was found means for the index."""
        ledger = self._ledger
        gone = {path for path, entry in ledger.items() if path not in self._walked and self._files.gone(path, entry.root)}
        gone |= {was for _, was in self._moved.values()}
        owners = self._owners(gone)
        for found, known in self._doubles:
            if known.source_id in owners or any(entry.source_id == known.source_id for entry, _ in self._parsed.values()):
                self._held[known.path] = known
            else:
                self._parse(found, known.sha256)
        parsed, doubled = self._settle(owners, gone)
        entries = [
            *(entry for entry, _ in parsed),
            *doubled,
            *self._troubles.values(),
            *(one for one, _ in self._moved.values()),
        ]
        before = {entry.source_id: path for path, entry in ledger.items() if entry.source_id and entry.status in _OWNING}
        removed = frozenset(source_id for source_id in before if source_id and source_id not in owners)
        troubles = (*doubled, *self._troubles.values(), *self._held.values())
        return Changes(
            parsed=tuple(ingested for _, ingested in parsed),
            moved={entry.source_id: path for path, (entry, _) in self._moved.items() if entry.source_id},
            entries=tuple(entry for entry in entries if ledger.get(entry.path) != entry),
            gone=tuple(sorted(gone)),
            removed=removed,
            lost=frozenset(source_id for source_id in removed if before[source_id] in gone),
            troubles=tuple(sorted(troubles, key=lambda entry: entry.path)),
            tried=tuple(entry for entry in self._troubles.values() if entry.status == FAILED),
            unchanged=self._unchanged,
            steps=tuple(sorted(self._steps(parsed, troubles, removed, before), key=lambda step: step.path)),
        )

    def _owners(self, gone: Collection[str]) -> dict[str, str]:
        """Return which file stands for which source, before files that were parsed in this run."""
        known = {path: entry for path, entry in self._ledger.items() if path not in gone and path not in self._parsed}
        now = known | self._troubles | {path: entry for path, (entry, _) in self._moved.items()}
        return {entry.source_id: path for path, entry in now.items() if entry.source_id and entry.status in _OWNING}

    def _settle(self, owners: dict[str, str], gone: set[str]) -> tuple[list[tuple[LedgerEntry, Ingested]], list[LedgerEntry]]:
        """Give each source one file, the first; return those, and the entries of files that double them."""
        parsed: list[tuple[LedgerEntry, Ingested]] = []
        doubled: list[LedgerEntry] = []
        for path, (entry, ingested) in self._parsed.items():
            owner = owners.get(ingested.source.id)
            if owner is not None and owner not in self._walked and is_absent(owner):  # it was changed and moved
                gone.add(owner)
                owner = None
            if owner is None:
                owners[ingested.source.id] = path
                parsed.append((entry, ingested))
            else:
                reason = f"gives the same source ({entry.source_id}) as {owner}"
                doubled.append(replace(entry, status=DUPLICATE, reason=reason))
        return parsed, doubled

    def _steps(
        self,
        parsed: Collection[tuple[LedgerEntry, Ingested]],
        troubles: Collection[LedgerEntry],
        removed: Collection[str],
        before: Mapping[str, str],
    ) -> Iterator[Step]:
        for entry, ingested in parsed:
            kind = _kind(entry, self._ledger.get(entry.path), before)
            yield Step(kind=kind, path=entry.path, source_id=entry.source_id, passages=len(ingested.passages))
        for path, (entry, was) in self._moved.items():
            yield Step(kind=Kind.MOVED, path=path, source_id=entry.source_id, was=was)
        for entry in troubles:
            yield Step(kind=Kind(entry.status), path=entry.path, source_id=entry.source_id, reason=entry.reason)
        replaced = {entry.path for entry, _ in parsed}
        for source_id in removed:
            if before[source_id] not in replaced:
                yield Step(kind=Kind.REMOVED, path=before[source_id], source_id=source_id)


def _kind(entry: LedgerEntry, known: LedgerEntry | None, before: Collection[str]) -> Kind:
    if known is not None and known.sha256 == entry.sha256 and known.source_id:
        return Kind.REREAD
    return Kind.CHANGED if entry.source_id in before or (known is not None and known.source_id) else Kind.ADDED
