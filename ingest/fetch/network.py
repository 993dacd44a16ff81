"""Where a fetch may go: URLs read strictly, names resolved once, addresses checked, and only those connected to.

The check and the connection use one and the same address, so that a name which resolves differently the second time (DNS
rebinding) gains nothing. TLS still verifies the certificate against the name in the URL, and `Host` still says it.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urlsplit

from ingest.errors import FetchError
from ingest.fetch.address import why_refused

if TYPE_CHECKING:
    from ingest.fetch.deadline import Deadline

Resolve = Callable[[str, int], Sequence[str]]
"""Turns (name, port) into addresses; raises OSError where there are none."""
Dial = Callable[[str, int, float], socket.socket]
"""Turns (address, port, seconds) into a connection; raises OSError."""

PORTS: Final = frozenset({80, 443})
_LONGEST_URL: Final = 2_000
_MOST_TRIED: Final = 4
"""Addresses of one name that are tried in turn."""


def system_resolve(name: str, port: int) -> Sequence[str]:
    """Ask the system's resolver."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def system_dial(address: str, port: int, seconds: float) -> socket.socket:
    """Connect to an address in digits; nothing is resolved any more."""
    return socket.create_connection((address, port), timeout=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The rules of connecting."""

    any_port: bool = False
    """Let ports but 80 and 443 through."""
    allow_loopback: bool = False
    """For servers that tests start; no option and no variable sets it."""
    proxies: dict[str, str] = field(default_factory=dict)
    """Proxy by scheme. A proxy resolves names itself: what it connects to is out of our hands."""
    resolve: Resolve = system_resolve
    dial: Dial = system_dial

    def check_url(self, url: str) -> SplitResult:
        """Return the parts of a URL that may be fetched.

        Raises:
            FetchError: another scheme, a user name or password, no host, or a port that is not allowed.
        """
        try:
            parts = urlsplit(url.strip())
            port = parts.port
        except ValueError as error:
            raise FetchError(f"{url[:200]!r} is not a web address ({error})") from error
        if parts.scheme.lower() not in {"http", "https"}:
            raise FetchError(f"{parts.scheme or 'an address without a scheme'} is not fetched; use http:// or https://")
        if not parts.hostname or len(url) > _LONGEST_URL or any(ord(character) <= ord(" ") for character in url.strip()):
            raise FetchError(f"{url[:200]!r} is not a web address; check how it is written")
        if "@" in parts.netloc:
            raise FetchError("an address with a user name in it is not fetched; take out what stands before the @")
        if not self.any_port and port is not None and port not in PORTS:
            raise FetchError(f"port {port} is neither 80 nor 443; add --any-port if it is meant")
        return parts

    def connect(self, name: str, port: int, deadline: Deadline) -> socket.socket:
        """Return a connection to the host `name`, watched by the deadline.

        Raises:
            FetchError: the name has no address, one that is not allowed, or none that answers.
        """
        trouble: OSError | None = None
        for address in self.addresses(name, port, deadline)[:_MOST_TRIED]:
            try:
                connection = self.dial(address, port, deadline.left())
            except OSError as error:
                trouble = error
                continue
            deadline.watch(connection)
            return connection
        raise FetchError(f"{name} does not answer on port {port} ({trouble}); check the address and the connection")

    def addresses(self, name: str, port: int, deadline: Deadline) -> Sequence[str]:
        """Return the addresses of `name`, all of which were checked: one bad address among good ones is an attack.

        Raises:
            FetchError: there are none, or one is not allowed.
        """
        try:
            found = deadline.run(lambda: self.resolve(name.rstrip("."), port))
        except (OSError, UnicodeError) as error:
            raise FetchError(f"the name {name} has no address ({error}); check how it is written") from error
        for address in found:
            if reason := why_refused(address, allow_loopback=self.allow_loopback):
                raise FetchError(f"{name} has the address {address}, which is {reason}; only public addresses are fetched")
        if not found:
            raise FetchError(f"the name {name} has no address; check how it is written")
        return found

    def check_host_behind_proxy(self, name: str, port: int, deadline: Deadline) -> None:
        """Refuse a name that resolves here to an address which is not allowed; a name that does not resolve is the proxy's.

        Raises:
            FetchError: it does.
        """
        try:
            found = deadline.run(lambda: self.resolve(name.rstrip("."), port))
        except (OSError, UnicodeError):
            found = ()
        for address in found:
            if reason := why_refused(address, allow_loopback=self.allow_loopback):
                raise FetchError(f"{name} has the address {address}, which is {reason}; only public addresses are fetched")
