"""What the reader of one file format hands on: blocks as laid out, and what the file itself states."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingest.blocks import Block, Metadata

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One file, read but not cleaned."""

    blocks: tuple[Block, ...]
    front_matter: Mapping[str, object] = field(default_factory=dict)
    """The mapping at the head of the file, as YAML gives it."""
    facts: Metadata = field(default_factory=Metadata)
    """What the format states outside the text: document properties, `<meta>` elements, lines of a caption page."""
    spoken: bool = False
    """The text is the record of talk: captions, or lines with times."""
    broken_lines: bool = False
    """Lines and pages may cut a paragraph in two, as in PDF."""
    dropped_characters: int = 0
    notes: tuple[str, ...] = ()
