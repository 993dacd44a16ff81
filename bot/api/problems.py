"""Every failure as `application/problem+json` (RFC 9457): the one place that maps errors to HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from bot.api import errors
from bot.errors import CancelledError, ModelError, QuestionError
from bot.feedback import UnknownAnswerError
from ingest.errors import IndexDamagedError, IndexMismatchError, ModelMissingError, NotReadyError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI
    from starlette.requests import Request

MEDIA_TYPE = "application/problem+json"
OPENAI_PATHS = ("/v1/chat/", "/v1/models")
_RETRY_SECONDS = 3
_OURS = "the service is not set up; its operator finds the reason in its log"

_KINDS: tuple[tuple[type[Exception], int, str], ...] = (
    (errors.TooManyError, 429, "too-many-requests"),
    (errors.BusyError, 503, "queue-full"),
    (errors.ModelLostError, 503, "model-unavailable"),
    (errors.DeadlineError, 504, "deadline"),
    (errors.StoppedError, 503, "stopping"),
    (errors.UnknownKeyError, 401, "key-required"),
    (errors.ForbiddenError, 403, "forbidden"),
    (errors.UnknownThingError, 404, "not-found"),
    (errors.BadRequestError, 422, "cannot-be-done"),
    (UnknownAnswerError, 404, "not-found"),
    (QuestionError, 422, "question"),
    (CancelledError, 503, "stopping"),
    (IndexMismatchError, 503, "not-ready"),
    (ModelMissingError, 503, "not-ready"),
    (IndexDamagedError, 503, "not-ready"),
    (NotReadyError, 503, "not-ready"),
    (ModelError, 503, "model-unavailable"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What went wrong, for people and programs. `kind` is stable; `detail` is one line that may change."""

    status: int
    kind: str
    detail: str
    retry_after: int | None = None
    faults: tuple[dict[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self, request_id: str) -> dict[str, Any]:
        """Return the JSON object."""
        body: dict[str, Any] = {
            "type": f"urn:careerbot:problem:{self.kind}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "request_id": request_id,
        }
        if self.retry_after is not None:
            body["retry_after"] = self.retry_after
        if self.faults:
            body["errors"] = list(self.faults)
        return body


def to_problem(error: Exception) -> Problem:
    """Return the problem that an error is to the caller; a bug becomes a 500 that tells nothing."""
    if isinstance(error, RequestValidationError):
        return _invalid(error)
    if isinstance(error, HTTPException):
        return _http(error)
    for kind, status, name in _KINDS:
        if isinstance(error, kind):
            return _known(error, status, name)
    return Problem(status=500, kind="internal", detail="something went wrong here; the request id finds it in the log")


def respond(problem: Problem, request_id: str, path: str) -> JSONResponse:
    """Return the response; below the OpenAI-compatible paths it also holds that API's `error` object."""
    body = problem.body(request_id)
    if path.startswith(OPENAI_PATHS):
        kind = "invalid_request_error" if problem.status < HTTPStatus.INTERNAL_SERVER_ERROR else "server_error"
        body["error"] = {"message": problem.detail, "type": kind, "param": None, "code": problem.kind}
    headers = dict(problem.headers)
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body, status_code=problem.status, headers=headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Have every error of `app`, its own and the framework's, answered as a problem."""

    async def handle(request: Request, error: Exception) -> JSONResponse:
        return respond(to_problem(error), request.scope["state"]["request_id"], request.url.path)

    for kind in (RequestValidationError, HTTPException, *(kind for kind, _, _ in _KINDS)):
        app.add_exception_handler(kind, handle)


def _known(error: Exception, status: int, name: str) -> Problem:
    retry: int | None = getattr(error, "retry_after", None)
    if retry is None and status == HTTPStatus.SERVICE_UNAVAILABLE:
        retry = _RETRY_SECONDS
    hidden = isinstance(error, (IndexMismatchError, IndexDamagedError, ModelMissingError))
    detail = str(error)
    if isinstance(error, NotReadyError) and not hidden:
        detail = "nothing has been ingested yet"
    return Problem(status=status, kind=name, detail=_OURS if hidden else detail, retry_after=retry)


def _http(error: HTTPException) -> Problem:
    kinds = {400: "malformed", 404: "not-found", 405: "method-not-allowed", 408: "body-too-slow", 413: "body-too-large"}
    return Problem(
        status=error.status_code,
        kind=kinds.get(error.status_code, "http"),
        detail=str(error.detail).lower(),
        headers=error.headers or {},
    )


def _invalid(error: RequestValidationError) -> Problem:
    """Name what is wrong and where, never what was sent."""
    found = error.errors()
    faults = tuple({"pointer": _pointer(item["loc"]), "detail": str(item["msg"])} for item in found[:20])
    if any(item["type"] == "json_invalid" for item in found):
        return Problem(status=400, kind="malformed", detail="the body is not JSON")
    first = faults[0]
    return Problem(status=422, kind="invalid", detail=f"{first['pointer'] or 'body'}: {first['detail']}", faults=faults)


def _pointer(place: tuple[str | int, ...]) -> str:
    """Return where the fault is: a JSON pointer (RFC 6901) into the body, or the name of a parameter."""
    kind, *rest = (str(part) for part in place)
    names = [part for part in rest if len(part) <= 64]  # noqa: PLR2004 - a longer name is the caller's own text
    return "".join(f"/{part}" for part in names) if kind == "body" else ".".join(names)
