"""The whole question pipeline: question → retrieve → select evidence → judge → restate → verify → cite.

Four consumers (CLI, HTTP, web page, Discord) read the events it yields.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot import strings
from bot.abstain import Signals, probability, read_signals, threshold
from bot.cite import cite
from bot.claims import compose
from bot.errors import BotError, CancelledError
from bot.events import ClaimReady, Done, Event, EvidenceFound, Failed, Refused, Searching
from bot.evidence import select
from bot.judge import judge
from bot.llm import Cancellation, LanguageModel
from bot.markdown import escape
from bot.people import Mentioned, find_mentions
from bot.question import understand
from bot.retrieve import Retrieval, retrieve
from bot.topics import nearest_topics
from bot.values import Answer, Citation, Claim, Evidence, Question, Status, Timings, Turn
from bot.voices import count_voices, describe
from ingest.errors import IngestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.embed import Embedder
    from ingest.index.reader import Index

CLAIMS = 5
JUDGED = 4
"""Quotes the language model reads before the first claim: about 0.3 s each on two cores."""
CANDIDATES = 9
UNLIKELY = 0.15
"""A quote the model gives less than this is left out when enough others remain."""
HOPELESS = 0.04
"""Below this probability the search alone is enough to refuse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What an answer needs; built by `bot.wiring`, replaced by tests."""

    index: Index
    embedder: Embedder
    model: LanguageModel | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as it arrives."""

    text: str
    language: str | None = None
    history: Sequence[Turn] = ()
    sources: int = CLAIMS


def answer(asked: Asked, services: Services, cancellation: Cancellation | None = None) -> Iterator[Event]:
    """Yield the events of one answer; the last is `Done`, `Refused` or `Failed`.

    Errors of this package and of `ingest` become `Failed`; a bug is raised.
    """
    try:
        yield from _Run(asked, services, cancellation or Cancellation()).events()
    except (BotError, IngestError) as error:
        if isinstance(error, CancelledError):
            raise
        yield Failed(error=error)


class _Run:
    """One answer in the making."""

    def __init__(self, asked: Asked, services: Services, cancellation: Cancellation) -> None:
        self._asked, self._services, self._cancellation = asked, services, cancellation
        self._started = time.monotonic()
        self._timings = Timings()

    def events(self) -> Iterator[Event]:
        index, model = self._services.index, self._services.model
        question = understand(
            self._asked.text,
            language=self._asked.language,
            history=self._asked.history,
            model=model,
            cancellation=self._cancellation,
        )
        yield Searching(question=question)
        mentioned = find_mentions(question.alone, index)
        retrieval = retrieve(question, index, self._services.embedder, mentioned)
        evidence = select(question, retrieval, index, limit=max(CANDIDATES, self._asked.sources))
        signals = read_signals(question, retrieval, evidence, mentioned, index)
        self._timings = replace(self._timings, retrieve=self._elapsed())
        if not evidence or mentioned.unknown_person or probability(signals) < HOPELESS:
            yield self._refuse(question, retrieval, mentioned)
            return
        yield EvidenceFound(evidence=evidence[: self._asked.sources])
        chosen, signals = self._read(question, evidence, signals)
        if probability(signals) < threshold():
            yield self._refuse(question, retrieval, mentioned)
            return
        yield from self._state(question, chosen[: self._asked.sources])

    def _read(self, question: Question, evidence: Sequence[Evidence], signals: Signals) -> tuple[list[Evidence], Signals]:
        """Have the model judge the best quotes; return them in their new order, and the signals it adds."""
        model = self._services.model
        judged = [judge(item, question, model, self._cancellation) if model else None for item in evidence[:JUDGED]]
        known = sorted((value for value in judged if value is not None), reverse=True)
        if not known:
            return list(evidence), signals
        order = sorted(
            (item for item in zip(evidence, judged, strict=False)), key=lambda pair: -((pair[1] or 0.0) + 0.15 * pair[0].score)
        )
        kept = [item for item, value in order if value is None or value >= UNLIKELY]
        rest = list(evidence[len(judged) :])
        signals = replace(signals, judged_best=known[0], judged_second=known[1] if len(known) > 1 else known[0])
        return [*kept, *rest] if kept else [item for item, _ in order], signals

    def _state(self, question: Question, evidence: Sequence[Evidence]) -> Iterator[Event]:
        claims: list[Claim] = []
        citations: list[Citation] = []
        for n, item in enumerate(evidence, start=1):
            citation = cite(item, n, question.language, self._services.index)
            claim = compose(citation, question.language, self._services.model, self._cancellation)
            citations.append(citation)
            claims.append(claim)
            if n == 1:
                self._timings = replace(self._timings, first_claim=self._elapsed())
            yield ClaimReady(claim=claim, citations=(citation,))
        voices = count_voices(evidence, self._services.index)
        lines = [*(_line(claim) for claim in claims), escape(describe(voices, question.language))]
        yield Done(
            answer=self._finish(
                question,
                status=Status.ANSWERED,
                text="\n\n".join(line for line in lines if line),
                claims=tuple(claims),
                citations=tuple(citations),
                voices=voices,
            )
        )

    def _refuse(self, question: Question, retrieval: Retrieval, mentioned: Mentioned) -> Refused:
        topics = nearest_topics(question, retrieval, self._services.index)
        language, unknown = question.language, mentioned.unknown_person
        lines = [strings.text("refusal.answer", language)]
        if unknown:
            lines.insert(0, strings.text("refusal.unknown_person", language, name=unknown))
        if topics:
            lines.append(strings.text("refusal.nearest", language) + "".join(f"\n- {escape(topic)}" for topic in topics))
        return Refused(answer=self._finish(question, status=Status.REFUSED, text="\n".join(lines), nearest_topics=topics))

    def _finish(self, question: Question, **parts: object) -> Answer:
        index, model = self._services.index, self._services.model
        return Answer(
            question=question.text,
            language=question.language,
            embedder=self._services.embedder.id,
            llm=model.name if model else "none",
            generation=index.manifest.generation,
            passages=index.manifest.passages,
            timings=replace(self._timings, total=self._elapsed()),
            **parts,  # type: ignore[arg-type]
        )

    def _elapsed(self) -> int:
        return round((time.monotonic() - self._started) * 1000)


def _line(claim: Claim) -> str:
    return f"{escape(claim.text)} {''.join(f'[{n}]' for n in claim.citations)}"
