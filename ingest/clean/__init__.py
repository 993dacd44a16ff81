"""Cleaning: the blocks of a file without mis-encodings, invisible characters, page furniture and page breaks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ingest.blocks import Block, BlockKind
from ingest.clean.boilerplate import drop_boilerplate
from ingest.clean.broken_lines import join_broken
from ingest.clean.characters import tidy

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Cleaned", "drop_furniture", "tidy_characters"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """Blocks after a step of cleaning, how many characters it cut, and what whoever added the file should know."""

    blocks: tuple[Block, ...]
    dropped_characters: int = 0
    notes: tuple[str, ...] = ()


def tidy_characters(blocks: Sequence[Block]) -> Cleaned:
    """Return the blocks with foreign characters gone; blocks left empty go too."""
    tidied = [(block, tidy(block.text)) for block in blocks]
    kept = tuple(
        block if found.text == block.text else replace(block, text=found.text)
        for block, found in tidied
        if found.text or block.kind is BlockKind.RULE
    )
    invisible = sum(found.invisible for _, found in tidied)
    reordering = sum(found.reordering for _, found in tidied)
    mojibake = sum(found.mojibake for _, found in tidied)
    notes = (
        f"removed {invisible} invisible characters" if invisible else "",
        f"removed {reordering} characters that reorder or hide text" if reordering else "",
        f"mended mis-encoded characters in {mojibake} blocks" if mojibake else "",
    )
    return Cleaned(blocks=kept, dropped_characters=invisible, notes=tuple(note for note in notes if note))


def drop_furniture(blocks: Sequence[Block], *, broken_lines: bool) -> Cleaned:
    """Return the blocks without boilerplate; with `broken_lines`, paragraphs that pages cut are joined again."""
    kept = drop_boilerplate(blocks)
    dropped = sum(len(block.text) for block in blocks) - sum(len(block.text) for block in kept)
    return Cleaned(blocks=join_broken(kept) if broken_lines else kept, dropped_characters=dropped)
