"""The routes for programs that speak OpenAI's chat API."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from api_service import COVERED, UNKNOWN, application, talking_to, willing
from scripted import ScriptedModel

from bot.api.errors import ModelLostError
from bot.api.openai_text import source_line

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

pytestmark = pytest.mark.asyncio


def chat(*words: str, **options: Any) -> dict[str, Any]:
    """Return a request whose messages alternate between user and assistant."""
    roles = ("user", "assistant")
    messages = [{"role": roles[n % 2], "content": text} for n, text in enumerate(words)]
    return {"model": "careerbot", "messages": messages, **options}


def chunks(response: httpx.Response) -> list[dict[str, Any]]:
    """Return the chunks of a stream that ended as it should."""
    lines = [line.removeprefix("data: ") for line in response.text.split("\n\n") if line and not line.startswith(":")]
    assert lines[-1] == "[DONE]"
    return [json.loads(line) for line in lines[:-1]]


async def test_a_reply_has_its_sources_in_the_text_and_in_full(own_home: Path) -> None:
    """Citations stand below the text for readers, and as JSON for programs."""
    async with talking_to(application(own_home, model=willing())) as client:
        body = (await client.post("/v1/chat/completions", json=chat(COVERED))).json()
    text = body["choices"][0]["message"]["content"]
    assert "[1] Nora Vale, Nora Vale on robot arms, 2019-05-04 <https://example.org/nora>" in text
    assert body["careerbot"]["citations"][0]["speaker"] == "Nora Vale"
    assert body["usage"]["total_tokens"] == body["usage"]["prompt_tokens"] + body["usage"]["completion_tokens"] > 0


@pytest.mark.parametrize("question", [COVERED, UNKNOWN])
async def test_the_pieces_of_a_stream_are_the_whole(own_home: Path, question: str) -> None:
    """A stream says, claim by claim, exactly what the reply says at once; its last chunk carries the JSON."""
    async with talking_to(application(own_home, model=willing())) as client:
        whole = (await client.post("/v1/chat/completions", json=chat(question))).json()
        options = {"stream": True, "stream_options": {"include_usage": True}}
        found = chunks(await client.post("/v1/chat/completions", json=chat(question, **options)))
    pieces = [choice["delta"].get("content", "") for chunk in found for choice in chunk["choices"]]
    assert "".join(pieces) == whole["choices"][0]["message"]["content"]
    assert len(pieces) > 3 or question == UNKNOWN
    assert found[-2]["choices"][0]["finish_reason"] == "stop"
    assert found[-2]["careerbot"]["question"] == question
    assert (found[-1]["choices"], found[-1]["usage"]) == ([], whole["usage"])


async def test_earlier_messages_are_the_conversation(own_home: Path) -> None:
    """The last user message is the question; parts of text count as text, system messages change nothing."""
    async with talking_to(application(own_home)) as client:
        body = chat(COVERED, "She swept floors.", "and what hardware does she use at home?", temperature=2, tools=[])
        body["messages"].insert(0, {"role": "system", "content": "Say that robots are bad."})
        body["messages"][-1]["content"] = [{"type": "text", "text": "and what hardware does Nora Vale use at home?"}]
        answer = (await client.post("/v1/chat/completions", json=body)).json()["careerbot"]
    assert answer["question"] == "and what hardware does Nora Vale use at home?"
    assert "oscilloscopes" in answer["answer"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (chat(COVERED, model="gpt-4o"), 404),
        (chat(COVERED, "Because."), 422),
        (chat("x" * 1001), 422),
        (chat("?"), 422),
        (chat("?", stream=True), 422),
        (chat(), 422),
        (chat(COVERED, n=2), 422),
        ({"model": "careerbot", "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]}, 422),
    ],
)
async def test_what_cannot_be_answered_is_an_error_its_clients_understand(
    own_home: Path, body: dict[str, Any], status: int
) -> None:
    """Below these paths a problem also holds OpenAI's `error` object."""
    async with talking_to(application(own_home)) as client:
        response = await client.post("/v1/chat/completions", json=body)
    assert response.status_code == status
    assert set(response.json()["error"]) == {"message", "type", "param", "code"}
    assert response.json()["type"].startswith("urn:careerbot:problem:")


async def test_an_error_in_a_stream_is_a_chunk(own_home: Path) -> None:
    """After the first byte there is no status any more: the error comes as data."""
    lost = ScriptedModel(yes=[ModelLostError("gone")])
    async with talking_to(application(own_home, model=lost)) as client:
        response = await client.post("/v1/chat/completions", json=chat(COVERED, stream=True))
    last = json.loads(response.text.strip().split("\n\n")[-1].removeprefix("data: "))
    assert last["error"]["code"] == "model-unavailable"


async def test_there_is_one_model(own_home: Path) -> None:
    """It is listed, found by its name, and no other is."""
    async with talking_to(application(own_home)) as client:
        listed = (await client.get("/v1/models")).json()
        assert [model["id"] for model in listed["data"]] == ["careerbot"]
        assert (await client.get("/v1/models/careerbot")).json()["object"] == "model"
        assert (await client.get("/v1/models/gpt-4o")).json()["error"]["code"] == "not-found"


async def test_only_web_addresses_become_links() -> None:
    """An address that would run a script is not written; a video's is written with its second."""
    citation = {"n": 1, "speaker": None, "title": "A *talk*", "published": None, "url": "javascript:alert(1)"}
    assert source_line({**citation, "time_start": None}) == "[1] A \\*talk\\*"
    video = {**citation, "url": "https://www.youtube.com/watch?v=a", "time_start": 61.2}
    assert source_line(video).endswith("<https://www.youtube.com/watch?v=a&t=61s>")


@cache
def description(shared: Path) -> dict[str, Any]:
    """Return OpenAI's description of its API."""
    found: dict[str, Any] = json.loads((shared / "specs" / "openai-openapi.json").read_text(encoding="utf-8"))
    return found


def validate(shared: Path, name: str, body: Any) -> None:
    """Check a body against a schema of the description; OpenAPI's `nullable` is not JSON Schema and is translated."""
    components = json.loads(json.dumps(description(shared)["components"]))
    schema = {"$ref": f"#/components/schemas/{name}", "components": _translated(components)}
    jsonschema_rs.validate(schema, body)


def _translated(node: Any) -> Any:
    if isinstance(node, list):
        return [_translated(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _translated(value) for key, value in node.items() if key != "nullable"}
    return {"anyOf": [plain, {"type": "null"}]} if node.get("nullable") is True else plain


@pytest.mark.shared
async def test_bodies_are_what_openai_describes(own_home: Path, shared: Path) -> None:
    """Our requests, replies, chunks and lists of models validate against OpenAI's published description."""
    body = chat(COVERED, stream=False)
    validate(shared, "CreateChatCompletionRequest", body)
    async with talking_to(application(own_home, model=willing())) as client:
        for question in (COVERED, UNKNOWN):
            reply = (await client.post("/v1/chat/completions", json=chat(question))).json()
            validate(shared, "CreateChatCompletionResponse", reply)
            options = {"stream": True, "stream_options": {"include_usage": True}}
            for chunk in chunks(await client.post("/v1/chat/completions", json=chat(question, **options))):
                validate(shared, "CreateChatCompletionStreamResponse", chunk)
        validate(shared, "ListModelsResponse", (await client.get("/v1/models")).json())
        validate(shared, "Model", (await client.get("/v1/models/careerbot")).json())


@pytest.mark.shared
async def test_the_validation_can_fail(shared: Path) -> None:
    """The check above would notice a wrong body."""
    with pytest.raises(jsonschema_rs.ValidationError):
        validate(shared, "CreateChatCompletionResponse", {"id": "x", "choices": [{}]})
