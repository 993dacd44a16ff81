"""What the chat bot asks of the service, and what it hears while an answer is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

Payload = dict[str, Any]
"""The JSON of an answer (DESIGN 8) with its `id`, or of something else the service returns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A question as the service takes it; `history` holds earlier turns, oldest first, as `PastTurn` of the API."""

    question: str
    language: str | None = None
    sources: int | None = None
    history: Sequence[Mapping[str, Any]] = ()
    quotes_only_when_busy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """Others are answered first."""

    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Searching:
    """The question was understood; the answer will be in this language."""

    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Quotes that may answer it, best first, not read by any model yet."""

    quotes: tuple[Payload, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimReady:
    """One verified statement, and the citations it rests on."""

    claim: Payload
    citations: tuple[Payload, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The whole answer, or a refusal."""

    answer: Payload


Event = Queued | Searching | Evidence | ClaimReady | Finished


class Backend(Protocol):
    """The service. Every method raises `BackendError`."""

    def ask(self, asking: Asking) -> AsyncIterator[Event]:
        """Yield what happens until the one `Finished`; leaving early stops the answer."""
        ...

    async def sources(self) -> tuple[Payload, ...]:
        """Return all sources of the corpus."""
        ...

    async def vote(self, answer_id: str, vote: Literal["up", "down"], reason: str | None = None) -> None:
        """Keep a vote on an answer."""
        ...

    async def ready(self) -> tuple[Payload, ...]:
        """Return what the service checks before it calls itself ready: `{name, ok, detail}` each."""
        ...

    async def ingest(self) -> Payload:
        """Enqueue a sync of the corpus; return its job."""
        ...

    async def forget(self, source_id: str) -> Payload:
        """Enqueue the removal of a source; return its job."""
        ...

    async def job(self, job_id: str) -> Payload:
        """Return how a job stands."""
        ...

    async def numbers(self) -> Mapping[str, float]:
        """Return the service's numbers by name; those with labels as `name{label}`."""
        ...

    async def close(self) -> None:
        """Free the connections."""
        ...
