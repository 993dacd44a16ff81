"""The nearest topics that the corpus does cover, for a refusal that helps."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import TYPE_CHECKING

from bot.resources import corpus_dir

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.retrieve import Candidate, Retrieval
    from bot.values import Question
    from ingest.index.reader import Index

MOST = 3
LONGEST = 90
_LOOKED_AT = 20


def nearest_topics(question: Question, retrieval: Retrieval, index: Index) -> tuple[str, ...]:
    """Return up to three questions, headings or titles near to `question`, those in its language first.

    Where none is in its language, the topics that front matter names are given, in the asker's words.
    """
    near = sorted(retrieval.candidates[:_LOOKED_AT], key=lambda candidate: -candidate.dense)
    own = [candidate for candidate in near if candidate.stored.passage.language == question.language]
    found = dict.fromkeys((*_headings(own, index), *_named_topics(near, question.language, index), *_headings(near, index)))
    return tuple(found)[:MOST]


def _headings(candidates: Iterable[Candidate], index: Index) -> Iterable[str]:
    for candidate in candidates:
        passage = candidate.stored.passage
        title = index.source(passage.source_id).title
        # What a caption file's host asks is unpunctuated speech: its title says more.
        asked = passage.question if passage.marked_speakers else ""
        topic = next((text for text in (asked, passage.section, title) if text and len(text) <= LONGEST), None)
        if topic:
            yield topic


def _named_topics(candidates: Iterable[Candidate], language: str, index: Index) -> Iterable[str]:
    names = _topic_names()
    for candidate in candidates:
        for topic in index.source(candidate.stored.passage.source_id).topics:
            if name := names.get(topic, {}).get(language):
                yield name


@cache
def _topic_names() -> Mapping[str, Mapping[str, str]]:
    """Return the names of the controlled topics, by topic and language."""
    data: dict[str, dict[str, str]] = tomllib.loads((corpus_dir() / "topics.toml").read_text(encoding="utf-8"))
    return data
