"""Earlier turns of a conversation, as a caller sends them, as the values the pipeline reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.values import Answer, Citation, Status, Turn
from ingest.values import Kind, Source, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.api.bodies import PastCitation, PastTurn
    from ingest.index.reader import Index


def turns(history: Sequence[PastTurn], index: Index) -> tuple[Turn, ...]:
    """Return the turns; a citation's people come from the index where it still knows the source."""
    return tuple(
        Turn(
            question=past.question,
            answer=Answer(
                question=past.question,
                language=past.answer.language,
                status=Status.ANSWERED,
                text="",
                citations=tuple(_citation(n, item, index) for n, item in enumerate(past.answer.citations, start=1)),
            ),
        )
        for past in history
    )


def _citation(n: int, past: PastCitation, index: Index) -> Citation:
    try:
        source = index.source(past.source_id)
    except KeyError:
        source = Source(id=past.source_id, kind=Kind.ARTICLE, title="", language="en")
    return Citation(n=n, source=source, span=Span(0, 0), quote="", speaker=past.speaker, role="unknown")
