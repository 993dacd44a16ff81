"""What stands around a text on its page: newsletter forms, comment policies, image credits, share buttons.

The patterns live in `ingest/data/boilerplate.toml`. Words of a labelled speaker are never dropped.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from ingest.blocks import Block, BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    section_to_heading: _Pattern
    section_to_end: _Pattern
    heading: _Pattern
    whole: _Pattern
    button: _Pattern
    part: _Pattern
    tail: _Pattern
    navigation: _Pattern
    inside: _Pattern
    max_heading: int
    max_part: int
    max_whole: int


@dataclass(slots=True)
class _Progress:
    """Which section is being dropped, while the blocks go by."""

    until_heading: bool = False
    until_end: bool = False
    kept: list[Block] = field(default_factory=list)


@cache
def _rules() -> _Rules:
    table = tomllib.loads(resources.files("ingest.data").joinpath("boilerplate.toml").read_text(encoding="utf-8"))
    patterns = {
        name: re.compile("|".join(f"(?:{pattern})" for pattern in table[name]["patterns"]), re.IGNORECASE)
        for name in (
            "section_to_heading", "section_to_end", "heading", "whole", "button", "part", "tail", "navigation", "inside",
        )
    }  # fmt: skip
    return _Rules(
        max_heading=table["section_to_heading"]["max_characters"],
        max_part=table["part"]["max_characters"],
        max_whole=table["whole"]["max_characters"],
        **patterns,
    )


def drop_boilerplate(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks that belong to the text itself, in order, rules that no longer part anything left out."""
    progress = _Progress()
    for block in _without_navigation(blocks):
        if not _is_dropped(block, progress):
            progress.kept.append(_without_inside(block))
    return tuple(_without_loose_layout(_without_tail(progress.kept)))


def _without_navigation(blocks: Sequence[Block]) -> Sequence[Block]:
    """Leave out what comes before the first top heading of a page that opens with its menu."""
    if not blocks or not _rules().navigation.match(blocks[0].text):
        return blocks
    tops = [index for index, block in enumerate(blocks) if block.kind is BlockKind.HEADING and block.level == 1]
    return blocks[tops[0] :] if tops else blocks


def _is_dropped(block: Block, progress: _Progress) -> bool:
    rules = _rules()
    if block.speaker is not None:
        progress.until_heading = progress.until_end = False
        return False
    if _opens(rules.section_to_end, block):
        progress.until_end = True
    elif _opens(rules.section_to_heading, block):
        progress.until_heading = True
    elif block.kind is BlockKind.HEADING:
        progress.until_heading = False
    return progress.until_end or progress.until_heading or is_furniture(block)


def _opens(pattern: _Pattern, block: Block) -> bool:
    short = len(block.text) <= _rules().max_heading and block.kind in {BlockKind.HEADING, BlockKind.PARAGRAPH}
    return short and pattern.fullmatch(block.text) is not None


def is_furniture(block: Block) -> bool:
    """Tell whether a block by itself is page furniture or an image's caption."""
    rules, text = _rules(), block.text
    if block.kind is BlockKind.HEADING and rules.heading.fullmatch(text):
        return True
    if len(text) <= rules.max_whole and rules.whole.fullmatch(text):
        return True
    if len(text) <= rules.max_whole and block.kind is not BlockKind.HEADING and rules.button.fullmatch(text):
        return True
    return len(text) <= rules.max_part and block.kind is not BlockKind.CUE and rules.part.search(text) is not None


def _without_inside(block: Block) -> Block:
    text = _rules().inside.sub("", block.text)
    return block if text == block.text else replace(block, text=" ".join(text.split()))


def _without_tail(blocks: Sequence[Block]) -> Sequence[Block]:
    """Leave out the last blocks while they ask the reader for something: to follow, share, comment."""
    end = len(blocks)
    while end and (blocks[end - 1].kind is BlockKind.RULE or _is_tail(blocks[end - 1])):
        end -= 1
    return blocks[:end]


def _is_tail(block: Block) -> bool:
    return block.speaker is None and len(block.text) <= _rules().max_part and _rules().tail.search(block.text) is not None


def _without_loose_layout(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks without empty ones, doubled rules, and rules at either end."""
    previous: Block | None = None
    for block in blocks:
        loose = block.kind is BlockKind.RULE and (previous is None or previous.kind is BlockKind.RULE)
        if not loose and (block.text or block.kind is BlockKind.RULE):
            yield block
            previous = block
