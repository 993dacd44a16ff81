"""What the commands of `ingest` print, as tables for people and as values for JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ingest.changes import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ingest.changes import Changes, Step
    from ingest.failures import Failure
    from ingest.index.reader import Index
    from ingest.quality import Quality
    from ingest.rollback import RollbackReport
    from ingest.sync import SyncReport
    from ingest.values import Source

_PLAIN_WIDTH = 200
_GOING_IN = (Kind.ADDED, Kind.CHANGED, Kind.REREAD)
_STAYING_OUT = (Kind.MOVED, Kind.REMOVED)
_COUNTED = (Kind.ADDED, Kind.CHANGED, Kind.REREAD, Kind.MOVED, Kind.REMOVED)
_ALWAYS_COUNTED = (Kind.ADDED, Kind.CHANGED, Kind.REMOVED)


def print_sync(report: SyncReport) -> None:
    """Print a row for each source that went in, moved or went, then one line of totals."""
    console = _console()
    kinds = {step.source_id: step.kind for step in report.steps if step.kind in _GOING_IN}
    facts: list[tuple[str, ...]] = [
        (
            kinds.get(row.source.id, Kind.REREAD),
            row.source.title,
            row.source.language,
            row.source.kind,
            _people(row.source),
            str(row.passages),
            f"{row.seconds:.1f}",
            "; ".join(row.notes),
        )
        for row in report.rows
    ]
    facts += [(step.kind, _named(step), "", "", "", "", "", _where(step)) for step in report.steps if step.kind in _STAYING_OUT]
    if facts:
        heads = ("", "source", "language", "kind", "people", "passages", "seconds", "notes")
        console.print(_table(heads, facts))
    console.print(Text(summary(report)))


def summary(report: SyncReport) -> str:
    """Return one line that says what a sync did."""
    counts = ", ".join(f"{report.count(kind)} {kind}" for kind in _COUNTED if report.count(kind) or kind in _ALWAYS_COUNTED)
    held = f"{report.manifest.sources} sources, {report.manifest.passages} passages" if report.manifest else "no index"
    resumed = f" ({report.resumed} texts kept from an interrupted run)" if report.resumed else ""
    return (
        f"{counts}, {report.unchanged} unchanged, {len(report.troubles)} skipped;"
        f" {report.embedded} passages embedded{resumed} in {report.seconds:.1f} s;"
        f" {'now' if report.published else 'still'} {held}"
    )


def sync_as_json(report: SyncReport) -> dict[str, Any]:
    """Return the facts of a sync for machines."""
    return {
        "generation": report.manifest.generation if report.manifest else None,
        "published": report.published,
        "sources": [{"id": row.source.id, "passages": row.passages, "notes": list(row.notes)} for row in report.rows],
        "changes": [_step_as_json(step) for step in report.steps],
        "unchanged": report.unchanged,
        "removed": list(report.removed),
        "skipped": [{"path": entry.path, "status": entry.status, "reason": entry.reason} for entry in report.troubles],
        "embedded": report.embedded,
        "resumed": report.resumed,
        "seconds": round(report.seconds, 3),
    }


def print_changes(changes: Changes) -> None:
    """Print what a sync would do: a row for each file, then one line of totals."""
    console = _console()
    if changes.steps:
        facts = ((step.kind, step.source_id or "", str(step.passages or ""), _where(step)) for step in changes.steps)
        console.print(_table(("", "source", "passages", "file"), facts))
    counts = ((sum(step.kind is kind for step in changes.steps), kind) for kind in Kind)
    said = [f"{count} {kind}" for count, kind in counts if count] or ["nothing would change"]
    console.print(Text(f"{', '.join(said)}; {changes.unchanged} unchanged; nothing was written"))


def changes_as_json(changes: Changes, objection: str | None) -> dict[str, Any]:
    """Return what a sync would do for machines; `objection` is why it would ask first."""
    return {
        "changes": [_step_as_json(step) for step in changes.steps],
        "removed": sorted(changes.removed),
        "unchanged": changes.unchanged,
        "objection": objection,
    }


def print_failures(failed: Sequence[Failure]) -> None:
    """Print a row for each file that could not be read."""
    console = _console()
    if failed:
        heads = ("id", "file", "times", "since", "last tried", "reason")
        facts = ((one.id, one.path, str(one.times), _moment(one.since), _moment(one.tried), one.reason) for one in failed)
        console.print(_table(heads, facts))
    console.print(Text(f"{len(failed)} files could not be read" if failed else "every file could be read"))


def failures_as_json(failed: Sequence[Failure]) -> list[dict[str, Any]]:
    """Return the files that could not be read for machines."""
    return [{"id": one.id, **asdict(one)} for one in failed]


def print_rollback(report: RollbackReport) -> None:
    """Say what a step back did."""
    manifest = report.manifest
    lines = [
        f"now served: {manifest.generation}, made {manifest.created}: {manifest.sources} sources, {manifest.passages} passages"
    ]
    for what, ids in (("back", report.back), ("gone", report.gone), ("other words", report.other_words)):
        lines += [f"{what}: {', '.join(ids)}"] if ids else []
    if report.unknown:
        lines.append("the generation that was left is damaged: it cannot be said what else differs")
    elif len(lines) == 1:
        lines.append("both hold the same words of the same sources")
    if report.other_embedder:
        lines.append(
            f"made by another embedder, {manifest.embedder.id}: services that use {report.other_embedder} must be restarted"
        )
    lines.append(f"{report.left} was left and is deleted by the next sync, which reads again what differs from the files")
    for line in lines:
        _console().print(Text(line))


def rollback_as_json(report: RollbackReport) -> dict[str, Any]:
    """Return what a step back did for machines."""
    return asdict(report)


def print_status(index: Index) -> None:
    """Print a row for each source and the facts of the manifest."""
    console = _console()
    heads = ("id", "title", "language", "people", "published", "passages", "translation, copy or summary of")
    facts = (
        (
            source.id,
            source.title,
            source.language,
            _people(source),
            source.published.isoformat() if source.published else "",
            str(len(index.keys(source.id))),
            _taken_from(source, index.collapsed.get(source.id)),
        )
        for source in index.sources()
    )
    console.print(_table(heads, facts))
    _print_manifest(console, index)


def _taken_from(source: Source, original: str | None) -> str:
    if original is not None:
        return f"summary of {original}, not quoted beside it"
    machine = "by machine" if source.machine_translated else ""
    if source.translation_of:
        return f"{source.translation_of}{f' ({machine})' if machine else ''}"
    return f"copy of {source.copy_of}" if source.copy_of else machine


def _print_manifest(console: Console, index: Index) -> None:
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


def status_as_json(index: Index, qualities: Mapping[str, Quality] | None = None) -> dict[str, Any]:
    """Return the facts of an index for machines; with `qualities`, by source id, also what should be known of each source."""
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
                "copy_of": source.copy_of,
                "summary_of": index.collapsed.get(source.id),
                "machine_translated": source.machine_translated,
                "path": source.path,
                "passages": len(index.keys(source.id)),
                "dropped_characters": notes[source.id][0],
                "notes": list(notes[source.id][1]),
                **(quality_as_json(qualities[source.id]) if qualities else {}),
            }
            for source in index.sources()
        ],
    }


def print_quality(index: Index, found: Sequence[Quality]) -> None:
    """Print what should be known of each source before people rely on it, and the facts of the manifest."""
    console = _console()
    heads = ("id", "language", "people", "passages", "dropped", "suspicious", "not stated")
    facts = (
        (
            one.source.id,
            one.source.language,
            _people(one.source),
            str(one.passages),
            f"{one.dropped_share:.0%}",
            "; ".join(map(str, one.suspicious)),
            ", ".join(one.missing),
        )
        for one in found
    )
    console.print(_table(heads, facts))
    for one in found:
        for finding in one.suspicious:
            for example in finding.examples:
                console.print(Text(f"{one.source.id}: {finding.kind}: {example}"))
    _print_manifest(console, index)


def quality_as_json(one: Quality) -> dict[str, Any]:
    """Return what should be known of a source for machines."""
    return {
        "dropped_share": round(one.dropped_share, 4),
        "suspicious": [asdict(finding) for finding in one.suspicious],
        "missing": list(one.missing),
    }


def _step_as_json(step: Step) -> dict[str, Any]:
    return {**asdict(step), "kind": str(step.kind)}


def _named(step: Step) -> str:
    return step.source_id or ""


def _where(step: Step) -> str:
    """Return the file of a step, where it was, and what is the matter with it."""
    before = f"{step.was} → " if step.was else ""
    return f"{before}{step.path}{f': {step.reason}' if step.reason else ''}"


def _moment(stamp: str) -> str:
    return stamp.replace("T", " ").replace("+00:00", " UTC")


def _console() -> Console:
    """Return a console for stdout; where that is not a terminal, wide enough not to break words."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_PLAIN_WIDTH)


def _table(heads: Iterable[str], facts: Iterable[tuple[str, ...]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for head in heads:
        table.add_column(
            head, justify="right" if head in ("passages", "seconds", "times", "dropped") else "left", overflow="fold"
        )
    for row in facts:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _people(source: Source) -> str:
    return ", ".join(f"{person.name} ({person.role})" for person in source.people)
