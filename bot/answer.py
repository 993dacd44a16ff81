"""The whole question pipeline: question → translate → retrieve → select evidence → judge → restate → verify → cite.

Four consumers (CLI, HTTP, web page, Discord) read the events it yields.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot import strings
from bot.abilities import TRUSTED, Abilities, Ability
from bot.abstain import Signals, log_odds, probability, read_signals, threshold
from bot.cite import cite, say_the_same
from bot.claims import compose, restatable
from bot.errors import BotError, CancelledError
from bot.events import ClaimReady, Done, Event, EvidenceFound, Failed, Refused, Searching
from bot.evidence import select
from bot.judge import judge
from bot.llm import Cancellation, LanguageModel
from bot.markdown import escape
from bot.pace import ANSWER_SECONDS, FIRST_CLAIM_SECONDS, Clock, Pace
from bot.people import Mentioned, mentioned_by
from bot.prose import Prose, write
from bot.question import understand
from bot.retrieve import Retrieval, retrieve
from bot.several import asks_for_several
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
JUDGED_AT_LEAST = 2
"""Quotes the language model reads before the first statement unless the first of them clearly answers."""
JUDGED_FIRST = 3
"""The most it reads before the first statement, time allowing."""
CONVINCING = 0.5
"""A quote that was given less is shown only after the others have been read too, in its place among them."""
JUDGED_WEIGHT = 1.0
"""Of the log odds of the model's Yes, against the search score in standard deviations."""
UNLIKELY, DOUBTFUL = 0.05, 0.2
"""A quote that the model gives less than the first is not shown; less than the second, only if the search puts it high."""
FAR_BEHIND = 2.0
"""In standard deviations below the best quote: what lies further behind rarely answers, unless the model says so."""
FURTHEST_READ = 3.5
"""In standard deviations below the best quote: what lies further behind is not read."""
UNCLEAR = (0.08, 0.9)
"""Between these probabilities of an answer another quote is read before deciding."""
HURRY = 0.1
"""How far below the threshold a decision may stay when time presses: the quotes shown are exact either way."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """A quote and the probability that it answers the question; None where the model was not asked or could not say."""

    evidence: Evidence
    probability: float | None


class _Run:
    """One answer in the making."""

    def __init__(self, asked: Asked, services: Services, cancellation: Cancellation) -> None:
        self._asked, self._services, self._cancellation = asked, services, cancellation
        self._clock = Clock(services.pace)
        self._timings = Timings()

    def events(self) -> Iterator[Event]:
        services, index = self._services, self._services.index
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
        read, unread = self._read_first(question, evidence, signals)
        if probability(_with_judgements(signals, read)) < threshold() - (0.0 if len(read) == JUDGED_FIRST else HURRY):
            yield self._refuse(question, retrieval, mentioned)
            return
        yield from self._state(question, self._best_first(question, read, unread))

    def _read_first(
        self, question: Question, evidence: Sequence[Evidence], signals: Signals
    ) -> tuple[list[_Judged], list[Evidence]]:
        """Have the model judge the first quotes; return them, best first, and the quotes it has not read."""
        read: list[_Judged] = []
        for item in evidence[:JUDGED_FIRST]:
            if read and self._is_enough(signals, read):
                break
            read.append(self._judge(question, item))
        return _best_first(read), list(evidence[len(read) :])

    def _is_enough(self, signals: Signals, read: Sequence[_Judged]) -> bool:
        """Tell whether to stop reading: the decision is clear, or it is to answer and time presses. No refusal in haste."""
        found = probability(_with_judgements(signals, read))
        if found >= UNCLEAR[1]:
            return True
        if len(read) < JUDGED_AT_LEAST:
            return False
        in_a_hurry = not self._clock.allows("judge", before=FIRST_CLAIM_SECONDS)
        return found <= UNCLEAR[0] or (in_a_hurry and found >= threshold() - HURRY)

    def _best_first(self, question: Question, read: Sequence[_Judged], unread: Sequence[Evidence]) -> Iterator[Evidence]:
        """Yield the quotes to show: what convinced at once, then the best of the rest, read while the first one shows."""
        convincing = [judged for judged in read if _convinces(judged)] or list(read[:1])
        yield from (judged.evidence for judged in convincing)
        best = max(judged.evidence.score for judged in read)
        others = [judged for judged in read if judged not in convincing]
        others += [self._judge_in_time(question, item) for item in unread if item.score >= best - FURTHEST_READ]
        likely = [judged.evidence for judged in _best_first(others) if not _is_unlikely(judged, best)]
        if asks_for_several(question.alone, question.asked_in):
            likely = self._voices_in_turn([judged.evidence for judged in convincing], likely)
        yield from likely

    def _voices_in_turn(self, shown: Sequence[Evidence], others: Sequence[Evidence]) -> list[Evidence]:
        """Return `others` so that everybody is heard once before anybody is heard again; who was `shown` comes after."""
        heard = Counter(self._services.index.family(item.source.id) for item in shown)
        turns: list[tuple[int, Evidence]] = []
        for item in others:
            family = self._services.index.family(item.source.id)
            turns.append((heard[family], item))
            heard[family] += 1
        return [item for _, item in sorted(turns, key=lambda turn: turn[0])]

    def _judge_in_time(self, question: Question, evidence: Evidence) -> _Judged:
        if not self._services.pressed() and self._clock.allows("judge", before=ANSWER_SECONDS):
            return self._judge(question, evidence)
        return _Judged(evidence=evidence, probability=None)

    def _judge(self, question: Question, evidence: Evidence) -> _Judged:
        services, wording = self._services, question.worded(evidence.passage.language)
        model = services.model_for(Ability.JUDGE, wording.language)
        if model is None:
            return _Judged(evidence=evidence, probability=None)
        with services.pace.timed("judge"):
            found = judge(evidence, question, model, self._cancellation)
        return _Judged(evidence=evidence, probability=services.abilities.odds.read(found))

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

    def _refuse(self, question: Question, retrieval: Retrieval, mentioned: Mentioned) -> Refused:
        topics = nearest_topics(question, retrieval, self._services.index)
        language, unknown = question.language, mentioned.unknown_person
        lines = [strings.text("refusal.answer", language)]
        if unknown:
            lines.insert(0, strings.text("refusal.unknown_person", language, name=escape(unknown)))
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
            timings=replace(self._timings, total=self._clock.milliseconds()),
            **parts,  # type: ignore[arg-type]
        )


def _convinces(judged: _Judged) -> bool:
    return judged.probability is None or judged.probability >= CONVINCING


def _is_unlikely(judged: _Judged, best: float) -> bool:
    found = judged.probability
    if found is None:
        return judged.evidence.score < best - FAR_BEHIND
    return found < UNLIKELY or (found < DOUBTFUL and judged.evidence.score < best - FAR_BEHIND)


def _best_first(read: Sequence[_Judged]) -> list[_Judged]:
    return sorted(read, key=lambda judged: -(judged.evidence.score + JUDGED_WEIGHT * _log_odds(judged.probability)))


def _log_odds(probability_: float | None) -> float:
    return 0.0 if probability_ is None else log_odds(probability_)


def _with_judgements(signals: Signals, read: Sequence[_Judged]) -> Signals:
    known = sorted((judged.probability for judged in read if judged.probability is not None), reverse=True)
    if not known:
        return signals
    return replace(signals, judged_best=known[0], judged_second=known[1] if len(known) > 1 else known[0])


def _line(claim: Claim) -> str:
    return f"{escape(claim.text)} {''.join(f'[{n}]' for n in claim.citations)}"
