"""What every request passes: ids, headers, hosts, limits, and problems for all that goes wrong."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from api_service import COVERED, application, exchange, talking_to
from patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.asyncio
JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("method", "path", "content", "status", "kind"),
    [
        ("GET", "/nowhere", None, 404, "not-found"),
        ("PUT", "/v1/ask", None, 405, "method-not-allowed"),
        ("GET", "/static/../../keys.py", None, 404, "not-found"),
        ("POST", "/v1/ask", b"{", 400, "malformed"),
        ("POST", "/v1/ask", b"[" * 50_000, 400, "malformed"),
        ("POST", "/v1/ask", b'{"question": "\\ud800"}', 422, "invalid"),
        ("POST", "/v1/ask", b'{"question": 1}', 422, "invalid"),
        ("POST", "/v1/ask", b'{"question": "a", "surprise": 1}', 422, "invalid"),
        ("POST", "/v1/ask", b'{"question": "a", "language": "tlh"}', 422, "invalid"),
        ("POST", "/v1/ask", b"\xff\xfe", 400, "malformed"),
        ("POST", "/v1/ask", json.dumps({"question": "x" * 1001}).encode(), 422, "invalid"),
        ("POST", "/v1/ask", b"x" * 300_000, 413, "body-too-large"),
    ],
)
async def test_failures_are_problems(  # noqa: PLR0917 - one argument for each column of the table
    own_home: Path, method: str, path: str, content: bytes | None, status: int, kind: str
) -> None:
    """Whatever is wrong with a request, the answer is problem+json that carries the request's id and nothing of its words."""
    async with talking_to(application(own_home)) as client:
        response = await client.request(method, path, content=content, headers=JSON)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["type"] == f"urn:careerbot:problem:{kind}"
    assert (body["status"], body["request_id"]) == (status, response.headers["x-request-id"])
    assert "xxx" not in response.text


async def test_json_has_to_say_so(own_home: Path) -> None:
    """A form on another site cannot ask: its content types are refused."""
    async with talking_to(application(own_home)) as client:
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            response = await client.post("/v1/ask", content=json.dumps({"question": COVERED}), headers={"content-type": kind})
            assert response.status_code == 422


async def test_every_response_has_the_security_headers(own_home: Path) -> None:
    """Pages, answers and failures alike; answers are not stored on the way."""
    async with talking_to(application(own_home)) as client:
        for path in ("/", "/v1/sources", "/nowhere"):
            response = await client.get(path)
            assert "default-src 'none'" in response.headers["content-security-policy"]
            assert "unsafe" not in response.headers["content-security-policy"]
            assert response.headers["x-content-type-options"] == "nosniff"
            assert "access-control-allow-origin" not in response.headers
        assert (await client.get("/v1/sources")).headers["cache-control"] == "no-store"


async def test_a_sane_request_id_is_kept(own_home: Path) -> None:
    """A caller's id is used where it is harmless, and replaced where it is not."""
    async with talking_to(application(own_home)) as client:
        assert (await client.get("/healthz", headers={"x-request-id": "abc-1"})).headers["x-request-id"] == "abc-1"
        assert (await client.get("/healthz", headers={"x-request-id": "a b<c>"})).headers["x-request-id"] != "a b<c>"


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost:8765", 200), ("127.0.0.1", 200), ("[::1]:80", 200), ("evil.example", 421), ("localhost.evil.example", 421)],
)
async def test_a_local_service_answers_to_local_names_only(own_home: Path, host: str, status: int) -> None:
    """A page that had its own name point here (DNS rebinding) learns nothing."""
    async with talking_to(application(own_home)) as client:
        response = await client.get("/healthz", headers={"host": host})
    assert response.status_code == status


async def test_a_public_service_answers_to_any_name(own_home: Path) -> None:
    """Elsewhere the operator's proxy knows the names."""
    async with talking_to(application(own_home, host="0.0.0.0", public=True)) as client:  # noqa: S104 - nothing is bound
        assert (await client.get("/healthz", headers={"host": "careers.example"})).status_code == 200


async def test_a_length_that_lies_is_caught(own_home: Path) -> None:
    """The body is counted while it arrives, whatever its length was said to be."""
    app = application(own_home, body_bytes=100)
    async with talking_to(app):
        asked = exchange(app, json.dumps({"question": "x" * 200}).encode(), {"content-length": "10"})
        await asyncio.wait_for(asked.task, PATIENCE)
    assert asked.sent[0]["status"] == 413


@pytest.mark.parametrize("length", ["-1", "1e3", "9" * 40, "²"])
async def test_strange_lengths_are_refused(own_home: Path, length: str) -> None:
    """A length that is not a number in range is refused before anything is read."""
    app = application(own_home)
    async with talking_to(app):
        scope_headers = {"content-length": length}
        asked = exchange(app, b"{}", scope_headers)
        await asyncio.wait_for(asked.task, PATIENCE)
    assert asked.sent[0]["status"] == 413


async def test_a_slow_body_is_given_up(own_home: Path) -> None:
    """A body has to arrive in time."""
    app = application(own_home, body_seconds=0.1)
    sent: list[dict[str, Any]] = []

    async def never() -> dict[str, Any]:
        await asyncio.sleep(2 * PATIENCE)
        raise AssertionError

    async def send(message: Any) -> None:
        sent.append(dict(message))

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": "/v1/ask",
        "raw_path": b"/v1/ask",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"content-type", b"application/json")],
        "client": None,
        "server": None,
        "scheme": "http",
        "root_path": "",
    }
    async with talking_to(app):
        await asyncio.wait_for(app(scope, never, send), PATIENCE)
    assert sent[0]["status"] == 408


async def test_origins_are_closed_unless_named(own_home: Path) -> None:
    """Another site's page may call the API only where its origin was allowed."""
    preflight = {"origin": "https://a.example", "access-control-request-method": "POST"}
    async with talking_to(application(own_home)) as client:
        assert "access-control-allow-origin" not in (await client.options("/v1/ask", headers=preflight)).headers
    async with talking_to(application(own_home, cors_origins=("https://a.example",))) as client:
        allowed = await client.options("/v1/ask", headers=preflight)
        assert allowed.headers["access-control-allow-origin"] == "https://a.example"


async def test_a_failure_in_a_route_is_a_500_that_tells_nothing(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug outside of the pipeline is caught by the guard."""
    app = application(own_home)
    state = app.state.careerbot
    monkeypatch.setattr(type(state.desk.served), "lease", lambda _: 1 / 0)
    async with talking_to(app) as client:
        response = await client.get("/v1/sources")
    assert response.status_code == 500
    assert "division" not in response.text
    assert response.json()["type"] == "urn:careerbot:problem:internal"
