"""What a site's robots.txt (RFC 9309) says to us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests
from protego import Protego

from ingest.errors import FetchError
from ingest.fetch.session import AGENT_NAME

if TYPE_CHECKING:
    from ingest.fetch.session import Session

_MOST_BYTES: Final = 500 * 1024
"""RFC 9309, section 2.5: what lies beyond need not be read."""


class Robots:
    """Asks each site once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rules: dict[str, Protego] = {}

    def check(self, url: str) -> None:
        """Refuse a URL that its site does not want fetched by us.

        Raises:
            FetchError: its robots.txt says no, or cannot be had (RFC 9309, section 2.3.1.4: then everything is forbidden).
        """
        parts = urlsplit(url)
        site = urlunsplit((parts.scheme, parts.netloc, "", "", ""))
        rules = self._rules.get(site)
        if rules is None:
            rules = self._rules[site] = Protego.parse(self._read(f"{site}/robots.txt"))
        if not rules.can_fetch(url, AGENT_NAME):
            raise FetchError(
                f"the robots.txt of {parts.hostname} asks programs not to fetch it; save the page in a browser and add the file"
            )

    def _read(self, url: str) -> str:
        for _ in range(self._session.limits.redirects + 1):
            response = self._session.fetch(url)
            if not response.is_redirect:
                break
            url = urljoin(url, response.headers["Location"])
        if response.status_code == requests.codes.ok:
            return response.content[:_MOST_BYTES].decode("utf-8", errors="replace")
        if response.status_code < 500:  # noqa: PLR2004
            return ""  # section 2.3.1.3: there is none, so that all is allowed
        raise FetchError(f"{url} cannot be read ({response.status_code}), which forbids fetching; try again later")
