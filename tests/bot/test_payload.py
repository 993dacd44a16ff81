"""The JSON of an answer keeps its promise (DESIGN 8)."""

from __future__ import annotations

import json

from invented_values import QUOTE, answered, citation, source

from bot.render.payload import to_payload
from bot.values import Answer, Rendition, Status
from ingest.values import Span

KEYS = [
    "schema",
    "question",
    "language",
    "status",
    "answer",
    "claims",
    "citations",
    "voices",
    "nearest_topics",
    "timings_ms",
    "models",
    "index",
]
CITATION_KEYS = [
    "n",
    "source_id",
    "path",
    "title",
    "speaker",
    "role",
    "url",
    "published",
    "language",
    "quote",
    "char_start",
    "char_end",
    "time_start",
    "translation_of",
    "machine_translated",
    "also_in",
]


def test_exactly_the_promised_keys() -> None:
    """No key is missing and none is extra, at any depth, and all of it is JSON."""
    chinese = Rendition(source=source(language="zh"), span=Span(0, 2), quote="收音机")
    payload = to_payload(answered([citation(also_in=(chinese,), second=3.5)]))
    assert list(payload) == KEYS
    assert payload["schema"] == 1
    assert list(payload["claims"][0]) == ["text", "citations", "support"]
    assert list(payload["citations"][0]) == CITATION_KEYS
    assert list(payload["citations"][0]["also_in"][0]) == ["source_id", "language", "machine_translated", "quote"]
    assert list(payload["voices"]) == ["speaking", "of", "names"]
    assert list(payload["timings_ms"]) == ["retrieve", "first_claim", "total"]
    assert list(payload["models"]) == ["embedder", "llm"]
    assert list(payload["index"]) == ["generation", "passages"]
    assert json.loads(json.dumps(payload)) == payload


def test_values_are_plain() -> None:
    """Dates, roles and spans are written as text and numbers; what is unknown is null."""
    cited = to_payload(answered([citation(source(published=None, url=None), speaker=None, role="unknown")]))["citations"][0]
    assert (cited["published"], cited["url"], cited["speaker"], cited["role"]) == (None, None, None, "unknown")
    assert (cited["char_start"], cited["char_end"], cited["quote"]) == (10, 10 + len(QUOTE), QUOTE)
    assert to_payload(answered())["citations"][0]["published"] == "2020-01-02"


def test_a_refusal_has_the_same_keys() -> None:
    """A refusal is an answer: the same object, without claims."""
    payload = to_payload(Answer(question="x", language="en", status=Status.REFUSED, text="no", nearest_topics=("a",)))
    assert list(payload) == KEYS
    assert (payload["status"], payload["claims"], payload["citations"]) == ("refused", [], [])
    assert payload["nearest_topics"] == ["a"]
