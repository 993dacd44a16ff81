"""The nearest topics that the corpus does cover, for a refusal that helps."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.retrieve import Candidate, Retrieval
    from bot.values import Question
    from ingest.index.reader import Index

MOST = 3
LONGEST = 90


def nearest_topics(question: Question, retrieval: Retrieval, index: Index) -> tuple[str, ...]:
    """Return up to three headings, questions or titles near to `question`, those in its language first."""
    near = sorted(retrieval.candidates[:20], key=lambda candidate: -candidate.dense)
    near.sort(key=lambda candidate: candidate.stored.passage.language != question.language)
    return tuple(list(dict.fromkeys(_topics(near, index)))[:MOST])


def _topics(candidates: Iterable[Candidate], index: Index) -> Iterable[str]:
    for candidate in candidates:
        passage = candidate.stored.passage
        title = index.source(passage.source_id).title
        topic = next((text for text in (passage.question, passage.section, title) if text and len(text) <= LONGEST), None)
        if topic:
            yield topic
