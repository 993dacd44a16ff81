"""The folder of the home in which fetched documents are kept: a card and, beside it, the document as it came.

It is an ordinary root: `ingest sync` reads it, notices edited cards, and `ingest forget` deletes card and document.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ingest.fetch.captions import video_id
from ingest.fetch.card import write_card
from ingest.index import durable
from ingest.load.original import original_of
from ingest.registry import normalise_title, normalise_url

if TYPE_CHECKING:
    from ingest.fetch.document import Fetched
    from ingest.home import Home
    from ingest.values import Source

FOLDER = "library"
_LONGEST_NAME = 60
_STAGING = "adding-"
_STALE_SECONDS = 3600.0
"""After which a staging folder is what a killed `ingest add` left behind."""


@dataclass(frozen=True, slots=True)
class Library:
    """The fetched documents of one home."""

    home: Home

    @property
    def folder(self) -> Path:
        """Where they are."""
        return self.home.path / FOLDER

    def place(self, fetched: Fetched, name: str) -> Path:
        """Return where the card of a document goes: the same place whenever the same URL, or the same file, is added."""
        key = _key(fetched.url) if fetched.url else name
        said = key if fetched.url else Path(name).stem
        slug = normalise_title(said)[:_LONGEST_NAME].strip("-") or "document"
        return self.folder / f"{slug}-{hashlib.sha256(key.encode()).hexdigest()[:8]}.md"

    def stage(self, fetched: Fetched, name: str) -> Staged:
        """Put a document with a first card where no sync looks, so that it can be read before it is kept."""
        self.home.path.mkdir(parents=True, exist_ok=True)
        for stale in self.home.path.glob(f"{_STAGING}*"):
            if stale.stat().st_mtime < time.time() - _STALE_SECONDS:
                shutil.rmtree(stale, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix=_STAGING, dir=self.home.path))
        card = folder / self.place(fetched, name).name
        original_of(card).write_bytes(fetched.body)
        card.write_text(write_card(fetched), encoding="utf-8")
        return Staged(self, card)


def _key(url: str) -> str:
    """Return what is equal for all ways to write an address, of a video too."""
    key, query = normalise_url(url), urlsplit(url).query
    return f"{key}?{query}" if query and video_id(url) is None else key


@dataclass(frozen=True, slots=True)
class Staged:
    """A document that is here but not kept yet. Whatever is not kept is deleted by `drop`."""

    library: Library
    card: Path

    def keep(self, fetched: Fetched, known: Source) -> Path:
        """Move the document into the library under its final card, in place of an older version; return the card.

        The document goes first: a card never stands there without one.
        """
        self.card.write_text(write_card(fetched, known), encoding="utf-8")
        target = self.library.folder / self.card.name
        durable.move(original_of(self.card), original_of(target))
        durable.move(self.card, target)
        return target

    def drop(self) -> None:
        """Delete what is left of the staging."""
        shutil.rmtree(self.card.parent, ignore_errors=True)


def discard(card: Path) -> None:
    """Delete a card and its document."""
    durable.remove(card)
    durable.remove(original_of(card))
