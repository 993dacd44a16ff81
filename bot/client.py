"""A small typed client of the HTTP API, for other Python programs.

with Client("http://127.0.0.1:8765") as client:
    answer = client.ask("How do I get into computer vision?")
    print(answer.text)
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

TIMEOUT_SECONDS = 180.0
"""Answers may wait in a queue; the service itself gives up before this."""


class ClientError(Exception):
    """The service refused, failed or could not be reached.

    Attributes:
        status: the HTTP status; 0 where there was no answer at all.
        kind: what it was, stable: "queue-full", "too-many-requests", "key-required", …
        retry_after: seconds after which to try again, where that makes sense.
        request_id: what the operator finds it by.
    """

    def __init__(
        self, detail: str, *, status: int = 0, kind: str = "", retry_after: int | None = None, request_id: str = ""
    ) -> None:
        super().__init__(detail)
        self.status, self.kind, self.retry_after, self.request_id = status, kind, retry_after, request_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One statement, and the numbers of the citations it rests on."""

    text: str
    citations: tuple[int, ...]
    support: Literal["quote", "paraphrase", "translation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """The exact words behind a claim."""

    n: int
    source_id: str
    passage_id: str | None
    title: str
    speaker: str | None
    quote: str
    language: str
    url: str | None
    published: str | None
    char_start: int
    char_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer, or a refusal with the nearest topics."""

    id: str
    question: str
    language: str
    answered: bool
    text: str
    """Markdown with [1] markers."""
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    nearest_topics: tuple[str, ...]
    raw: Mapping[str, Any]
    """The whole JSON, for what is not named here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event of a stream: its name, its data, and the answer where it is the last one."""

    name: str
    data: Mapping[str, Any]
    answer: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One text of the corpus."""

    id: str
    kind: str
    title: str
    language: str
    url: str | None
    raw: Mapping[str, Any]


class Client:
    """Talks to one service. Use it as a context manager, or call `close`.

    Args:
        url: the address that `bot serve` prints.
        key: an API key, where the service wants one.
        timeout: seconds without a byte after which a request is given up.
        transport: replaces the network, in tests.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8765",
        *,
        key: str | None = None,
        timeout: float = TIMEOUT_SECONDS,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=timeout, transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def ask(self, question: str, **options: Any) -> Answer:  # noqa: ANN401 - see `stream`
        """Return the answer; options as for `stream`.

        Raises:
            ClientError: the service refused, failed or could not be reached.
        """
        response = self._send("POST", "/v1/ask", json=_question(question, **options))
        return _answer(response.json())

    def stream(self, question: str, **options: Any) -> Iterator[Event]:  # noqa: ANN401 - passed on to `_question`
        """Yield the events of an answer as they come; leaving early stops it.

        Args:
            question: in any of the languages.
            options: `language` to answer in, `sources` (claims at most), `history` (earlier answers, oldest first),
                `quotes_only_when_busy`.

        Raises:
            ClientError: the service refused, failed or could not be reached.
        """
        headers = {"Accept": "text/event-stream"}
        try:
            with self._http.stream("POST", "/v1/ask", json=_question(question, **options), headers=headers) as response:
                if response.is_error:
                    response.read()
                    raise _failure(response)
                yield from _events(response.iter_lines())
        except httpx.HTTPError as error:
            raise ClientError(f"the service cannot be reached: {type(error).__name__}") from error

    def sources(self) -> tuple[Source, ...]:
        """Return the sources of the corpus.

        Raises:
            ClientError: as for `ask`.
        """
        found = self._send("GET", "/v1/sources").json()["sources"]
        names = ("id", "kind", "title", "language", "url")
        return tuple(Source(**{name: row[name] for name in names}, raw=row) for row in found)

    def passage(self, citation: Citation) -> Mapping[str, Any]:
        """Return a citation's quote with the text around it and the same place in translations.

        Raises:
            ClientError: as for `ask`.
        """
        offsets = {"quote_start": citation.char_start, "quote_end": citation.char_end}
        body: dict[str, Any] = self._send("GET", f"/v1/passages/{citation.passage_id}", params=offsets).json()
        return body

    def feedback(
        self, answer: Answer, vote: Literal["up", "down"], *, claim: int | None = None, reason: str | None = None
    ) -> None:
        """Vote on an answer, or on one claim of it (counted from 0).

        Raises:
            ClientError: as for `ask`.
        """
        body = {"answer_id": answer.id, "claim": claim, "vote": vote, "reason": reason}
        self._send("POST", "/v1/feedback", json=body)

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own
        try:
            response = self._http.request(method, path, **options)
        except httpx.HTTPError as error:
            raise ClientError(f"the service cannot be reached: {type(error).__name__}") from error
        if response.is_error:
            raise _failure(response)
        return response


def _question(
    question: str,
    *,
    language: str | None = None,
    sources: int | None = None,
    history: Sequence[Answer] = (),
    quotes_only_when_busy: bool = False,
) -> dict[str, Any]:
    return {
        "question": question,
        "language": language,
        "sources": sources,
        "history": [{"question": answer.question, "answer": dict(answer.raw)} for answer in history],
        "quotes_only_when_busy": quotes_only_when_busy,
    }


def _events(lines: Iterator[str]) -> Iterator[Event]:
    """Read server-sent events; each of this service's has a name and one line of data."""
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            data = json.loads(line.removeprefix("data: "))
            if name == "error":
                raise _problem(data)
            yield Event(name=name, data=data, answer=_answer(data) if name in {"done", "refused"} else None)


def _answer(raw: Mapping[str, Any]) -> Answer:
    names = tuple(Citation.__dataclass_fields__)
    return Answer(
        id=raw["id"],
        question=raw["question"],
        language=raw["language"],
        answered=raw["status"] == "answered",
        text=raw["answer"],
        claims=tuple(
            Claim(text=row["text"], citations=tuple(row["citations"]), support=row["support"]) for row in raw["claims"]
        ),
        citations=tuple(Citation(**{name: row[name] for name in names}) for row in raw["citations"]),
        nearest_topics=tuple(raw["nearest_topics"]),
        raw=raw,
    )


def _failure(response: httpx.Response) -> ClientError:
    try:
        body = response.json()
    except ValueError:
        body = {}
    return _problem({"status": response.status_code, **(body if isinstance(body, dict) else {})})


def _problem(body: Mapping[str, Any]) -> ClientError:
    return ClientError(
        str(body.get("detail") or f"the service answered with status {body['status']}"),
        status=int(body["status"]),
        kind=str(body.get("type", "")).rpartition(":")[2],
        retry_after=body.get("retry_after"),
        request_id=str(body.get("request_id", "")),
    )
