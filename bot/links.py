"""Links to the place in a source: the second of a video, otherwise the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

if TYPE_CHECKING:
    from bot.values import Citation


_UNSAFE = re.compile(r"[^\S ]|[ <>\"`\\^{|}\x00-\x1f\x7f]")


def link(citation: Citation) -> str | None:
    """Return the web address of a citation, at its second where the source is a video; None where no safe address is known."""
    url = web_address(citation.source.url)
    return at_second(url, citation.second) if url and citation.second is not None else url


def web_address(url: str | None) -> str | None:
    """Return a document's own address as one that only leads to a page; None where it is none.

    What could end a link and begin something else is encoded; a name and password only serve to disguise a host.
    """
    try:
        parts = urlsplit((url or "").strip())
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return None
    return _UNSAFE.sub(lambda found: quote(found[0], safe=""), (url or "").strip()) if usable else None


def at_second(url: str, second: float) -> str:
    """Return a video's address with its start time; other addresses as they are."""
    parts = urlsplit(url)
    if not f".{parts.hostname or ''}".endswith((".youtube.com", ".youtu.be")):
        return url
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "t"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("t", f"{int(second)}s")])))


def clock(second: float) -> str:
    """Return seconds as h:mm:ss or m:ss."""
    minutes, seconds = divmod(int(second), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
