"""A parsed source as bytes and back: JSON, validated field by field. The child is not trusted, and pickle would trust it."""

from __future__ import annotations

from datetime import date
from functools import cache

from pydantic import TypeAdapter, ValidationError

from ingest.cage.frames import BrokenFrameError
from ingest.values import Ingested


@cache
def _adapter() -> TypeAdapter[Ingested]:
    adapter = TypeAdapter(Ingested)
    # `ingest.values` imports `date` for type checkers only, so that it has to be named here.
    adapter.rebuild(force=True, _types_namespace={"date": date})
    return adapter


def to_bytes(parsed: Ingested) -> bytes:
    """Return the source as JSON."""
    return _adapter().dump_json(parsed)


def from_bytes(body: bytes) -> Ingested:
    """Return the source that `to_bytes` wrote.

    Raises:
        BrokenFrameError: it did not write this.
    """
    try:
        parsed = _adapter().validate_json(body)
    except ValidationError as error:
        raise BrokenFrameError(f"a source that is none ({error.error_count()} faults)") from error
    length = len(parsed.document.text)
    if not _inside(parsed, length) or parsed.document.source_id != parsed.source.id:
        raise BrokenFrameError("a source whose offsets lie outside its text")
    return parsed


def _inside(parsed: Ingested, length: int) -> bool:
    spans = [segment.span for segment in parsed.segments]
    for passage in parsed.passages:
        spans += [passage.span, *(sentence.span for sentence in passage.sentences)]
    return all(span.end <= length for span in spans)
