"""What a loader hands to the stages after it: the blocks of a text in reading order, and what the file says about itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from ingest.values import Kind, Person


class BlockKind(StrEnum):
    """The layout role of a block."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    BLOCK_QUOTE = "block_quote"
    RULE = "rule"
    """A separator line (`* * *`); its text is empty."""
    CUE = "cue"
    """A caption cue or a transcript line with a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block of text, free of markup, on one line, with white space collapsed and in Unicode NFC."""

    kind: BlockKind
    text: str
    level: int = 0
    """Depth of a heading, 1 for the highest; 0 elsewhere."""
    speaker: str | None = None
    """The label in front of the text as it stands there ("Gary", "阿德里安"), already cut from `text`."""
    second: float | None = None
    emphasised: bool = False
    """The whole block was bold or italic, as questions in interviews often are."""
    address: str = ""
    """Of a block that begins with a label and a link ("Original: [Title](https://…)"), the two without the link's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What is known about a text before its content is understood. Absent facts are None or empty."""

    title: str | None = None
    url: str | None = None
    published: date | None = None
    language: str | None = None
    kind: Kind | None = None
    people: tuple[Person, ...] = ()
    licence: str | None = None
    original_url: str | None = None
    """URL of the text that this one is a translation of, where the text itself names it."""
    translation_of: str | None = None
    """Source id of the original, where front matter names it."""
    machine_translated: bool = False
    digest_of: str | None = None
    topics: tuple[str, ...] = ()
    id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """One file, read and cleaned: ready to be segmented."""

    blocks: tuple[Block, ...]
    metadata: Metadata
    marked_speakers: bool = True
    """False where words of several people run together unmarked, as in automatic captions."""
    punctuated: bool = True
    """False for automatic captions, whose sentences have to be found without full stops."""
    dropped_characters: int = 0
    """Characters of boilerplate and page furniture that were cut."""
    notes: tuple[str, ...] = field(default=())
