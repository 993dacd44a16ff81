"""As much of OpenAI's chat completions as tests need, in this process: says what it is told to, or refuses in a chosen way."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True, kw_only=True)
class Script:
    """How the server behaves, and what it was asked."""

    reply: str = "It works."
    yes: tuple[tuple[str, float], ...] | None = (("Yes", -0.1), ("No", -2.4))
    """Tokens with log-probabilities; None gives none without a word."""
    status: int = 200
    """Of every response."""
    refuses_odds: bool = False
    """Whether a request for log-probabilities fails as in llama-cpp-python without `logits_all`."""
    asked: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def serving(script: Script) -> Iterator[str]:
    """Yield the address of a server that follows `script`."""

    class Handler(BaseHTTPRequestHandler):
        """Answers POST."""

        def do_POST(self) -> None:
            """Answer a chat completion, whole or as a stream."""
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            script.asked.append(asked)
            if script.status != 200:
                self._send("application/json", json.dumps({"error": {"message": "no", "type": "x"}}), script.status)
            elif asked.get("logprobs") and script.refuses_odds:
                message = "logprobs is not supported for models created with logits_all=False"
                self._send("application/json", json.dumps({"error": {"message": message, "type": "x"}}), 500)
            elif asked.get("stream"):
                self._send("text/event-stream", f"{_event(asked['model'], script.reply)}data: [DONE]\n\n")
            else:
                self._send("application/json", json.dumps(_completion(asked, script)))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def _send(self, kind: str, text: str, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _completion(asked: dict[str, Any], script: Script) -> dict[str, Any]:
    choice: dict[str, Any] = {
        "index": 0,
        "finish_reason": "stop",
        "message": {"role": "assistant", "content": script.reply},
        "logprobs": None,
    }
    if asked.get("logprobs") and script.yes is not None:
        top = [{"token": token, "logprob": value, "bytes": None} for token, value in script.yes]
        choice["logprobs"] = {"content": [{**top[0], "top_logprobs": top}], "refusal": None}
    return {"id": "1", "created": 1, "model": asked["model"], "object": "chat.completion", "choices": [choice]}


def _event(model: str, text: str) -> str:
    choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}
    chunk = {"id": "1", "created": 1, "model": model, "object": "chat.completion.chunk", "choices": [choice]}
    return f"data: {json.dumps(chunk)}\n\n"
