"""Score answers against gold evidence, as a reader with the source files beside them would."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.strings import LANGUAGES
from bot.values import Answer, Citation, Status
from ingest.language import detect
from ingest.values import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ingest.index.reader import Index

NEAR = 300
"""Characters between a quote and the gold evidence that a reader who opens the source still sees at once."""
_QUOTES = str.maketrans("’‘“”", "''\"\"")
_LINK, _ADDRESS = re.compile(r"\]\([^)]*\)"), re.compile(r"https?://\S+")
_MARKS = re.compile(r"[*_`>\[\]#•]|<u>|</u>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What one answer is worth."""

    id: str
    question: str
    language: str
    kind: str
    answerable: bool
    answered: bool
    hit: bool = False
    """A cited quote overlaps gold evidence."""
    near: bool = False
    all_sources: bool | None = None
    """Whether every source of the gold evidence is cited; None but for synthesis questions."""
    citations: int = 0
    verbatim: int = 0
    interviewer: int = 0
    uncited: int = 0
    language_ok: bool | None = None
    """Whether the answer is in the asker's language; None where the corpus does not hold the evidence in it."""


def normalised(text: str) -> str:
    """Return what two copies of a text share whatever their markup: no links, no marks, one kind of quotation mark."""
    text = _ADDRESS.sub(" ", _LINK.sub("]", text)).translate(_QUOTES)
    return re.sub(r"\s+", " ", _MARKS.sub("", text)).strip().lower()


class Scorer:
    """Scores answers over one corpus.

    Args:
        files: the raw text of each source file by its name.
        index: the index that was asked.
    """

    def __init__(self, files: Mapping[str, str], index: Index) -> None:
        self._files = {name: normalised(text) for name, text in files.items()}
        self._index = index
        self._languages = {Path(source.path or "").name: source.language for source in index.sources()}

    def score(self, question: Mapping[str, Any], found: Answer) -> Score:
        """Return the score of one answer; `question` is a line of a questions file."""
        gold = [(item["seed"], normalised(item["text"])) for item in question["evidence"]]
        places = list(self._places(found.citations))
        gaps = list(self._gaps(gold, places))
        answered = found.status is Status.ANSWERED
        cited = {name for name, _, _ in places}
        return Score(
            id=question["id"],
            question=question["question"],
            language=question["language"],
            kind=question["kind"],
            answerable=question["answerable"],
            answered=answered,
            hit=any(gap == 0 for gap in gaps),
            near=any(gap <= NEAR for gap in gaps),
            all_sources={name for name, _ in gold} <= cited if question["kind"] == "synthesis" else None,
            citations=len(found.citations),
            verbatim=len(places),
            interviewer=sum(self._is_interviewers(citation) for citation in found.citations),
            uncited=sum(not claim.citations for claim in found.claims),
            language_ok=self._language_ok(question, found, gold) if answered else None,
        )

    def _places(self, citations: Iterable[Citation]) -> Iterable[tuple[str, int, int]]:
        for citation in citations:
            name, quote = Path(citation.source.path or "").name, normalised(citation.quote)
            at = self._files.get(name, "").find(quote) if quote else -1
            if at >= 0:
                yield name, at, at + len(quote)

    def _gaps(self, gold: Sequence[tuple[str, str]], places: Sequence[tuple[str, int, int]]) -> Iterable[int]:
        for name, text in gold:
            at = self._files[name].find(text)
            for cited, start, end in places:
                if cited == name and at >= 0:
                    yield max(start - (at + len(text)), at - end, 0)

    def _is_interviewers(self, citation: Citation) -> bool:
        return any(
            (segment.role is Role.INTERVIEWER or segment.is_heading) and segment.span.overlaps(citation.span)
            for segment in self._index.segments(citation.source.id)
        )

    def _language_ok(self, question: Mapping[str, Any], found: Answer, gold: Sequence[tuple[str, str]]) -> bool | None:
        asked: str = question["language"]
        if all(self._languages.get(name) != asked for name, _ in gold) and asked != "en":
            return None
        return detect(" ".join(claim.text for claim in found.claims), among=LANGUAGES) == asked


def share(values: Iterable[bool]) -> float | None:
    """Return the share of true values; None for none."""
    known = list(values)
    return sum(known) / len(known) if known else None


def figures(scores: Sequence[Score]) -> dict[str, float]:
    """Return the figures of several answers; those that rest on nothing are left out."""
    asked = [score for score in scores if score.answerable]
    unanswerable = [score for score in scores if not score.answerable]
    refused = [score for score in scores if not score.answered]
    citations = sum(score.citations for score in scores)
    found = {
        "answered": share(score.answered for score in asked),
        "evidence_hit": share(score.hit for score in asked),
        "evidence_near": share(score.near for score in asked),
        "synthesis_all_sources": share(score.all_sources for score in scores if score.all_sources is not None),
        "refusal_recall": share(not score.answered for score in unanswerable),
        "refusal_precision": share(not score.answerable for score in refused),
        "verbatim": sum(score.verbatim for score in scores) / citations if citations else None,
        "interviewer_quotes": float(sum(score.interviewer for score in scores)),
        "uncited_claims": float(sum(score.uncited for score in scores)),
        "language": share(score.language_ok for score in scores if score.language_ok is not None),
    }
    return {name: value for name, value in found.items() if value is not None}


def complaint(score: Score) -> tuple[int, str] | None:
    """Return how bad an answer is (higher is worse) and what is wrong with it; None for a good one."""
    if score.verbatim < score.citations or score.interviewer or score.uncited:
        return 5, "a quote that is not the source's own words"
    if score.answered and not score.answerable:
        return 4, "answered though the texts do not say"
    if score.answerable and not score.answered:
        return 3, "refused though the texts say it"
    if score.answerable and not score.hit:
        return (1, "the quotes lie beside the answer") if score.near else (2, "the quotes miss the answer")
    if score.all_sources is False:
        return 1, "a source that speaks to it is not cited"
    return (1, "the answer is in another language") if score.language_ok is False else None
