"""What discord.py raises, as what `bot.chat` understands: the one place that maps them."""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING

import aiohttp
import discord

from bot.chat.errors import SurfaceBusyError, SurfaceError, SurfaceGoneError

if TYPE_CHECKING:
    from collections.abc import Iterator

ALREADY_ACKNOWLEDGED = 40060
_TOO_MANY, _SERVER, _UNAUTHORISED = 429, 500, 401


@contextlib.contextmanager
def surface_errors() -> Iterator[None]:
    """Turn discord.py's exceptions inside the context into the errors of a surface."""
    try:
        yield
    except discord.RateLimited as error:
        raise SurfaceBusyError("Discord asks for a pause", retry_after=error.retry_after) from error
    except (discord.NotFound, discord.Forbidden) as error:
        raise SurfaceGoneError(f"Discord: {error.text or error.status} ({error.code})") from error
    except discord.HTTPException as error:
        raise _of_status(error) from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise SurfaceBusyError(f"Discord cannot be reached ({type(error).__name__})") from error


def _of_status(error: discord.HTTPException) -> SurfaceError:
    if error.status == _TOO_MANY:
        return SurfaceBusyError("Discord asks for a pause", retry_after=_retry_after(error))
    if error.status >= _SERVER:
        return SurfaceBusyError(f"Discord is out of order ({error.status})")
    if error.status == _UNAUTHORISED:
        return SurfaceGoneError("Discord: the token of the interaction has expired")
    return SurfaceError(f"Discord: {error.text or error.status} ({error.code})")


def _retry_after(error: discord.HTTPException) -> float | None:
    given = getattr(error.response, "headers", {}).get("Retry-After", "")
    try:
        seconds = float(given)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None
