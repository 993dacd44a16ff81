"""What the corpus holds: sources, and passages with the words around a quote."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from bot.api.bodies import PassageBody, SourceBody, SourcesBody
from bot.api.errors import UnknownThingError
from bot.api.passages import passage_payload, source_payload
from bot.api.responses import problems
from bot.api.state import Asker, state_of

MOST_OFFSET = 2**31 - 1
router = APIRouter(prefix="/v1", tags=["corpus"])
_Offset = Annotated[int | None, Query(ge=0, le=MOST_OFFSET, description="Character offset into the source's text.")]


@router.get("/sources", responses=problems(401, 403, 503), summary="List the sources")
def sources(request: Request, caller: Asker) -> SourcesBody:
    """Return every source of the served index, in the order of their ids."""
    del caller
    with state_of(request).desk.served.lease() as corpus:
        found = [SourceBody(**source_payload(source)) for source in corpus.index.sources()]
        return SourcesBody(sources=found, generation=corpus.index.manifest.generation)


@router.get("/sources/{source_id}", responses=problems(401, 403, 404, 422, 503), summary="One source")
def source(request: Request, source_id: str, caller: Asker) -> SourceBody:
    """Return what is known about one source."""
    del caller
    with state_of(request).desk.served.lease() as corpus:
        try:
            return SourceBody(**source_payload(corpus.index.source(source_id)))
        except KeyError as error:
            raise UnknownThingError("the index holds no such source") from error


@router.get("/passages/{passage_id}", responses=problems(401, 403, 404, 422, 503), summary="A quote in its passage")
def passage(
    request: Request, passage_id: str, caller: Asker, quote_start: _Offset = None, quote_end: _Offset = None
) -> PassageBody:
    """Return a citation's quote with what stands before and after it, and the same place in linked translations.

    `passage_id`, `char_start` and `char_end` of a citation go in as `passage_id`, `quote_start` and `quote_end`.
    """
    del caller
    with state_of(request).desk.served.lease() as corpus:
        return PassageBody(**passage_payload(passage_id, corpus.index, quote_start, quote_end))
