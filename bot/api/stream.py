"""The pipeline's events as the messages callers get, and those as server-sent events."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.events import ClaimReady, Done, Event, EvidenceFound, Refused, Searching
from bot.render.payload import to_payload
from bot.values import Answer, Status
from ingest.values import Span

if TYPE_CHECKING:
    from bot.api.served import Corpus

KEEP_ALIVE = b": still here\n\n"
"""A comment, so that nothing on the way takes a slow answer for a dead connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One event of the stream; `error` is set on the one called "error", which `problems` turns into its data."""

    name: str
    data: dict[str, Any]
    error: Exception | None = None

    @property
    def final(self) -> bool:
        """Tell whether nothing follows."""
        return self.name in {"done", "refused", "error"}


def queued(position: int) -> Message:
    """Return the message that tells how many answers are ahead."""
    return Message(name="queued", data={"position": position})


def failed(error: Exception) -> Message:
    """Return the message that ends an answer which cannot be finished."""
    return Message(name="error", data={}, error=error)


def to_message(event: Event, corpus: Corpus) -> Message:
    """Return the message for an event of the pipeline."""
    match event:
        case Searching(question=question):
            return Message(name="searching", data={"language": question.language})
        case EvidenceFound(evidence=evidence):
            quotes = [
                {
                    "source_id": item.source.id,
                    "title": item.source.title,
                    "speaker": item.passage.speaker,
                    "quote": item.quote,
                    "language": item.source.language,
                }
                for item in evidence
            ]
            return Message(name="evidence", data={"quotes": quotes})
        case ClaimReady(claim=claim, citations=citations):
            # The part of an answer that is ready is rendered as the whole will be.
            part = Answer(question="", language="", status=Status.ANSWERED, text="", claims=(claim,), citations=citations)
            payload = _with_passages(to_payload(part), corpus)
            return Message(name="claim", data={"claim": payload["claims"][0], "citations": payload["citations"]})
        case Done(answer=answer) | Refused(answer=answer):
            payload = {**_with_passages(to_payload(answer), corpus), "id": secrets.token_hex(8)}
            return Message(name="done" if isinstance(event, Done) else "refused", data=payload)
        case _:
            return failed(event.error)


def encode(name: str, data: dict[str, Any]) -> bytes:
    """Return one server-sent event. JSON holds no line breaks, so its data is one line."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def _with_passages(payload: dict[str, Any], corpus: Corpus) -> dict[str, Any]:
    for citation in payload["citations"]:
        span = Span(citation["char_start"], citation["char_end"])
        citation["passage_id"] = corpus.passage_id(citation["source_id"], span)
        # Where files lie on the server is nobody's business; their names help its operator.
        citation["path"] = Path(citation["path"]).name if citation["path"] else None
    return payload
