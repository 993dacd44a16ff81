"""Feedback from readers, and syncs of the index for whoever holds an admin key."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter, Request, Response

from bot.api.bodies import FeedbackRequest, IngestRequest, JobBody
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
def ingest(request: Request, body: IngestRequest, caller: Admin) -> JobBody:
    """Enqueue a sync of files that the index was made from, or below folders the operator allowed; answers go on meanwhile.

    Web addresses are not taken: this version has no command that fetches them.
    """
    del caller
    job = state_of(request).jobs.enqueue(body.paths, rebuild=body.rebuild)
    return JobBody.model_validate(asdict(job))


@router.get("/jobs/{job_id}", responses=problems(401, 403, 404, 422), summary="How a sync stands")
def job(request: Request, job_id: str, caller: Admin) -> JobBody:
    """Return a job."""
    del caller
    return JobBody.model_validate(asdict(state_of(request).jobs.find(job_id)))
