"""Answers as the text of a chat message: claims with [1] markers, then the sources those stand for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from bot import strings
from bot.links import at_second, web_address
from bot.markdown import escape

if TYPE_CHECKING:
    from collections.abc import Mapping


def content(payload: Mapping[str, Any]) -> str:
    """Return the whole text of an answer."""
    lines = [source_line(citation) for citation in payload["citations"]]
    if not lines:
        return str(payload["answer"])
    heading = strings.text("heading.sources", payload["language"])
    return f"{payload['answer']}\n\n{heading}\n" + "\n".join(lines)


def claim_line(claim: Mapping[str, Any]) -> str:
    """Return a claim as it begins the text of the answer it belongs to."""
    return f"{escape(claim['text'])} {''.join(f'[{n}]' for n in claim['citations'])}"


def source_line(citation: Mapping[str, Any]) -> str:
    """Return one citation: number, who, where, when, and the address, which is left out unless it is a web address."""
    said = [citation["speaker"], citation["title"], citation["published"]]
    url = web_address(citation["url"])
    if url and citation["time_start"] is not None:
        url = at_second(url, citation["time_start"])
    words = ", ".join(escape(part) for part in said if part)
    return f"[{citation['n']}] {words}" + (f" <{url}>" if url else "")


def chunk(identity: str, model: str, created: int, delta: Mapping[str, Any], finish: str | None = None) -> dict[str, Any]:
    """Return one chunk of a streamed reply."""
    choice = {"index": 0, "delta": dict(delta), "logprobs": None, "finish_reason": finish}
    return {"id": identity, "object": "chat.completion.chunk", "created": created, "model": model, "choices": [choice]}


class Writing:
    """A reply that is being streamed: what was sent, and what is still missing."""

    def __init__(self, identity: str, model: str) -> None:
        self._identity, self._model, self._created = identity, model, int(time.time())
        self._sent = ""

    def begin(self) -> dict[str, Any]:
        """Return the chunk that opens the message."""
        return self._chunk({"role": "assistant", "content": ""})

    def add(self, claim: Mapping[str, Any]) -> dict[str, Any]:
        """Return the chunk of a claim."""
        text = ("\n\n" if self._sent else "") + claim_line(claim)
        self._sent += text
        return self._chunk({"content": text})

    def rest(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Return the chunk with all of the answer that was not sent yet."""
        return self._chunk({"content": content(payload).removeprefix(self._sent)})

    def end(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Return the last chunk, which carries the answer's JSON."""
        return {**self._chunk({}, "stop"), "careerbot": payload}

    def usage(self, usage: Mapping[str, int]) -> dict[str, Any]:
        """Return the chunk of token counts, which has no choices."""
        return {**self._chunk({}), "choices": [], "usage": dict(usage)}

    def _chunk(self, delta: Mapping[str, Any], finish: str | None = None) -> dict[str, Any]:
        return chunk(self._identity, self._model, self._created, delta, finish)
