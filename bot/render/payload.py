"""The JSON of an answer (DESIGN 8): one stable, versioned object for `ask --json`, the HTTP body and the last event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.values import Answer, Citation, Rendition

SCHEMA = 1


def to_payload(answer: Answer) -> dict[str, Any]:
    """Return the answer as plain JSON values."""
    return {
        "schema": SCHEMA,
        "question": answer.question,
        "language": answer.language,
        "status": answer.status.value,
        "answer": answer.text,
        "claims": [
            {"text": claim.text, "citations": list(claim.citations), "support": claim.support.value} for claim in answer.claims
        ],
        "citations": [_citation(citation) for citation in answer.citations],
        "voices": {"speaking": answer.voices.speaking, "of": answer.voices.of, "names": list(answer.voices.names)},
        "nearest_topics": list(answer.nearest_topics),
        "timings_ms": {
            "retrieve": answer.timings.retrieve,
            "first_claim": answer.timings.first_claim,
            "total": answer.timings.total,
        },
        "models": {"embedder": answer.embedder, "llm": answer.llm},
        "index": {"generation": answer.generation, "passages": answer.passages},
    }


def _citation(citation: Citation) -> dict[str, Any]:
    source = citation.source
    return {
        "n": citation.n,
        "source_id": source.id,
        "path": source.path,
        "title": source.title,
        "speaker": citation.speaker,
        "role": citation.role,
        "url": source.url,
        "published": source.published.isoformat() if source.published else None,
        "language": source.language,
        "quote": citation.quote,
        "char_start": citation.span.start,
        "char_end": citation.span.end,
        "time_start": citation.second,
        "translation_of": source.translation_of,
        "machine_translated": source.machine_translated,
        "also_in": [_rendition(rendition) for rendition in citation.also_in],
    }


def _rendition(rendition: Rendition) -> dict[str, Any]:
    return {
        "source_id": rendition.source.id,
        "language": rendition.source.language,
        "machine_translated": rendition.source.machine_translated,
        "quote": rendition.quote,
    }
