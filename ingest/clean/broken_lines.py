"""Paragraphs that a page or a line cut in two."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.blocks import Block, BlockKind

if TYPE_CHECKING:
    from collections.abc import Sequence

_SENTENCE_END = re.compile(r"[.!?…:;。！？：；][\"'”’)\]]*$")
_LEAST_WORDS = 5
"""Fewer words before the cut are a heading or a caption, not half a paragraph."""
_CONTINUED = {BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.BLOCK_QUOTE}


def join_broken(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks with a paragraph that starts in lower case joined, by one space, to the unfinished one before it."""
    joined: list[Block] = []
    for block in blocks:
        if joined and _goes_on(joined[-1], block):
            joined[-1] = replace(joined[-1], text=f"{joined[-1].text} {block.text}")
        else:
            joined.append(block)
    return tuple(joined)


def _goes_on(before: Block, block: Block) -> bool:
    return (
        before.kind in _CONTINUED
        and block.kind is BlockKind.PARAGRAPH
        and block.speaker is None
        and block.text[:1].islower()
        and len(before.text.split()) >= _LEAST_WORDS
        and not _SENTENCE_END.search(before.text)
    )
