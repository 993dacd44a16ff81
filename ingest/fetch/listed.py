"""Fetch what a list of sources names by address alone, each document once, into the library of the home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.errors import IngestError
from ingest.fetch.add import add
from ingest.fetch.document import Fetched
from ingest.fetch.library import Library
from ingest.fetch.page import clean_url
from ingest.listing import listed_addresses

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ingest.home import Home
    from ingest.progress import Reporter
    from ingest.stages import Stages


def fetch_listed(
    listing: Path, *, home: Home, stages: Stages, fetch: Callable[[str], Fetched], report: Reporter
) -> tuple[Path, ...]:
    """Add the documents at the addresses of a list that are not in the library yet; return their cards.

    Args:
        listing: the list of sources; its facts fill what the documents do not state when they are synced.
        home: whose library.
        stages: read the documents, in a cage.
        fetch: returns the document at an address; what it raises is told, and the others are fetched.
        report: told of each address.

    Raises:
        UsageError: the list cannot be read.
    """
    library = Library(home)
    wanted = [url for url in listed_addresses(listing) if not library.place(_known(url), url).exists()]
    cards: list[Path] = []
    report.begin("fetching", len(wanted))
    for url in wanted:
        try:
            cards.append(add(fetch(url), url, home=home, stages=stages).card)
        except IngestError as error:
            report.warn(f"not fetched: {error}")
        report.advance()
    return tuple(cards)


def _known(url: str) -> Fetched:
    return Fetched(url=clean_url(url), suffix="", body=b"")
