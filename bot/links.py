"""Links to the place in a source: the second of a video, otherwise the page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

if TYPE_CHECKING:
    from bot.values import Citation


def link(citation: Citation) -> str | None:
    """Return the web address of a citation, at its second where the source is a video; None where no safe address is known."""
    url = citation.source.url
    if not url or urlsplit(url).scheme not in {"http", "https"}:
        return None
    return at_second(url, citation.second) if citation.second is not None else url


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
