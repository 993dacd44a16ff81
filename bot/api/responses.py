"""What the documentation says about responses: problems, the stream of events, and where keys are needed."""

from __future__ import annotations

from typing import Any

from bot.api.bodies import AnswerBody, ProblemBody
from bot.api.problems import MEDIA_TYPE

_PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_MEANINGS = {
    400: "The body is not JSON.",
    401: "A key is needed, or the one shown is not valid.",
    403: "The key does not have the scope.",
    404: "There is no such thing.",
    408: "The body took too long to arrive.",
    413: "The body is too large.",
    421: "The service was called by a name that is not its own.",
    422: "The request is not valid, or cannot be done.",
    429: "This caller asks too often; `Retry-After` says when to come back.",
    500: "A bug; the request id finds it in the log.",
    503: "Nothing can be answered now (queue full, model starting, no index); `Retry-After` says when to come back.",
    504: "The answer took longer than a request may.",
}

EVENTS = {
    "queued": "`{position}`: how many answers are ahead; repeated whenever it changes, also after `evidence`.",
    "searching": "`{language}`: the question was understood; the answer will be in this language.",
    "evidence": "`{quotes: [{source_id, title, speaker, quote, language}]}`: what may answer it, not read by any model yet.",
    "claim": "`{claim, citations}`: one verified statement, and in full the citations it rests on.",
    "done": "The whole answer, the same object as the JSON response.",
    "refused": "The corpus does not know: the same object, with the nearest topics.",
    "error": "A problem; nothing follows.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of failures: these and the ones that every route can have."""
    always = (421, 500)
    return {status: {"description": _MEANINGS[status], "content": _PROBLEM} for status in sorted({*statuses, *always})}


def answer_responses() -> dict[int | str, dict[str, Any]]:
    """Return the documentation of `POST /v1/ask`."""
    events = "\n".join(f"- `{name}`: {meaning}" for name, meaning in EVENTS.items())
    stream = {"schema": {"type": "string", "description": f"Server-sent events, each with JSON data:\n\n{events}"}}
    return {
        200: {
            "description": "The answer, or a refusal; as a stream where `Accept: text/event-stream` asks for it.",
            "model": AnswerBody,
            "content": {"text/event-stream": stream},
        },
        **problems(400, 401, 403, 408, 413, 422, 429, 503, 504),
    }


def complete(schema: dict[str, Any]) -> dict[str, Any]:
    """Add to a generated OpenAPI description what the framework cannot say: problems, and that keys may be optional."""
    components = schema.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = ProblemBody.model_json_schema()
    components["schemas"].pop("HTTPValidationError", None)
    components["schemas"].pop("ValidationError", None)
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer"},
        "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    }
    for operations in schema["paths"].values():
        for operation in operations.values():
            tags = operation.get("tags", [])
            if "admin" in tags:
                operation["security"] = [{"bearer": []}, {"key": []}]
            elif "service" not in tags:
                operation["security"] = [{"bearer": []}, {"key": []}, {}]
    return schema
