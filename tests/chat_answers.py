"""Invented answers as the service sends them, for the tests of the chat bot."""

from __future__ import annotations

from typing import Any


def citation(n: int = 1, **fields: Any) -> dict[str, Any]:
    """Return a citation of an invented person."""
    return {
        "n": n,
        "source_id": f"invented-{n}",
        "passage_id": f"{n:016x}",
        "path": None,
        "title": f"Invented interview {n}",
        "speaker": "Nora Vale",
        "role": "interviewee",
        "url": f"https://example.test/{n}",
        "published": "2021-04-14",
        "language": "en",
        "quote": f"Invented words number {n}.",
        "char_start": 10 * n,
        "char_end": 10 * n + 5,
        "time_start": None,
        "translation_of": None,
        "also_in": [],
        **fields,
    }


def claim(text: str = "Nora Vale said: “Invented words.”", *numbers: int) -> dict[str, Any]:
    """Return a claim."""
    return {"text": text, "citations": list(numbers or (1,)), "support": "quote"}


def answer(*, claims: list[dict[str, Any]] | None = None, citations: list[dict[str, Any]] | None = None, **fields: Any) -> Any:
    """Return an answer with one claim on one citation."""
    return {
        "schema": 1,
        "id": "4f0c2a9be1d87c53",
        "question": "How did she begin?",
        "language": "en",
        "status": "answered",
        "answer": "Nora Vale said: “Invented words.” [1]",
        "claims": [claim()] if claims is None else claims,
        "citations": [citation()] if citations is None else citations,
        "voices": {"speaking": 1, "of": 3, "names": ["Nora Vale"]},
        "nearest_topics": [],
        "timings_ms": {"retrieve": 1, "first_claim": 2, "total": 3},
        "models": {"embedder": "invented", "llm": "none"},
        "index": {"generation": "g1", "passages": 3},
        **fields,
    }


def refusal(*topics: str) -> Any:
    """Return a refusal that names topics."""
    text = "\n".join(
        ["The interviews I have do not answer this.", "", "Nearest topics they cover:", *(f"- {topic}" for topic in topics)]
    )
    return answer(claims=[], citations=[], status="refused", answer=text, nearest_topics=list(topics))


def source(identity: str = "invented-1", **fields: Any) -> dict[str, Any]:
    """Return a source as the service lists it."""
    return {
        "id": identity,
        "kind": "interview",
        "title": f"Interview {identity}",
        "language": "en",
        "people": [{"name": "Nora Vale", "role": "interviewee", "position": None}],
        "url": "https://example.test/interview",
        "published": "2021-04-14",
        "licence": None,
        "translation_of": None,
        "machine_translated": False,
        "topics": [],
        **fields,
    }
