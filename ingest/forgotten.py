"""What was forgotten on request, so that no later sync brings it back: checksums only, never a word of it.

The record is a file of the home and not of a generation: it outlives a rebuild, a rollback and a damaged index.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest import lexical
from ingest.errors import IndexDamagedError, UsageError
from ingest.index import durable
from ingest.sentences import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ingest.home import Home
    from ingest.index.rows import LedgerEntry

FILE = "forgotten.json"
FORGOTTEN = "forgotten"
"""What the ledger says of a file that holds a forgotten source."""
REASON = "forgotten on request; to read it again: ingest sync --include FILE|ID"
_SHORTEST = 5
"""Terms: sentences shorter than this are said by many."""
_SAME = 0.5
"""Share of the shorter text's sentences above which two texts are versions of one interview."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One forgotten source."""

    source: str
    """SHA-256 of its id (an id may be made from a title)."""
    files: tuple[str, ...]
    """SHA-256 of the bytes it was read from."""
    sentences: frozenset[str]
    """Shortened SHA-256 of each of its longer sentences, folded as for search."""
    when: str
    """UTC, ISO 8601."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """All that was forgotten in one home."""

    entries: tuple[Entry, ...] = ()

    @classmethod
    def read(cls, home: Home) -> Forgotten:
        """Read the record of a home; an empty one where nothing was ever forgotten.

        Raises:
            IndexDamagedError: the record is not what was written. Going on without it could bring back what was forgotten.
        """
        path = home.path / FILE
        try:
            facts = json.loads(path.read_bytes())
            entries = tuple(_entry(one) for one in facts["entries"])
            whole = facts["checksum"] == _checksum(facts["entries"])
        except FileNotFoundError:
            return cls()
        except (ValueError, KeyError, TypeError):
            whole = False
        if not whole:
            mend = "put it back from a backup, or delete it if nothing has to stay forgotten"
            raise IndexDamagedError(f"{path} is damaged: its entries do not match their checksum; {mend}")
        return cls(entries)

    def write(self, home: Home) -> None:
        """Make this the record of a home, durably."""
        entries = [{**asdict(one), "files": sorted(one.files), "sentences": sorted(one.sentences)} for one in self.entries]
        text = json.dumps({"entries": entries, "checksum": _checksum(entries)}, indent=1)
        durable.replace_text(home.path / FILE, text + "\n")

    def knows(self, source_id: str) -> bool:
        """Tell whether the source with this id was forgotten."""
        return any(entry.source == sha256(source_id) for entry in self.entries)

    def has_file(self, file_sha256: str) -> bool:
        """Tell whether these bytes hold a forgotten source."""
        return any(file_sha256 in entry.files for entry in self.entries)

    def merged(self, other: Forgotten) -> Forgotten:
        """Return all that either was told to forget."""
        return Forgotten(tuple({entry.source: entry for entry in (*self.entries, *other.entries)}.values()))

    def covers(self, source_id: str, text: str) -> bool:
        """Tell whether a source is a forgotten one: by its id or by most of its sentences.

        The latter holds for a file that was changed and moved, whose id and checksum are therefore new.
        """
        if not self.entries:
            return False
        name, said = sha256(source_id), fingerprints(text)
        return any(name == one.source or _alike(said, one.sentences) for one in self.entries)

    def plus(self, source_id: str, files: Iterable[str], text: str) -> Forgotten:
        """Return the record with one more source, in place of what was known under its id."""
        others = tuple(entry for entry in self.entries if entry.source != sha256(source_id))
        entry = Entry(
            source=sha256(source_id),
            files=tuple(sorted(set(files))),
            sentences=fingerprints(text),
            when=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        return Forgotten((*others, entry))

    def without(self, names: Sequence[str], ledger: Mapping[str, LedgerEntry]) -> Forgotten:
        """Return the record without the sources of these ids or files, so that the next sync reads them again.

        Raises:
            UsageError: one of the names is not of a forgotten source.
        """
        dropped: set[str] = set()
        for name in names:
            known = ledger.get(str(Path(name).expanduser().resolve()))
            found = {one.source for one in self.entries if one.source == sha256(name) or (known and known.sha256 in one.files)}
            if not found:
                raise UsageError(f"{name} is neither the id nor the file of a forgotten source")
            dropped |= found
        return Forgotten(tuple(entry for entry in self.entries if entry.source not in dropped))


def fingerprints(text: str) -> frozenset[str]:
    """Return a checksum for each of the longer sentences of `text`, equal for all spellings that search takes as one."""
    said = (lexical.terms(span.of(text)) for span in split(text))
    return frozenset(sha256(" ".join(terms))[:16] for terms in said if len(terms) >= _SHORTEST)


def sha256(text: str) -> str:
    """Return the checksum of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _entry(facts: dict[str, Any]) -> Entry:
    return Entry(**{**facts, "files": tuple(facts["files"]), "sentences": frozenset(facts["sentences"])})


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    fewest = min(len(one), len(other))
    return fewest > 0 and len(one & other) >= _SAME * fewest


def _checksum(entries: object) -> str:
    return sha256(json.dumps(entries, sort_keys=True))
