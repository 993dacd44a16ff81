"""The whole question pipeline: question → translate → retrieve → select evidence → judge → restate → verify → cite.

Four consumers (CLI, HTTP, web page, Discord) read the events it yields.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot import strings
from bot.abilities import TRUSTED, Abilities, Ability
from bot.abstain import probability, read_signals
from bot.cite import cite, say_the_same
from bot.claims import compose, restatable
from bot.courtesy import Courtesy, courtesy
from bot.errors import BotError, CancelledError
from bot.events import ClaimReady, Done, Event, EvidenceFound, Failed, Refused, Searching
from bot.evidence import select
from bot.llm import Cancellation, LanguageModel
from bot.markdown import escape
from bot.pace import ANSWER_SECONDS, FIRST_CLAIM_SECONDS, Clock, Pace
from bot.people import Mentioned, mentioned_by
from bot.prose import Prose, write
from bot.question import understand
from bot.reading import Reader
from bot.retrieve import Retrieval, retrieve
from bot.topics import nearest_topics
from bot.translate import with_pivot
from bot.values import Answer, Citation, Claim, Evidence, Question, Status, Timings, Turn
from bot.voices import count_voices, describe
from ingest.errors import IngestError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ingest.embed import Embedder
    from ingest.index.reader import Index

CLAIMS = 5
CANDIDATES = 12
"""Quotes that are looked at for one answer."""
HOPELESS = 0.06
"""Below this probability the search alone is enough to refuse."""


def _nobody_waits() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What an answer needs; built by `bot.wiring`, replaced by tests."""

    index: Index
    embedder: Embedder
    model: LanguageModel | None
    pace: Pace = field(default_factory=Pace)
    pressed: Callable[[], bool] = _nobody_waits
    """Tells whether other questions wait for the model: then it reads no more than it must."""
    abilities: Abilities = TRUSTED
    """What the model may be asked to do."""

    def model_for(self, ability: Ability, language: str) -> LanguageModel | None:
        """Return the model where it is able in that language; an ability that is off is not tried."""
        return self.model if self.abilities.has(ability, language) else None


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
        self._clock = Clock(services.pace)
        self._timings = Timings()

    def events(self) -> Iterator[Event]:
        services, index = self._services, self._services.index
        if said := courtesy(self._asked.text):
            yield from self._be_courteous(said)
            return
        question = understand(
            self._asked.text,
            language=self._asked.language,
            history=self._asked.history,
            model=services.model,
            cancellation=self._cancellation,
            abilities=services.abilities,
        )
        yield Searching(question=question)
        translator = services.model_for(Ability.TRANSLATE_QUESTION, question.asked_in)
        question = with_pivot(question, index.manifest.languages, translator, self._cancellation)
        self._clock.understood()
        mentioned = mentioned_by(question, index)
        retrieval = retrieve(question, index, self._services.embedder, mentioned)
        evidence = select(
            question, retrieval, index, limit=max(CANDIDATES, 2 * self._asked.sources), named=mentioned.source_ids
        )
        signals = read_signals(question, retrieval, evidence, mentioned, index)
        self._timings = replace(self._timings, retrieve=self._clock.milliseconds())
        if not evidence or mentioned.unknown_person or probability(signals) < HOPELESS:
            yield self._refuse(question, retrieval, mentioned)
            return
        yield EvidenceFound(evidence=evidence[: self._asked.sources])
        reader = Reader(question, services, self._clock, self._cancellation)
        reading = reader.begin(evidence, signals)
        if reading.refuses:
            yield self._refuse(question, retrieval, mentioned)
            return
        yield from self._state(question, reader.best_first(reading))

    def _state(self, question: Question, chosen: Iterable[Evidence]) -> Iterator[Event]:
        prose = self._tell(question, chosen)
        evidence: list[Evidence] = []
        claims: list[Claim] = []
        citations: list[Citation] = []
        for item in prose.evidence:
            n = len(citations) + 1
            if n > self._asked.sources:
                break
            citation = cite(item, n, question.language, self._services.index)
            if any(say_the_same(citation, other) for other in citations):
                continue
            before = FIRST_CLAIM_SECONDS if n == 1 else ANSWER_SECONDS
            claim = prose.claim(citation) or self._compose(citation, question.language, before=before)
            evidence.append(item)
            citations.append(citation)
            claims.append(claim)
            if n == 1:
                self._timings = replace(self._timings, first_claim=self._clock.milliseconds())
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

    def _tell(self, question: Question, chosen: Iterable[Evidence]) -> Prose:
        """Have the model tell the quotes in one piece, where it is known to be good at that; else leave them as they are."""
        services = self._services
        model = services.model_for(Ability.PROSE, question.language)
        if model is None or not self._clock.allows("prose", before=ANSWER_SECONDS):
            return Prose(evidence=chosen)
        most, index = self._asked.sources, services.index
        with services.pace.timed("prose"):
            return write(question, tuple(chosen), model, most=most, index=index, cancellation=self._cancellation)

    def _compose(self, citation: Citation, language: str, *, before: float) -> Claim:
        """Restate the quote where there is time for it, else show its exact words."""
        able = self._services.model_for(Ability.RESTATE, language)
        model = able if self._clock.allows("restate", before=before) else None
        if model is None or not restatable(citation, language):
            return compose(citation, language, None, self._cancellation)
        with self._services.pace.timed("restate"):
            return compose(citation, language, model, self._cancellation)

    def _be_courteous(self, said: Courtesy) -> Iterator[Event]:
        """Answer what is no question about careers, where it helps with what the corpus could be asked."""
        index, language = self._services.index, self._asked.language or said.language
        plain = understand(self._asked.text, language=language, history=(), model=None, cancellation=self._cancellation)
        yield Searching(question=plain)
        topics: tuple[str, ...] = ()
        if said.kind.invites:
            sample = strings.text("courtesy.sample", language)
            wanted = replace(plain, alone=sample, search_text=sample, asked_in=language)
            retrieval = retrieve(wanted, index, self._services.embedder, mentioned_by(wanted, index))
            topics = nearest_topics(wanted, retrieval, index)
        text = _with_topics([strings.text(f"courtesy.{said.kind.value}", language)], "courtesy.invite", topics, language)
        yield Refused(answer=self._finish(plain, status=Status.REFUSED, text=text, nearest_topics=topics))

    def _refuse(self, question: Question, retrieval: Retrieval, mentioned: Mentioned) -> Refused:
        topics = nearest_topics(question, retrieval, self._services.index)
        language, unknown = question.language, mentioned.unknown_person
        lines = [strings.text("refusal.answer", language)]
        if unknown:
            lines.insert(0, strings.text("refusal.unknown_person", language, name=escape(unknown)))
        text = _with_topics(lines, "refusal.nearest", topics, language)
        return Refused(answer=self._finish(question, status=Status.REFUSED, text=text, nearest_topics=topics))

    def _finish(self, question: Question, **parts: object) -> Answer:
        index, model = self._services.index, self._services.model
        return Answer(
            question=question.text,
            language=question.language,
            embedder=self._services.embedder.id,
            llm=model.name if model else "none",
            generation=index.manifest.generation,
            passages=index.manifest.passages,
            timings=replace(self._timings, total=self._clock.milliseconds()),
            **parts,  # type: ignore[arg-type]
        )


def _with_topics(lines: Sequence[str], heading: str, topics: Sequence[str], language: str) -> str:
    listed = "".join(f"\n- {escape(topic)}" for topic in topics)
    return "\n".join([*lines, strings.text(heading, language) + listed] if topics else lines)


def _line(claim: Claim) -> str:
    return f"{escape(claim.text)} {''.join(f'[{n}]' for n in claim.citations)}"
