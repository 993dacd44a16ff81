"""Who may do what, and how often: keys with scopes, and rates for each key or address."""

from __future__ import annotations

import ipaddress
import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from bot.api.errors import ForbiddenError, TooManyError, UnknownKeyError
from bot.keys import PREFIX, Key, KeyStore, Scope

if TYPE_CHECKING:
    from starlette.requests import Request

    from bot.api.settings import ServeSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who sent a request: a key, or an address."""

    address: str
    key: Key | None = None

    @property
    def identity(self) -> str:
        """What rates are counted for; an IPv6 address counts as its /64, which is what one customer gets."""
        return f"key:{self.key.id}" if self.key else f"address:{_network(self.address)}"


class Doorkeeper:
    """Checks keys and rates for one worker."""

    def __init__(self, settings: ServeSettings, keys: KeyStore) -> None:
        self._settings, self._keys = settings, keys
        self._rate: RateLimitItem | None = parse(settings.limit) if settings.limit else None
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def identify(self, request: Request, scope: Scope) -> Caller:
        """Return who is calling, if they may.

        One of our keys that is shown has to be valid even where none is needed. Other words in its place are ignored there:
        many clients of OpenAI's API cannot send none. What needs the scope `admin` always needs a key.

        Raises:
            UnknownKeyError: no valid key where one is needed.
            ForbiddenError: the key lacks the scope.
        """
        text = _shown(request)
        key = self._keys.find(text) if text else None
        if text and key is None and (text.startswith(PREFIX) or not self._settings.open):
            raise UnknownKeyError("this key is not valid")
        if key is None and (scope is Scope.ADMIN or not self._settings.open):
            raise UnknownKeyError(f"this needs a key with the scope {scope.value}: Authorization: Bearer KEY")
        if key and scope not in key.scopes:
            raise ForbiddenError(f"this needs a key with the scope {scope.value}")
        caller = Caller(address=request.client.host if request.client else "", key=key)
        request.state.log = {"caller": key.id} if key else {}
        return caller

    def count(self, caller: Caller) -> None:
        """Count one question of the caller.

        Raises:
            TooManyError: one more than the rate allows.
        """
        if self._rate is None or self._limiter.hit(self._rate, caller.identity):
            return
        reset = self._limiter.get_window_stats(self._rate, caller.identity).reset_time
        seconds = max(1, math.ceil(reset - time.time()))
        raise TooManyError(f"more than {self._rate}: ask again in {seconds} s", retry_after=seconds)


def _shown(request: Request) -> str | None:
    """Return the key that a request carries: as a bearer token, or in X-API-Key."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return request.headers.get("x-api-key") or None


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{parsed}/64", strict=False)) if parsed.version == 6 else address  # noqa: PLR2004
