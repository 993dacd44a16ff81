"""Rate limits as Discord keeps them: a bucket a route and major parameter, fifty requests a second in all."""

from __future__ import annotations

import hashlib
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from discord_emulator.clock import Clock
    from discord_emulator.errors import Json

GLOBAL = (50, 1.0)
DEFAULT = (30, 10.0)
LIMITS = {
    ("POST", "/channels/{channel_id}/messages"): (5, 5.0),
    ("PATCH", "/channels/{channel_id}/messages/{message_id}"): (5, 5.0),
    ("POST", "/webhooks/{webhook_id}/{webhook_token}"): (5, 2.0),
    ("PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"): (5, 2.0),
    ("POST", "/channels/{channel_id}/messages/{message_id}/threads"): (50, 300.0),
}
"""Requests and seconds: as measured on Discord, which publishes none. A client must learn them from the headers."""
SHARED_BUCKET = {
    "/webhooks/{webhook_id}/{webhook_token}/messages/@original": "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"
}
EXEMPT = "/interactions/"
INVALID_LIMIT, INVALID_SECONDS = 10_000, 600
MAJOR = ("channel_id", "guild_id", "webhook_id", "webhook_token")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A 429."""

    retry_after: float
    everywhere: bool = False
    scope: str = "user"
    behind_cloudflare: bool = True
    """False for the answer of Cloudflare itself: HTML and no `Via` header."""

    def body(self) -> Json:
        """Return Discord's JSON."""
        return {
            "message": "You are being rate limited.",
            "retry_after": round(self.retry_after, 3),
            "global": self.everywhere,
            "code": 0,
        }

    def headers(self) -> dict[str, str]:
        """Return the headers that only a 429 has."""
        scope = "global" if self.everywhere else self.scope
        marked = {"X-RateLimit-Global": "true"} if self.everywhere else {}
        return {"Retry-After": str(max(1, round(self.retry_after))), "X-RateLimit-Scope": scope, **marked}


class RateLimits:
    """Counts requests; tells what is left, and refuses.

    Attributes:
        limits: requests and seconds by method and route template.
        refused: how many requests were refused because their bucket was empty, which an attentive client avoids.
        invalid: times of answers 401, 403 and 429, of which Discord bears 10,000 in ten minutes.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.limits = dict(LIMITS)
        self.everywhere = GLOBAL
        self.refused = 0
        self.invalid: deque[float] = deque()
        self._taken: dict[tuple[str, ...], deque[float]] = defaultdict(deque)

    def take(self, method: str, template: str, parameters: dict[str, str]) -> tuple[dict[str, str], Refusal | None]:
        """Count a request; return the headers of its answer, and a refusal where it comes too soon."""
        now = self._clock.now()
        if refusal := self._globally(now, template):
            self.refused += 1
            return {}, refusal
        template = SHARED_BUCKET.get(template, template)
        limit, seconds = self.limits.get((method, template), DEFAULT)
        taken = self._taken[(method, template, *(parameters.get(name, "") for name in MAJOR))]
        while taken and now - taken[0] >= seconds:
            taken.popleft()
        refusal = None
        if len(taken) >= limit:
            self.refused += 1
            refusal = Refusal(retry_after=seconds - (now - taken[0]))
        else:
            taken.append(now)
        reset_after = seconds - (now - taken[0])
        return {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(limit - len(taken)),
            "X-RateLimit-Reset": f"{now + reset_after:.3f}",
            "X-RateLimit-Reset-After": f"{reset_after:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(f"{method} {template}".encode()).hexdigest()[:32],
        }, refusal

    def count(self, status: int, scope: str | None) -> None:
        """Note an answer that Discord counts as invalid; those of shared limits are not."""
        if status in {401, 403, 429} and scope != "shared":
            self.invalid.append(self._clock.now())
        while self.invalid and self._clock.now() - self.invalid[0] > INVALID_SECONDS:
            self.invalid.popleft()

    @property
    def banned(self) -> bool:
        """Whether Cloudflare would answer in Discord's place."""
        return len(self.invalid) >= INVALID_LIMIT

    def _globally(self, now: float, template: str) -> Refusal | None:
        if template.startswith(EXEMPT):
            return None
        limit, seconds = self.everywhere
        taken = self._taken["global",]
        while taken and now - taken[0] >= seconds:
            taken.popleft()
        if len(taken) >= limit:
            return Refusal(retry_after=seconds - (now - taken[0]), everywhere=True)
        taken.append(now)
        return None
