"""What `bot serve` can be told. Values are checked by the command; everything has a default that is safe on a laptop."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT_PORT = 8765


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSettings:
    """One service: where it listens, whom it lets in, and how much it takes on at once."""

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    workers: int = 1
    public: bool = False
    """Answer anybody who can reach the address, without a key."""
    waiting: int = 16
    """Questions that may wait for the language model; the next is refused at once."""
    quotes_waiting: int = 8
    """Questions of each worker that may wait for an answer without the model."""
    deadline: float = 120.0
    """Seconds from the question's arrival after which its answer is given up."""
    drain: float = 30.0
    """Seconds that running answers get after SIGTERM."""
    rate: str | None = None
    """Questions of one address or key, such as "30/minute"; None for no limit on localhost and `PUBLIC_RATE` elsewhere."""
    body_bytes: int = 262_144
    body_seconds: float = 10.0
    """Seconds in which a request's body has to arrive."""
    header_seconds: float = 10.0
    """Seconds in which a new connection has to send its first request."""
    ingest_roots: tuple[Path, ...] = ()
    """Folders that `POST /v1/ingest` may read besides those the index was made from."""
    cors_origins: tuple[str, ...] = ()
    trusted_proxies: str | None = None
    """Addresses whose X-Forwarded-For is believed, separated by commas; None believes nobody."""
    log_questions: bool = False

    @property
    def local(self) -> bool:
        """Tell whether only this machine can connect."""
        return is_loopback(self.host)

    @property
    def open(self) -> bool:
        """Tell whether questions need no key."""
        return self.local or self.public

    @property
    def limit(self) -> str | None:
        """The rate limit that holds, in the notation of the library `limits`."""
        return self.rate or (None if self.local else PUBLIC_RATE)


PUBLIC_RATE = "30/minute"


def is_loopback(host: str) -> bool:
    """Tell whether an address to bind is this machine's own."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
