"""A model behind an OpenAI-compatible address."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from langchain_core.language_models import FakeListChatModel

from bot.errors import CancelledError, ModelError
from bot.llm import Cancellation, Message, Prompt
from bot.llm.remote import RemoteModel
from bot.settings import BotSettings
from bot.warm import warm

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest.importorskip("langchain_openai")

PROMPT = Prompt(fixed=(Message(role="system", content="Be brief."),), asked="Why?")
NOWHERE = "http://127.0.0.1:9/v1"


class Saying(FakeListChatModel):
    """A chat model that says what it was told, with log-probabilities."""

    tokens: dict[str, float] | None = None

    def _generate(self, *args: Any, **kwargs: Any) -> Any:
        result = super()._generate(*args, **kwargs)
        if self.tokens is not None:
            top = [{"token": token, "logprob": value} for token, value in self.tokens.items()]
            result.generations[0].message.response_metadata = {"logprobs": {"content": [{"top_logprobs": top}]}}
        return result


def remote(chat: object) -> RemoteModel:
    """Return a remote model with another chat model in the place of the one over HTTP."""
    model = RemoteModel(NOWHERE, model="m", key="k")
    model._chat = chat
    return model


def test_the_name_says_where_it_is() -> None:
    """Name and address are told, the key is not."""
    model = RemoteModel(NOWHERE, model="m", key="secret")
    assert model.name == f"m at {NOWHERE}"
    model.close()


def test_pieces_become_one_reply() -> None:
    """A streamed reply is put together and trimmed."""
    assert remote(Saying(responses=["  It works. "])).write(PROMPT, max_tokens=5, cancellation=Cancellation()) == "It works."


def test_a_stream_can_be_cancelled() -> None:
    """Between two pieces a cancelled reply stops."""
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(CancelledError):
        remote(Saying(responses=["word"])).write(PROMPT, max_tokens=5, cancellation=cancellation)


def test_yes_is_weighed_against_no() -> None:
    """All spellings of both words count, other words do not."""
    chat = Saying(responses=["Yes"], tokens={"Yes": -1.0, " yes": -1.0, "No": -1.0, "Maybe": -0.1})
    assert remote(chat).yes_probability(PROMPT, cancellation=Cancellation()) == pytest.approx(2 / 3)


@pytest.mark.parametrize("tokens", [None, {}, {"Maybe": -0.1}])
def test_a_server_that_tells_no_probabilities(tokens: dict[str, float] | None) -> None:
    """None, not a guess."""
    assert remote(Saying(responses=["Yes"], tokens=tokens)).yes_probability(PROMPT, cancellation=Cancellation()) is None


def test_a_failing_server_is_a_model_error() -> None:
    """What goes wrong there is one line that names the address and asks whether it is running."""
    broken = remote(object())
    with pytest.raises(ModelError, match="is it running"):
        broken.write(PROMPT, max_tokens=5, cancellation=Cancellation())
    with pytest.raises(ModelError, match="is it running"):
        broken.yes_probability(PROMPT, cancellation=Cancellation())


class _Server(BaseHTTPRequestHandler):
    """Speaks as much of OpenAI's chat completions as is needed."""

    def do_POST(self) -> None:
        """Answer a chat completion, whole or as a stream."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        head = {"id": "1", "created": 1, "model": asked["model"]}
        if asked.get("stream"):
            self._send("text/event-stream", "".join(_event(head, word) for word in ("It ", "works.")) + "data: [DONE]\n\n")
            return
        top = [{"token": "Yes", "logprob": -0.1, "bytes": None}, {"token": "No", "logprob": -2.4, "bytes": None}]
        choice = {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": "Yes"},
            "logprobs": {"content": [{"token": "Yes", "logprob": -0.1, "bytes": None, "top_logprobs": top}], "refusal": None},
        }
        self._send("application/json", json.dumps({**head, "object": "chat.completion", "choices": [choice]}))

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _send(self, kind: str, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())


def _event(head: dict[str, Any], word: str) -> str:
    choice = {"index": 0, "delta": {"role": "assistant", "content": word}, "finish_reason": None}
    return f"data: {json.dumps({**head, 'object': 'chat.completion.chunk', 'choices': [choice]})}\n\n"


@pytest.fixture
def address() -> Iterator[str]:
    """Yield the address of a small server in this process."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.services
def test_over_http(address: str) -> None:
    """Against a real server a reply is streamed and a probability read."""
    model = RemoteModel(address)
    assert model.write(PROMPT, max_tokens=5, cancellation=Cancellation()) == "It works."
    assert model.yes_probability(PROMPT, cancellation=Cancellation()) == pytest.approx(0.909, abs=0.01)


@pytest.mark.services
def test_warming_up(address: str, tmp_path: Path) -> None:
    """Preparing a remote model asks it one thing of each kind and says that it is ready."""
    *_, last = warm(BotSettings(models=tmp_path, embedder="hash", llm=address, llm_model="m"))
    assert last == f"language model ready: m at {address}"


@pytest.mark.services
def test_nobody_is_there() -> None:
    """A closed port is a `ModelError`."""
    with pytest.raises(ModelError, match="127"):
        RemoteModel(NOWHERE).write(PROMPT, max_tokens=5, cancellation=Cancellation())
