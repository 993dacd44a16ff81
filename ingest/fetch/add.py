"""`ingest add`: fetch or take one document, learn what it is, ask for what it does not say, and keep it in the library."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ingest.errors import FetchError, UnreadableError, UsageError
from ingest.fetch.captions import fetch_captions, video_id
from ingest.fetch.document import Facts, Fetched
from ingest.fetch.library import Library
from ingest.fetch.page import clean_url, fetch_page
from ingest.load import SUFFIXES
from ingest.load.limits import check_file
from ingest.values import Role

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.fetch.session import Session
    from ingest.home import Home
    from ingest.stages import Stages
    from ingest.values import Source

_WEB = re.compile(r"[a-z][a-z0-9+.\-]*://", re.IGNORECASE)
_LEAST_CHARACTERS: Final = 400
"""An article is longer; a cookie wall, a login or a page that a script would fill is not."""
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CHARACTERS_A_WIDE_ONE: Final = 3
"""A Chinese, Japanese or Korean character says about as much as three letters."""
_LOGIN = re.compile(rb"<input[^>]+type\s*=\s*[\"']?password", re.IGNORECASE)

Ask = Callable[["Source", Facts], Facts]
"""Turns what is known of a document and what was stated about it into what is stated after asking somebody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A document that is in the library now."""

    card: Path
    source: Source
    """As it was understood; `ingest sync` has yet to put it into the index."""
    notes: tuple[str, ...]


def is_url(target: str) -> bool:
    """Tell whether somebody means an address and not a file."""
    return _WEB.match(target) is not None


def fetch(url: str, session: Session, facts: Facts) -> Fetched:
    """Return the document at `url`: the captions of a video, or a page; what `facts` states goes before what its site states.

    Raises:
        FetchError: it is not allowed, not there, or not in time; the line names the URL.
    """
    try:
        session.network.check_url(url)
        video = video_id(url)
        fetched = fetch_captions(url, session, language=facts.language) if video else fetch_page(url, session)
    except FetchError as error:
        raise FetchError(f"{url}: {error}") from error
    return replace(fetched, facts=_over(facts, fetched.facts))


def take(path: Path, facts: Facts, *, url: str | None = None) -> Fetched:
    """Return the document in a file.

    Raises:
        UnreadableError: there is no such file, or it is too large.
        UsageError: files of this kind cannot be read.
    """
    check_file(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(f"{path}: {suffix or 'no suffix'} is not supported; use one of {' '.join(sorted(SUFFIXES))}")
    return Fetched(url=clean_url(url) if url else None, suffix=suffix, body=path.read_bytes(), facts=facts)


def add(fetched: Fetched, name: str, *, home: Home, stages: Stages, ask: Ask | None = None) -> Added:
    """Keep a document in the library of a home. The index does not know it before the next sync of the library.

    Args:
        fetched: the document.
        name: what was asked for, URL or path.
        home: whose library.
        stages: read it, in a cage.
        ask: asks somebody for what is missing; None where nobody is there.

    Raises:
        UnreadableError: it cannot be read, or holds too little to be a text.
    """
    staged = Library(home).stage(fetched, name)
    try:
        try:
            parsed = stages.parse(staged.card, staged.card.parent)
        except UnreadableError as error:
            reason = str(error).partition(f"{staged.card.name}")[2].partition(": ")[2]
            if reason.startswith("holds no text"):
                _check_length(name, "", fetched)
            raise UnreadableError(f"{name}: {reason or error}") from error
        _check_length(name, parsed.document.text, fetched)
        if ask is not None:
            fetched = replace(fetched, facts=ask(parsed.source, fetched.facts))
        card = staged.keep(fetched, parsed.source)
        source = stages.parse(card, card.parent).source if ask is not None else parsed.source
        return Added(card=card, source=source, notes=parsed.notes)
    finally:
        staged.drop()


def missing(source: Source, stem: str) -> tuple[str, ...]:
    """Return what nobody stated of a source: `title`, `people`, `date`."""
    named = source.person(Role.INTERVIEWEE, Role.AUTHOR) is not None
    gaps = {"title": source.title != stem, "people": named, "date": source.published is not None}
    return tuple(name for name, known in gaps.items() if not known)


def _over(first: Facts, second: Facts) -> Facts:
    return Facts(
        title=first.title or second.title,
        people=first.people or second.people,
        published=first.published or second.published,
        language=second.language or first.language,  # of captions: the language that was found
        licence=first.licence or second.licence,
        translation_of=first.translation_of or second.translation_of,
    )


def _check_length(name: str, text: str, fetched: Fetched) -> None:
    """Refuse a page that was fetched and has less text than an article."""
    length = len(text) + (_CHARACTERS_A_WIDE_ONE - 1) * len(_WIDE.findall(text))
    if fetched.suffix != ".html" or not is_url(name) or length >= _LEAST_CHARACTERS:
        return
    what = "it asks for a login" if _LOGIN.search(fetched.body) else "a cookie wall, a login, or a page made by a script?"
    raise UnreadableError(
        f"{name}: holds no article, only {len(text)} characters of text ({what}); save it in a browser and add the file"
    )
