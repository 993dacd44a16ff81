"""Feedback from readers, and work on the index for whoever holds an admin key."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from bot.api.bodies import AddRequest, FeedbackRequest, IngestRequest, JobBody
from bot.api.errors import UnknownThingError
from bot.api.responses import problems
from bot.api.state import Admin, Asker, state_of
from bot.feedback import Vote

feedback_router = APIRouter(prefix="/v1", tags=["feedback"])
router = APIRouter(prefix="/v1", tags=["admin"])


@feedback_router.post(
    "/feedback", status_code=204, responses=problems(400, 401, 403, 404, 408, 413, 422, 429), summary="Vote on an answer"
)
def feedback(request: Request, body: FeedbackRequest, caller: Asker) -> Response:
    """Keep a vote on an answer, or on one claim of it. The server keeps what the answer cited, not what was asked."""
    state = state_of(request)
    state.doorkeeper.count(caller)
    state.desk.feedback.add(Vote(answer_id=body.answer_id, claim=body.claim, vote=body.vote, reason=body.reason))
    return Response(status_code=204)


@router.post(
    "/ingest", status_code=202, responses=problems(400, 401, 403, 408, 413, 422, 503), summary="Bring the index in step"
)
def ingest(request: Request, body: IngestRequest | AddRequest, caller: Admin) -> JobBody:
    """Enqueue a sync of files that the index was made from, or below folders the operator allowed; answers go on meanwhile.

    With a `url`, enqueue the fetching of that web page, or of the captions of that YouTube video, as `ingest add` does it:
    public addresses on ports 80 and 443 only, within limits, as the site's robots.txt allows. Why it was refused stands in
    the job.
    """
    del caller
    jobs = state_of(request).jobs
    if isinstance(body, IngestRequest):
        return JobBody.model_validate(asdict(jobs.enqueue(body.paths, rebuild=body.rebuild)))
    facts = {
        "title": body.title,
        "date": body.published.isoformat() if body.published else None,
        "language": body.language,
        "translation-of": body.translation_of,
    }
    people = [(person.name, person.role) for person in body.people]
    return JobBody.model_validate(asdict(jobs.add(body.url, facts, people)))


@router.delete("/sources/{source_id}", status_code=202, responses=problems(401, 403, 404, 422, 503), summary="Forget a source")
def forget(
    request: Request,
    source_id: str,
    caller: Admin,
    translations: Annotated[bool, Query(description="Forget its translations too.")] = False,
) -> JobBody:
    """Enqueue the deletion of a source from everything that is stored, as `ingest forget` does it; the job holds the proof."""
    del caller
    state = state_of(request)
    with state.desk.served.lease() as corpus:
        try:
            corpus.index.source(source_id)
        except KeyError as error:
            raise UnknownThingError("the index holds no such source") from error
    return JobBody.model_validate(asdict(state.jobs.forget(source_id, translations=translations)))


@router.get("/jobs/{job_id}", responses=problems(401, 403, 404, 422), summary="How a job stands")
def job(request: Request, job_id: str, caller: Admin) -> JobBody:
    """Return a job."""
    del caller
    return JobBody.model_validate(asdict(state_of(request).jobs.find(job_id)))
