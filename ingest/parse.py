"""One file in, everything that can be known about it before embedding out."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.blocks import BlockKind, Loaded
from ingest.cast import Cast, cast
from ingest.chunk import chunk
from ingest.errors import UnreadableError
from ingest.language import detect
from ingest.load import load
from ingest.registry import normalise_title
from ingest.segment import segment
from ingest.values import Document, Ingested, Kind, Role, Segment, Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ingest.registry import Registry

_LONGEST_SLUG = 48


def parse(path: Path, *, registry: Registry, root: Path | None = None) -> Ingested:
    """Return the source, document, segments and passages of the file at `path`.

    Args:
        path: the file; kept as it is in `Source.path`.
        registry: what is known about texts that do not say it themselves.
        root: the folder being ingested; paths in error messages are relative to it.

    Raises:
        UnreadableError: the file cannot be read or holds no text.
    """
    try:
        loaded = load(path, registry=registry)
    except OSError as error:
        raise UnreadableError(f"{_shown(path, root)}: {error.strerror or error}") from error
    return understand(loaded, path=path)


def understand(loaded: Loaded, *, path: Path) -> Ingested:
    """Return what can be known about a text that has been loaded from `path`."""
    metadata = loaded.metadata
    language = metadata.language or detect("\n".join(block.text for block in loaded.blocks))
    loaded = replace(loaded, metadata=replace(metadata, language=language))
    people = cast(loaded, metadata.people)
    text, segments = segment(loaded, metadata.people)
    source = _source(loaded, people, text, segments, path)
    return Ingested(
        source=source,
        document=Document(source_id=source.id, text=text),
        segments=segments,
        passages=chunk(source, text, segments),
        dropped_characters=loaded.dropped_characters,
        notes=(*loaded.notes, *_guesses(people)),
    )


def _shown(path: Path, root: Path | None) -> str:
    return str(path.relative_to(root)) if root is not None and path.is_relative_to(root) else str(path)


def _source(loaded: Loaded, people: Cast, text: str, segments: Sequence[Segment], path: Path) -> Source:
    metadata = loaded.metadata
    title = metadata.title or _heading(loaded) or path.stem
    return Source(
        id=metadata.id or _content_id(title, text),
        kind=metadata.kind or _kind(loaded, segments),
        title=title,
        language=metadata.language or "en",
        people=people.people,
        url=metadata.url,
        published=metadata.published,
        licence=metadata.licence,
        translation_of=metadata.translation_of,
        original_url=metadata.original_url,
        machine_translated=metadata.machine_translated,
        digest_of=metadata.digest_of,
        topics=metadata.topics,
        path=str(path),
    )


def _heading(loaded: Loaded) -> str | None:
    return next((block.text for block in loaded.blocks if block.kind is BlockKind.HEADING), None)


def _content_id(title: str, text: str) -> str:
    slug = normalise_title(title)[:_LONGEST_SLUG].strip("-") or "text"
    return f"{slug}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _kind(loaded: Loaded, segments: Sequence[Segment]) -> Kind:
    """Return what sort of text this is, by how it is laid out, where nothing says so."""
    if loaded.metadata.digest_of:
        return Kind.DIGEST
    if any(block.kind is BlockKind.CUE for block in loaded.blocks) or not loaded.marked_speakers:
        return Kind.TRANSCRIPT
    roles = {segment.role for segment in segments}
    return Kind.INTERVIEW if roles & {Role.INTERVIEWEE, Role.INTERVIEWER} else Kind.ARTICLE


def _guesses(people: Cast) -> Iterator[str]:
    if people.guessed:
        yield f"roles guessed from who asks and who answers: {', '.join(people.guessed)}"
