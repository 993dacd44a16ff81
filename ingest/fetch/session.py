"""HTTP over checked connections, within limits. One session serves one fetch: its pages, its robots.txt and its captions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from ingest.errors import FetchError
from ingest.fetch.deadline import Deadline

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from requests import PreparedRequest, Response

    from ingest.fetch.network import Network

AGENT_NAME: Final = "careerbot"
"""The name that robots.txt may speak to."""
AGENT: Final = f"{AGENT_NAME}/0.1 (reads single pages that somebody asked for)"
TYPES: Final[Mapping[str, str]] = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/x-markdown": ".md",
    "text/vtt": ".vtt",
    "application/x-subrip": ".srt",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}
"""The suffix of a document by its content type."""
_DATA_TYPES: Final = frozenset({"application/json", "text/xml", "application/xml"})
"""What captions travel in."""
_CHUNK: Final = 64 * 1024
_SHORT: Final = 64 * 1024
"""Bytes that are read of an answer which is not 200: enough to know what it is."""
_SILENCE_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """What one fetch may take."""

    seconds: float = 60.0
    """From the first look-up of a name to the last byte."""
    received_bytes: int = 20 * 1024 * 1024
    """As they come over the wire, for each answer."""
    decoded_bytes: int = 40 * 1024 * 1024
    """Once decompressed, for each answer."""
    redirects: int = 5


class Session(requests.Session):
    """A session whose every request, redirects included, goes through the network's rules. Use it in a `with` block.

    Neither proxies nor passwords are taken from the environment.
    """

    def __init__(self, network: Network, *, limits: FetchLimits | None = None, authorities: str | None = None) -> None:
        super().__init__()
        self.limits = limits or FetchLimits()
        self.network = network
        self.deadline = Deadline(self.limits.seconds)
        self.trust_env = False
        self.proxies.update(network.proxies)
        self.verify = authorities or True
        self.max_redirects = self.limits.redirects
        self.headers.update({"User-Agent": AGENT, "Accept-Encoding": "gzip, deflate", "Accept": "text/html, */*;q=0.5"})
        self.adapters.clear()
        for scheme in ("http://", "https://"):
            self.mount(scheme, _Guarded(network, self.deadline, self.limits))

    def __enter__(self) -> Self:
        return self

    def close(self) -> None:
        """Close all connections and stop the clock."""
        super().close()
        self.deadline.close()

    def fetch(self, url: str) -> Response:
        """Return the answer to one GET, its body read, redirects not followed.

        Raises:
            FetchError: refused, unreachable, over a limit, or not what it says it is.
        """
        try:
            return self.get(url, allow_redirects=False)
        except (requests.RequestException, HTTPError, OSError) as error:
            raise self.explained(error) from error

    def explained(self, error: Exception) -> FetchError:
        """Return the one line that says what a failed request failed at."""
        if self.deadline.passed:
            return self.deadline.error()
        if isinstance(error, requests.exceptions.SSLError):
            return FetchError("its certificate is not valid for this name; check the address")
        if isinstance(error, requests.TooManyRedirects):
            return FetchError(f"it redirects more than {self.limits.redirects} times; give the address it ends at")
        if isinstance(error, requests.Timeout):
            return FetchError("it does not answer; try again later")
        return FetchError(f"the connection broke off ({type(error).__name__}); try again later")


class _Guarded(HTTPAdapter):
    """Checks the URL of each request, connects through the network's rules and reads the answer within the limits."""

    def __init__(self, network: Network, deadline: Deadline, limits: FetchLimits) -> None:
        self._network, self._deadline, self._limits = network, deadline, limits
        super().__init__()

    def init_poolmanager(self, *arguments: object, **named: object) -> None:
        """Make pools whose connections are dialled by the network's rules."""
        super().init_poolmanager(*arguments, **named)  # type: ignore[arg-type]
        self.poolmanager.pool_classes_by_scheme = _pools(self._network, self._deadline)

    def send(self, request: PreparedRequest, *_: object, **named: object) -> Response:
        """Return the answer with its body read."""
        parts = self._network.check_url(request.url or "")
        if self._network.proxies:
            port = parts.port or (443 if parts.scheme == "https" else 80)
            self._network.check_host_behind_proxy(parts.hostname or "", port, self._deadline)
        named |= {"stream": True, "timeout": min(_SILENCE_SECONDS, self._deadline.left())}
        response = super().send(request, **named)  # type: ignore[arg-type]
        try:
            response._content = self._body(response)  # noqa: SLF001 (what `Response.content` would read without limits)
            response._content_consumed = True  # noqa: SLF001
        finally:
            response.close()
        return response

    def _body(self, response: Response) -> bytes:
        most = self._limits.decoded_bytes
        if response.status_code == requests.codes.ok:
            self._check_head(response)
        else:
            most = _SHORT
        parts: list[bytes] = []
        size = 0
        for part in response.raw.stream(_CHUNK, decode_content=True):
            size += len(part)
            if size > most or response.raw.tell() > self._limits.received_bytes:
                if response.status_code != requests.codes.ok:
                    break
                raise self._too_large()
            parts.append(part)
        if self._deadline.passed:
            raise self._deadline.error()
        return b"".join(parts)

    def _check_head(self, response: Response) -> None:
        kind = content_type(response)
        if kind and kind not in TYPES and kind not in _DATA_TYPES:
            raise FetchError(f"it is of the type {kind}; pages, plain text, captions, PDF and DOCX can be read")
        length = response.headers.get("Content-Length", "")
        if length.isdigit() and int(length) > self._limits.received_bytes:
            raise self._too_large()

    def _too_large(self) -> FetchError:
        return FetchError(
            f"it is larger than {self._limits.received_bytes // 1024 // 1024} MB; save what matters and add the file"
        )


def content_type(response: Response) -> str:
    """Return the content type of an answer in lower case, without parameters; empty where it states none."""
    return str(response.headers.get("Content-Type", "")).partition(";")[0].strip().lower()


def _pools(network: Network, deadline: Deadline) -> dict[str, type[HTTPConnectionPool]]:
    """Return the pool of each scheme, with connections that only the network can open."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return network.connect(self._dns_host, self.port, deadline)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return network.connect(self._dns_host, self.port, deadline)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
