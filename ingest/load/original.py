"""Cards: Markdown files whose front matter describes a document that stands beside them as it came (`NAME.md.original`).

`ingest add` writes them. What the card states goes before what the document says of itself. A folder that is searched yields
the card alone, and the card changes whenever its document does, since it holds the checksum.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ingest.load.draft import Draft

ENDING = ".original"
KEY = "document"
"""Field of the front matter that says of what format the document is: `.html`, `.pdf`, …"""
CARD = "careerbot_card"
"""Field that tells a card from a text whose front matter happens to speak of a document."""


def original_of(card: Path) -> Path:
    """Return where the document of a card stands. No card can name another place."""
    return card.with_name(card.name + ENDING)


def behind_card(draft: Draft, path: Path, read: Callable[[Path, str], Draft]) -> Draft:
    """Return the draft of the document that a card describes, stating what the card states; any other draft as it is.

    Args:
        draft: of the file at `path`.
        path: what may be a card.
        read: turns (file, suffix of its format) into a draft.

    Raises:
        UnreadableError: the document is missing or cannot be read.
    """
    suffix = draft.front_matter.get(KEY)
    if CARD not in draft.front_matter or not isinstance(suffix, str):
        return draft
    original = original_of(path)
    if not original.is_file() or original.is_symlink():
        raise UnreadableError(f"{path}: its document {original.name} is missing; add it again")
    document = read(original, suffix.lower())
    return replace(document, front_matter={**document.front_matter, **draft.front_matter})
