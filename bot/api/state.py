"""What the routes of one worker share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from bot.api.access import Caller
from bot.keys import Scope

if TYPE_CHECKING:
    from bot.api.access import Doorkeeper
    from bot.api.desk import Desk
    from bot.api.ingest_jobs import IngestJobs
    from bot.api.settings import ServeSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Built once by `app.create_app`; handlers reach it through the request."""

    settings: ServeSettings
    desk: Desk
    doorkeeper: Doorkeeper
    jobs: IngestJobs


def state_of(request: Request) -> State:
    """Return the state of the application that a request came to."""
    state: State = request.app.state.careerbot
    return state


async def _asker(request: Request) -> Caller:
    # Awaited in the event loop: to look whether the file of keys has changed takes less than passing the question to a thread.
    return state_of(request).doorkeeper.identify(request, Scope.ASK)


def _admin(request: Request) -> Caller:
    return state_of(request).doorkeeper.identify(request, Scope.ADMIN)


Asker = Annotated[Caller, Depends(_asker)]
Admin = Annotated[Caller, Depends(_admin)]
