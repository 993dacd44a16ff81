"""Transcripts that live in front matter: a list of lines with time and speaker, and of section headers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.blocks import Block, BlockKind
from ingest.load.timecode import CODE, seconds
from ingest.sentences import word_count

if TYPE_CHECKING:
    from ingest.load.draft import Draft

_LISTS = ("transcript", "captions", "dialogue")
_SPEAKERS = ("who", "speaker", "name")
_MAX_NAME = 60
"""Characters; what is longer got into the wrong field."""
_LINES = ("line", "text", "content")
_FURTHEST = 300
"""Words after which the last time says too little of a line that has none: about two minutes of speech."""


def read_timed_list(draft: Draft) -> Draft:
    """Return the draft with the transcript of its front matter in front of its other blocks, if it has one.

    A line without a time has that of the line before it: whoever follows it hears the line a little later.
    """
    entries = next((value for key in _LISTS if isinstance(value := draft.front_matter.get(key), list)), None)
    if not entries:
        return draft
    blocks = tuple(_with_times(block for entry in entries if isinstance(entry, Mapping) for block in _blocks(entry)))
    rest = {key: value for key, value in draft.front_matter.items() if key not in _LISTS}
    return replace(draft, blocks=(*blocks, *draft.blocks), front_matter=rest, spoken=True)


def _blocks(entry: Mapping[str, object]) -> Iterator[Block]:
    if header := _words(entry.get("header")):
        yield Block(kind=BlockKind.HEADING, text=header, level=2)
    for key in _LINES:
        if words := _words(entry.get(key)):
            speaker = next((name for key in _SPEAKERS if 0 < len(name := _words(entry.get(key))) <= _MAX_NAME), None)
            yield Block(kind=BlockKind.CUE, text=words, speaker=speaker, second=_second(entry))
            return


def _with_times(blocks: Iterator[Block]) -> Iterator[Block]:
    """Carry times forward to lines that have none."""
    last, words = None, 0
    for block in blocks:
        if block.kind is not BlockKind.CUE:
            yield block
            continue
        if block.second is not None:
            last, words = block.second, 0
        yield replace(block, second=last if words <= _FURTHEST else None)
        words += word_count(block.text)


def _words(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _second(entry: Mapping[str, object]) -> float | None:
    for key in ("sec", "seconds", "start", "time"):
        value = entry.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        if isinstance(value, str) and re.fullmatch(CODE, value.strip()):
            return seconds(value.strip())
    return None
