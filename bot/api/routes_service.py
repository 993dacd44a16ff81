"""What an operator's machinery asks: is it alive, is it ready, how is it doing."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST

from bot.api.bodies import HealthBody, PingBody, ReadyBody
from bot.api.responses import problems
from bot.api.state import State, state_of
from bot.errors import BotError
from bot.keys import Scope
from ingest.errors import IngestError

if TYPE_CHECKING:
    from collections.abc import Callable

LEAST_FREE_BYTES = 200_000_000
router = APIRouter(tags=["service"])


@router.get("/healthz", responses=problems(), summary="Alive?")
async def healthz() -> HealthBody:
    """Return at once as long as the process serves requests."""
    return HealthBody(status="ok")


@router.get(
    "/readyz",
    response_model=ReadyBody,
    responses={**problems(), 503: {"model": ReadyBody, "description": "Not ready."}},
    summary="Ready?",
)
def readyz(request: Request) -> Response:
    """Ping all that an answer needs: the index and its embedder, the model, the disk."""
    state = state_of(request)
    pings: dict[str, Callable[[State], str]] = {"index": _index, "model": _model, "disk": _disk}
    checks = [_ping(name, ping, state) for name, ping in pings.items()]
    ready = all(check.ok for check in checks)
    return JSONResponse(ReadyBody(ready=ready, checks=checks).model_dump(), status_code=200 if ready else 503)


@router.get(
    "/metrics",
    response_class=Response,
    responses={**problems(401, 403), 200: {"description": "Prometheus' text format.", "content": {"text/plain": {}}}},
    summary="Numbers",
)
def metrics(request: Request) -> Response:
    """Return the numbers of all workers. On localhost they are open; elsewhere they need an admin key."""
    state = state_of(request)
    if not state.settings.local:
        state.doorkeeper.identify(request, Scope.ADMIN)
    return Response(state.desk.metrics.text(), media_type=CONTENT_TYPE_LATEST)


def _ping(name: str, ping: Callable[[State], str], state: State) -> PingBody:
    try:
        return PingBody(name=name, ok=True, detail=ping(state))
    except (BotError, IngestError) as error:
        return PingBody(name=name, ok=False, detail=type(error).__name__)


def _index(state: State) -> str:
    with state.desk.served.lease() as corpus:
        manifest = corpus.index.manifest
        state.desk.metrics.look_at(manifest)
        return f"generation {manifest.generation}, fingerprint {manifest.embedder.fingerprint[:12]}"


def _model(state: State) -> str:
    return state.desk.door.ping()


def _disk(state: State) -> str:
    free = shutil.disk_usage(state.desk.served.home.path).free
    if free < LEAST_FREE_BYTES:
        raise BotError("the disk is full")
    return f"{free / 1e9:.1f} GB free"
