"""One page, or one document that a URL leads to."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import requests

from ingest.errors import FetchError
from ingest.fetch.document import Fetched
from ingest.fetch.robots import Robots
from ingest.fetch.session import TYPES, content_type

if TYPE_CHECKING:
    from requests import Response

    from ingest.fetch.session import Session

_TRACKERS: Final = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id|igshid|ref_src")
_STATED_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{2,40})", re.IGNORECASE)
_HEAD_BYTES: Final = 4096
_TEXTS: Final = frozenset({".html", ".txt", ".md", ".vtt", ".srt"})


def fetch_page(url: str, session: Session) -> Fetched:
    """Return the document at `url`, after redirects, each of which is asked for in its site's robots.txt.

    Raises:
        FetchError: not allowed, not there, or nothing that can be read.
    """
    robots = Robots(session)
    for _ in range(session.limits.redirects + 1):
        session.network.check_url(url)
        robots.check(url)
        response = session.fetch(url)
        if not response.is_redirect:
            return _document(url, response)
        url = _next(url, response)
    raise FetchError(f"it redirects more than {session.limits.redirects} times; give the address it ends at")


def clean_url(url: str) -> str:
    """Return `url` as it should be cited: without fragment and without what only tells where a reader came from."""
    parts = urlsplit(url.strip())
    kept = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKERS.fullmatch(key)]
    query = urlencode(kept) if len(kept) < len(parse_qsl(parts.query, keep_blank_values=True)) else parts.query
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path or "/", query, ""))


def _next(url: str, response: Response) -> str:
    following = urljoin(url, response.headers["Location"])
    if urlsplit(url).scheme == "https" and urlsplit(following).scheme == "http":
        raise FetchError("it leads from https to http, where anybody on the way can change it; give the https address")
    return following


def _document(url: str, response: Response) -> Fetched:
    if response.status_code != requests.codes.ok:
        raise FetchError(_refusal(response.status_code))
    suffix = TYPES.get(content_type(response)) or _sniffed(response.content)
    if suffix == ".txt" and (named := re.search(r"\.(md|markdown|vtt|srt)$", urlsplit(url).path.lower())):
        suffix = f".{named[1]}"
    body, charset = _as_utf8(response) if suffix in _TEXTS else (response.content, None)
    if not body.strip():
        raise FetchError("it is empty; check the address in a browser")
    remarks = (f"was stored as {charset}, kept as UTF-8",) if charset else ()
    return Fetched(url=clean_url(url), suffix=suffix, body=body, remarks=remarks)


def _refusal(status: int) -> str:
    if status in {401, 402, 403, 407, 451}:
        return f"its site does not let us in ({status}); save the page in a browser and add the file"
    if status in {404, 410}:
        return f"there is no such page ({status}); check the address"
    if status in {429, 503}:
        return f"its site is busy or keeps programs out ({status}); try again later"
    return f"its site answered {status}; try again later, or save the page in a browser and add the file"


def _sniffed(body: bytes) -> str:
    """Return the suffix of a document whose type nobody states."""
    if body.startswith(b"%PDF-"):
        return ".pdf"
    return ".html" if re.search(rb"<(?:!doctype html|html|head|body)\b", body[:_HEAD_BYTES], re.IGNORECASE) else ".txt"


def _as_utf8(response: Response) -> tuple[bytes, str | None]:
    """Return the text of an answer as UTF-8, and the charset it came in where that was another one."""
    body = response.content
    header = re.search(r"charset\s*=\s*[\"']?([\w-]+)", response.headers.get("Content-Type", ""), re.IGNORECASE)
    stated = _STATED_CHARSET.search(body[:_HEAD_BYTES])
    for name in (header[1] if header else None, stated[1].decode("ascii") if stated else None):
        try:
            charset = codecs.lookup(name).name if name else "utf-8"
            text = body.decode(charset)
        except (LookupError, UnicodeDecodeError):
            continue
        if name is not None:
            return (body, None) if charset in {"utf-8", "ascii"} else (text.encode("utf-8", errors="replace"), charset)
    return body, None
