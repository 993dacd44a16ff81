"""Choose what to quote: the best sentences inside the best passages, diverse over people and sources.

A quote is one or more neighbouring sentences of one paragraph, exactly as they stand in the document.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.advice import asks_for_advice, gives_advice
from bot.again import says_again
from bot.asked_for import is_counted
from bot.leaning import leans_back
from bot.several import asks_for_several
from bot.terms import content_terms
from bot.values import Evidence, Question, Wording
from ingest import lexical
from ingest.pace import stretches
from ingest.sentences import word_count
from ingest.values import Passage, Sentence, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.retrieve import Candidate, Retrieval
    from ingest.index.reader import Index

PASSAGES = 24
"""How many of the best passages are looked into."""
SHARED = 40
FEWEST_OF_ONE = 2
"""Of one source, its translations and copies at most SHARED over the number of such families, FEWEST_OF_ONE in any case: in a
corpus of four interviews one may hold the whole answer, in one of fifty its translations must not crowd everybody else out."""
SENTENCE_WEIGHT = 0.25
"""Share of a sentence's own dense score against its passage's fused one."""
WORDS_WEIGHT = 0.35
"""Weight of the idf-weighted share of the question's terms that a sentence holds."""
COUNTED_WEIGHT = 1.5
"""Of a sentence that counts what a question for an amount names."""
ADVICE_WEIGHT = 0.5
"""Of a sentence that tells what to do, where the question asks that."""
PART_WEIGHT = 1.0
"""Of how far a sentence's part of a passage is behind the largest part, where others spoke in between."""
NEIGHBOUR_MARGIN = 1.5
"""How far below the best sentence (in standard deviations) its neighbour may score and still be quoted with it."""
LONGEST_QUOTE = 420
"""Characters of a quote grown from several sentences (a third of that in Chinese and Japanese)."""
SHORTEST_QUOTE = 24
PER_SOURCE = 7
"""Quotes of one source and its translations that are looked at; the best of all of them are shown."""
SAME_SOURCE_PENALTY = 0.15
"""In standard deviations, for each quote already chosen from the same source: other people get a hearing."""
SEVERAL_VOICES_PENALTY = 1.2
"""The same where the question is for several people: what each of them says, before anybody says more."""
SEVERAL_VOICES_OF_ONE = 2
"""Passages of one source and its translations that are looked into then."""
SAME_PASSAGE_PENALTY = 1.0
"""The same for the same passage, whose other sentences rarely add an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A passage that is looked into, with what is read from its text once."""

    candidate: Candidate
    family: str
    text: str
    """Of its whole document."""
    words: tuple[int, ...]
    """How many each sentence has."""
    parts: tuple[int, ...]
    """The stretch of uninterrupted speech each sentence belongs to."""

    @property
    def passage(self) -> Passage:
        return self.candidate.stored.passage


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scored:
    opened: _Opened
    position: int
    """Of the sentence in its passage."""
    score: float

    @property
    def place(self) -> tuple[int, int]:
        return self.opened.candidate.stored.key, self.position


def select(
    question: Question, retrieval: Retrieval, index: Index, *, limit: int, named: frozenset[str] = frozenset()
) -> tuple[Evidence, ...]:
    """Return up to `limit` quotes, best first, no two of them the same words, an idea in two languages once.

    Args:
        question: as understood.
        retrieval: what the search found.
        index: where it was found.
        limit: quotes at most.
        named: ids of the sources whose people the question names; all they say may count.
    """
    several = asks_for_several(question.alone, question.asked_in)
    opened = [_open(candidate, index) for candidate in _mixed(retrieval.candidates, index, named, several=several)]
    scored = sorted(_score_sentences(question, retrieval, opened, index), key=lambda item: -item.score)
    by_sentence = {item.place: item.score for item in scored}
    chosen: list[Evidence] = []
    taken: Counter[str] = Counter()
    for best in _best_first(scored, taken, SEVERAL_VOICES_PENALTY if several else SAME_SOURCE_PENALTY):
        if len(chosen) == limit:
            break
        evidence = _quote(best, by_sentence, index)
        if not any(_same_idea(evidence, other, index) for other in chosen):
            chosen.append(evidence)
            taken.update((best.opened.family, best.opened.passage.id))
    return tuple(chosen)


def _best_first(scored: Sequence[_Scored], taken: Counter[str], same_source: float) -> Iterator[_Scored]:
    """Yield one sentence after the other: the best for what was `taken` before of its source and its passage.

    Args:
        scored: all sentences, best first; of equals the earlier one is better.
        taken: quotes chosen by the family of their source and by their passage; the caller counts on while this goes on.
        same_source: what each quote chosen from the same source costs.
    """
    waiting: defaultdict[int, deque[tuple[int, _Scored]]] = defaultdict(deque)
    for rank, item in enumerate(scored):
        waiting[item.opened.candidate.stored.key].append((rank, item))
    # Sentences of one passage are penalised alike: only the first of each passage can be the best.
    while first := [of[0] for of in waiting.values() if of and taken[of[0][1].opened.family] < PER_SOURCE]:
        _, best = max(first, key=lambda ranked: (ranked[1].score - _penalty(ranked[1].opened, taken, same_source), -ranked[0]))
        waiting[best.opened.candidate.stored.key].popleft()
        yield best


def _penalty(opened: _Opened, taken: Counter[str], same_source: float) -> float:
    return same_source * taken[opened.family] + SAME_PASSAGE_PENALTY * taken[opened.passage.id]


def _mixed(candidates: Sequence[Candidate], index: Index, named: frozenset[str], *, several: bool) -> list[Candidate]:
    """Return the best passages, not too many of them from one source and its translations."""
    most = SEVERAL_VOICES_OF_ONE if several else max(FEWEST_OF_ONE, SHARED // max(1, index.families))
    chosen: list[Candidate] = []
    taken: Counter[str] = Counter()
    for candidate in candidates:
        family = _family(candidate, index)
        if says_again(candidate.stored.passage, (one.stored.passage for one in chosen), index):
            continue
        if taken[family] < most or candidate.stored.passage.source_id in named:
            chosen.append(candidate)
            taken[family] += 1
        if len(chosen) == PASSAGES:
            break
    return chosen


def _open(candidate: Candidate, index: Index) -> _Opened:
    passage = candidate.stored.passage
    text = index.document(passage.source_id).text
    words = tuple(word_count(sentence.span.of(text)) for sentence in passage.sentences)
    parts = tuple(stretches([sentence.second for sentence in passage.sentences], words))
    return _Opened(candidate=candidate, family=_family(candidate, index), text=text, words=words, parts=parts)


def _score_sentences(question: Question, retrieval: Retrieval, opened: Sequence[_Opened], index: Index) -> Iterator[_Scored]:
    if not opened:
        return
    weights = {
        language: _term_weights(question.worded(language), index) for language in {each.passage.language for each in opened}
    }
    advice = ADVICE_WEIGHT * asks_for_advice(question.alone, question.asked_in)
    dense = [_centred(each.candidate, retrieval) for each in opened]
    everything = np.concatenate(dense)
    mean, spread = everything.mean(), max(float(everything.std()), 1e-6)
    for each, scores in zip(opened, dense, strict=True):
        behind = _behind_largest_part(each)
        for position, sentence in enumerate(each.passage.sentences):
            own = (float(scores[position]) - mean) / spread
            told = sentence.span.of(each.text)
            words = _shared(told, weights[each.passage.language])
            score = (1 - SENTENCE_WEIGHT) * each.candidate.score + SENTENCE_WEIGHT * own + WORDS_WEIGHT * words * 3
            score += COUNTED_WEIGHT * is_counted(question.worded(each.passage.language), told)
            score += advice * gives_advice(told, each.passage.language)
            score -= PART_WEIGHT * behind[position]
            yield _Scored(opened=each, position=position, score=score)


def _behind_largest_part(opened: _Opened) -> list[float]:
    """Return for each sentence how much smaller its stretch of speech is than the longest one, as a share of the passage.

    A passage that others interrupt was found for what most of it says.
    """
    sizes = Counter[int]()
    for part, count in zip(opened.parts, opened.words, strict=True):
        sizes[part] += count
    return [(max(sizes.values()) - sizes[part]) / max(1, sum(opened.words)) for part in opened.parts]


def _centred(candidate: Candidate, retrieval: Retrieval) -> np.ndarray:
    stored = candidate.stored
    language = stored.passage.language
    return stored.sentence_vectors @ retrieval.vectors[language] - retrieval.usual[language]


def _term_weights(wording: Wording, index: Index) -> dict[str, float]:
    total = max(1, index.manifest.passages)
    terms = content_terms(wording.search_text, wording.language)
    return {term: float(np.log1p(total / (1 + index.frequency(term)))) for term in terms if index.frequency(term)}


def _shared(sentence: str, weights: dict[str, float]) -> float:
    if not weights:
        return 0.0
    terms = set(lexical.terms(sentence))
    return sum(weight for term, weight in weights.items() if term in terms) / sum(weights.values())


def _quote(best: _Scored, scores: dict[tuple[int, int], float], index: Index) -> Evidence:
    opened, passage, text = best.opened, best.opened.passage, best.opened.text
    key, first, last = opened.candidate.stored.key, best.position, best.position
    while True:
        options = [
            position
            for position in (first - 1, last + 1)
            if 0 <= position < len(passage.sentences)
            and _may_join(opened, first, last, position)
            and (scores[key, position] >= best.score - NEIGHBOUR_MARGIN or _too_short(passage, text, first, last))
        ]
        if not options:
            break
        grown = max(options, key=lambda position: scores[key, position])
        first, last = min(first, grown), max(last, grown)
    while first and leans_back(text[passage.sentences[first].span.start :], passage.language):
        if not _may_join(opened, first, last, first - 1):
            break
        first -= 1
    span = Span(passage.sentences[first].span.start, passage.sentences[last].span.end)
    return Evidence(
        source=index.source(passage.source_id),
        passage=passage,
        span=span,
        quote=span.of(text),
        score=best.score,
        second=_second(passage.sentences[first], passage),
    )


def _may_join(opened: _Opened, first: int, last: int, position: int) -> bool:
    passage = opened.passage
    low, high = min(first, position), max(last, position)
    start, end = passage.sentences[low].span.start, passage.sentences[high].span.end
    gap = opened.text[passage.sentences[min(position, last)].span.end : passage.sentences[max(position, first)].span.start]
    if opened.parts[low] != opened.parts[high]:
        return False
    longest = LONGEST_QUOTE if passage.language not in {"zh", "ja"} else LONGEST_QUOTE // 3
    return "\n" not in gap and not gap.strip() and end - start <= longest


def _too_short(passage: Passage, text: str, first: int, last: int) -> bool:
    start, end = passage.sentences[first].span.start, passage.sentences[last].span.end
    return len(text[start:end]) < SHORTEST_QUOTE and passage.language not in {"zh", "ja"}


def _second(sentence: Sentence, passage: Passage) -> float | None:
    return sentence.second if sentence.second is not None else passage.second


def _family(candidate: Candidate, index: Index) -> str:
    return index.family(candidate.stored.passage.source_id)


def _same_idea(one: Evidence, other: Evidence, index: Index) -> bool:
    if one.source.id == other.source.id:
        return one.span.overlaps(other.span)
    if one.quote == other.quote:
        return True
    return any(
        alignment.other_id == other.source.id
        and alignment.span.overlaps(one.span)
        and alignment.other_span.overlaps(other.span)
        for alignment in index.alignments(one.source.id)
    )


def people_of(evidence: Sequence[Evidence]) -> tuple[str, ...]:
    """Return whose words or experience the quotes hold, each name once, in order."""
    return tuple(dict.fromkeys(name for item in evidence for name in _voice(item)))


def _voice(evidence: Evidence) -> Iterator[str]:
    if evidence.passage.speaker and not evidence.source.digest_of:
        yield evidence.passage.speaker
        return
    for person in evidence.source.people:
        if person.role.value in {"interviewee", "author"}:
            yield person.name
