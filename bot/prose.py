"""A whole answer as prose, for models that can: every sentence is held against one quote, what fails gives way to quotes.

The model sees the quotes without numbers and writes plain sentences. Code finds the quote that each sentence restates, by the
same verifier that holds single restatements; a sentence that restates none is never shown, and the quote it came from takes
its place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.cite import cite, say_the_same
from bot.claims import subject, tellable
from bot.errors import ModelError
from bot.prompts import load_prompt
from bot.values import Claim, Support
from bot.verify import verify
from ingest import lexical
from ingest.sentences import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bot.llm import Cancellation, LanguageModel
    from bot.values import Citation, Evidence, Question
    from ingest.index.reader import Index

PROSE_TOKENS = 400
Key = tuple[str, int, int]
"""A stretch of a source: its id, and the span."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A sentence the model wrote and the quote it restates; `text` is None where it was refused and the quote has to do."""

    citation: Citation
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """Evidence in the order in which to show it, and the accepted sentences of the stretches that have one."""

    evidence: Iterable[Evidence]
    sentences: Mapping[Key, str] = field(default_factory=lambda: MappingProxyType({}))

    def claim(self, citation: Citation) -> Claim | None:
        """Return the accepted sentence on `citation` as a claim, if there is one."""
        text = self.sentences.get(_key(citation))
        return Claim(text=text, citations=(citation.n,), support=Support.PARAPHRASE) if text else None


def write(
    question: Question,
    chosen: Sequence[Evidence],
    model: LanguageModel,
    *,
    most: int,
    index: Index,
    cancellation: Cancellation,
) -> Prose:
    """Have the model tell up to `most` of the `chosen` quotes; return what survived, and everything else as it was.

    Raises:
        CancelledError: the answer was stopped.
    """
    cited = _cited(chosen, most, question.language, index)
    told = tell(question.alone, [citation for _, citation in cited], question.language, model, cancellation)
    by_key = {_key(citation): evidence for evidence, citation in cited}
    first = list(dict.fromkeys(_key(item.citation) for item in told))
    placed = [by_key[key] for key in first]
    rest = [item for item in chosen if not any(item is other for other in placed)]
    sentences = {_key(item.citation): item.text for item in told if item.text}
    return Prose(evidence=(*placed, *rest), sentences=MappingProxyType(sentences))


def tell(
    question: str, citations: Sequence[Citation], language: str, model: LanguageModel, cancellation: Cancellation
) -> tuple[Told, ...]:
    """Return the model's sentences in its order, each with its quote, at most one accepted sentence a quote.

    Raises:
        CancelledError: the answer was stopped.
    """
    usable = [citation for citation in citations if tellable(citation, language)]
    if len(usable) < 2:  # noqa: PLR2004 - one quote alone is restated, which is cheaper
        return ()
    quotes = " ".join(f"{citation.speaker}: “{citation.quote}”" for citation in usable)
    try:
        prompt = load_prompt("prose").fill(question=question, quotes=quotes)
        written = model.write(prompt, max_tokens=PROSE_TOKENS, cancellation=cancellation)
    except ModelError:
        return ()
    return tuple(_matched(written, usable, language))


def _matched(written: str, citations: Sequence[Citation], language: str) -> Iterator[Told]:
    text = " ".join(written.split())
    accepted: set[Key] = set()
    for span in split(text):
        sentence = span.of(text)
        near = _nearest_first(sentence, citations)
        found = next((citation for citation in near if _holds(sentence, citation, language)), None)
        if found is None:
            yield from (Told(citation=citation, text=None) for citation in near[:1])
        elif _key(found) not in accepted:
            accepted.add(_key(found))
            yield Told(citation=found, text=sentence)


def _holds(sentence: str, citation: Citation, language: str) -> bool:
    return verify(sentence, citation.quote, subject=subject(citation), language=language).accepted


def _nearest_first(sentence: str, citations: Sequence[Citation]) -> list[Citation]:
    """Return the quotes that share terms with the sentence, most first; who is named counts as a term."""
    terms = set(lexical.terms(sentence))
    shared = {c.n: len(terms & set(lexical.terms(f"{c.speaker} {c.quote}"))) for c in citations}
    return sorted((c for c in citations if shared[c.n]), key=lambda c: -shared[c.n])


def _cited(chosen: Sequence[Evidence], most: int, language: str, index: Index) -> list[tuple[Evidence, Citation]]:
    """Return the first `most` quotes that are different ideas, with the citations they would get."""
    found: list[tuple[Evidence, Citation]] = []
    for evidence in chosen:
        citation = cite(evidence, len(found) + 1, language, index)
        if len(found) < most and not any(say_the_same(citation, other) for _, other in found):
            found.append((evidence, citation))
    return found


def _key(citation: Citation) -> Key:
    return citation.source.id, citation.span.start, citation.span.end
