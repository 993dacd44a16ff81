"""The service over HTTP: answers as server-sent events, everything else as JSON."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

import httpx

from bot.chat.backend import Asking, ClaimReady, Event, Evidence, Finished, Payload, Queued, Searching
from bot.chat.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

SILENCE_SECONDS = 35.0
"""The service sends a comment every ten seconds; a longer silence means that the connection is dead."""
CONNECT_SECONDS = 5.0
_PAUSES = (0.2, 0.8, 2.0)
"""Seconds before each further try of a request that may be repeated."""


class HttpBackend:
    """A `Backend` over the HTTP API.

    Args:
        url: where `bot serve` listens.
        key: an API key; commands of moderators need one with the scope `admin`.
        transport: for tests.
        sleep: waits before a request is repeated.
    """

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep,
    ) -> None:
        self._url, self._sleep = url, sleep
        self._http = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=httpx.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS, pool=None),
            limits=httpx.Limits(max_connections=None),
            transport=transport,
            trust_env=False,
        )

    async def close(self) -> None:
        """See `Backend.close`."""
        await self._http.aclose()

    async def ask(self, asking: Asking) -> AsyncIterator[Event]:
        """See `Backend.ask`."""
        headers = {"Accept": "text/event-stream"}
        try:
            async with self._http.stream("POST", "/v1/ask", json=_body(asking), headers=headers) as response:
                if response.is_error:
                    await response.aread()
                    raise _failure(response)
                async for event in _events(response.aiter_lines()):
                    yield event
                    if isinstance(event, Finished):
                        return
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._unreachable(error) from error
        raise BackendError("the service broke the answer off", kind="unreachable")

    async def sources(self) -> tuple[Payload, ...]:
        """See `Backend.sources`."""
        return tuple((await self._send("GET", "/v1/sources"))["sources"])

    async def vote(self, answer_id: str, vote: Literal["up", "down"], reason: str | None = None) -> None:
        """See `Backend.vote`. Sent once: a repeated vote would count twice."""
        body = {"answer_id": answer_id, "vote": vote, "reason": reason}
        await self._send("POST", "/v1/feedback", json=body, repeat=False)

    async def ready(self) -> tuple[Payload, ...]:
        """See `Backend.ready`."""
        return tuple((await self._send("GET", "/readyz", expected=503))["checks"])

    async def ingest(self) -> Payload:
        """See `Backend.ingest`."""
        return await self._send("POST", "/v1/ingest", json={}, repeat=False)

    async def forget(self, source_id: str) -> Payload:
        """See `Backend.forget`."""
        return await self._send("DELETE", f"/v1/sources/{_segment(source_id)}", repeat=False)

    async def job(self, job_id: str) -> Payload:
        """See `Backend.job`."""
        return await self._send("GET", f"/v1/jobs/{_segment(job_id)}")

    async def numbers(self) -> Mapping[str, float]:
        """See `Backend.numbers`."""
        from prometheus_client.parser import text_string_to_metric_families  # noqa: PLC0415 - only here

        response = await self._request("GET", "/metrics", repeat=True)
        found: dict[str, float] = {}
        for family in text_string_to_metric_families(response.text):
            for sample in family.samples:
                label = "".join(f"{{{value}}}" for name, value in sorted(sample.labels.items()) if name == "outcome")
                found[f"{sample.name}{label}"] = found.get(f"{sample.name}{label}", 0.0) + sample.value
        return found

    async def _send(self, method: str, path: str, *, repeat: bool = True, expected: int = 0, **options: Any) -> Payload:  # noqa: ANN401 - httpx's own
        response = await self._request(method, path, repeat=repeat, expected=expected, **options)
        if not response.content:
            return {}
        try:
            body = response.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise BackendError(f"what answers at {self._url} is not careerbot's service", status=response.status_code)
        return body

    async def _request(
        self,
        method: str,
        path: str,
        *,
        repeat: bool,
        expected: int = 0,
        **options: Any,  # noqa: ANN401 - httpx's own
    ) -> httpx.Response:
        for pause in (*(_PAUSES if repeat else ()), None):
            try:
                response = await self._http.request(method, path, **options)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                if pause is None:
                    raise self._unreachable(error) from error
                await self._sleep(pause)
                continue
            if not response.is_error or response.status_code == expected:
                return response
            failure = _failure(response)
            if pause is None or not failure.passing:
                raise failure
            await self._sleep(min(failure.retry_after or pause, _PAUSES[-1]))
        raise AssertionError("the last try returns or raises")

    def _unreachable(self, error: Exception) -> BackendError:
        text = f"the service at {self._url} cannot be reached ({type(error).__name__}); start it with: bot serve"
        return BackendError(text, kind="unreachable")


def _body(asking: Asking) -> dict[str, Any]:
    return {
        "question": asking.question,
        "language": asking.language,
        "sources": asking.sources,
        "history": [dict(turn) for turn in asking.history],
        "quotes_only_when_busy": asking.quotes_only_when_busy,
    }


async def _events(lines: AsyncIterator[str]) -> AsyncIterator[Event]:
    """Read server-sent events; each of this service's has a name and one line of data."""
    name = ""
    async for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: ") and (event := _event(name, json.loads(line.removeprefix("data: ")))):
            yield event


def _event(name: str, data: Payload) -> Event | None:
    match name:
        case "queued":
            return Queued(position=data["position"])
        case "searching":
            return Searching(language=data["language"])
        case "evidence":
            return Evidence(quotes=tuple(data["quotes"]))
        case "claim":
            return ClaimReady(claim=data["claim"], citations=tuple(data["citations"]))
        case "done" | "refused":
            return Finished(answer=data)
        case "error":
            raise _problem(data)
        case _:
            return None


def _failure(response: httpx.Response) -> BackendError:
    try:
        body = response.json()
    except ValueError:
        body = {}
    return _problem({"status": response.status_code, **(body if isinstance(body, dict) else {})})


def _problem(body: Payload) -> BackendError:
    return BackendError(
        str(body.get("detail") or f"the service answered with status {body['status']}"),
        status=int(body["status"]),
        kind=str(body.get("type", "")).rpartition(":")[2],
        retry_after=body.get("retry_after"),
    )


def _segment(text: str) -> str:
    """Return `text` as one segment of a path."""
    return quote(text, safe="")
