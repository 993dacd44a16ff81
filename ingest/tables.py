"""What `ingest sync` and `ingest status` print, as tables for people and as values for JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ingest.index.reader import Index
    from ingest.sync import SyncReport
    from ingest.values import Source

_PLAIN_WIDTH = 200


def print_sync(report: SyncReport) -> None:
    """Print a row for each source that went in, then one line of totals."""
    console = _console()
    if report.rows:
        heads = ("source", "language", "kind", "people", "passages", "seconds", "notes")
        facts = (
            (
                row.source.title,
                row.source.language,
                row.source.kind,
                _people(row.source),
                str(row.passages),
                f"{row.seconds:.1f}",
                "; ".join(row.notes),
            )
            for row in report.rows
        )
        console.print(_table(heads, facts))
    held = f"{report.manifest.sources} sources, {report.manifest.passages} passages" if report.manifest else "no index"
    counts = (
        f"{len(report.rows)} read, {report.unchanged} unchanged, {len(report.removed)} removed,"
        f" {len(report.troubles)} skipped, {report.embedded} passages embedded in {report.seconds:.1f} s"
    )
    console.print(Text(f"{counts}; {'now' if report.published else 'still'} {held}"))


def sync_as_json(report: SyncReport) -> dict[str, Any]:
    """Return the facts of a sync for machines."""
    return {
        "generation": report.manifest.generation if report.manifest else None,
        "published": report.published,
        "sources": [{"id": row.source.id, "passages": row.passages, "notes": list(row.notes)} for row in report.rows],
        "unchanged": report.unchanged,
        "removed": list(report.removed),
        "skipped": [{"path": entry.path, "status": entry.status, "reason": entry.reason} for entry in report.troubles],
        "embedded": report.embedded,
        "seconds": round(report.seconds, 3),
    }


def print_status(index: Index) -> None:
    """Print a row for each source and the facts of the manifest."""
    console = _console()
    heads = ("id", "title", "language", "people", "published", "passages", "translation of")
    facts = (
        (
            source.id,
            source.title,
            source.language,
            _people(source),
            source.published.isoformat() if source.published else "",
            str(len(index.keys(source.id))),
            source.translation_of or "",
        )
        for source in index.sources()
    )
    console.print(_table(heads, facts))
    manifest = index.manifest
    languages = ", ".join(f"{language} {count}" for language, count in manifest.languages.items())
    made_by = manifest.embedder
    space = made_by.fingerprint[:12]
    for line in (
        f"generation {manifest.generation}, made {manifest.created}",
        f"embedder   {made_by.id}, {made_by.dimension} numbers, engine {made_by.engine}, fingerprint {space}",
        f"read by    {manifest.chunker}",
        f"passages   {manifest.passages} ({languages}) of {manifest.sources} sources",
    ):
        console.print(Text(line))


def status_as_json(index: Index) -> dict[str, Any]:
    """Return the facts of an index for machines."""
    notes = index.notes()
    return {
        "manifest": asdict(index.manifest),
        "warning": index.warning,
        "sources": [
            {
                "id": source.id,
                "kind": source.kind,
                "title": source.title,
                "language": source.language,
                "people": [{"name": person.name, "role": person.role} for person in source.people],
                "url": source.url,
                "published": source.published.isoformat() if source.published else None,
                "translation_of": source.translation_of,
                "path": source.path,
                "passages": len(index.keys(source.id)),
                "dropped_characters": notes[source.id][0],
                "notes": list(notes[source.id][1]),
            }
            for source in index.sources()
        ],
    }


def _console() -> Console:
    """Return a console for stdout; where that is not a terminal, wide enough not to break words."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_PLAIN_WIDTH)


def _table(heads: Iterable[str], facts: Iterable[tuple[str, ...]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for head in heads:
        table.add_column(head, justify="right" if head in ("passages", "seconds") else "left", overflow="fold")
    for row in facts:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _people(source: Source) -> str:
    return ", ".join(f"{person.name} ({person.role})" for person in source.people)
