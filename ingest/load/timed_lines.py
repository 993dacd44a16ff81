"""Transcripts whose lines each begin with a time."""

from __future__ import annotations

from ingest.blocks import Block, BlockKind
from ingest.load.draft import Draft
from ingest.load.timecode import split_time

_SHARE = 0.5
"""Of the lines that hold text, how many must begin with a time."""
_LEAST = 3


def is_timed(text: str) -> bool:
    """Tell whether most lines of `text` begin with a time."""
    lines = [line for line in text.split("\n") if line.strip()]
    timed = sum(split_time(line.strip())[0] is not None for line in lines)
    return timed >= _LEAST and timed > _SHARE * len(lines)


def read_timed_lines(text: str) -> Draft:
    """Return one cue for each line that begins with a time; a line without one continues the cue before it."""
    blocks: list[Block] = []
    for line in text.split("\n"):
        second, words = split_time(line.strip())
        words = " ".join(words.split())
        if not words:
            continue
        if second is None and blocks and blocks[-1].kind is BlockKind.CUE:
            before = blocks.pop()
            blocks.append(Block(kind=BlockKind.CUE, text=f"{before.text} {words}", second=before.second))
        else:
            kind = BlockKind.PARAGRAPH if second is None else BlockKind.CUE
            blocks.append(Block(kind=kind, text=words, second=second))
    return Draft(blocks=tuple(blocks), spoken=True)
