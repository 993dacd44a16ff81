"""Plain text to blocks, after finding out what sort of text it is: a .txt may be Markdown, HTML, captions or a saved page."""

from __future__ import annotations

import re
import statistics
from itertools import pairwise
from typing import TYPE_CHECKING

from ingest.blocks import Block, BlockKind
from ingest.load.caption_page import is_caption_page, read_caption_page
from ingest.load.captions import is_srt, read_captions
from ingest.load.draft import Draft
from ingest.load.inline import is_emphasised, plain, strip_hidden
from ingest.load.markdown import read_markdown
from ingest.load.timed_lines import is_timed, read_timed_lines
from ingest.load.web_page import is_html, read_html
from ingest.load.wrapped import is_heading_like, paragraphs

if TYPE_CHECKING:
    from collections.abc import Sequence

_MARKDOWN = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"^#{1,6} \S",
        r"^> \S",
        r"^(?:\* ){2}\*\s*$|^---$",
        r"\[[^\]\n]+\]\(https?://",
        r"^\*\*[^*\n]{1,40}(?:[:：]\*\*|\*\*[:：])",
    )
)
_BULLET = re.compile(r"\s*(?:[•‣▪●◦*\-–·]|\d{1,2}[.)])\s+(?=\S)")
_RULE = re.compile(r"\s*(?:[*\-_=~]\s*){3,}$")
_BLANK_SHARE = 0.2
"""Blank lines among all lines from which blank lines, not line ends, part the paragraphs."""
_WRAP_WIDTH = 100
"""Characters; lines of a run that are longer were not wrapped, each is a paragraph."""
_CUT_SHARE = 0.3
"""Lines that go on in lower case on the next, from which a text without blank lines counts as cut at page width."""


def read_plain_text(text: str) -> Draft:
    """Return the blocks of a text without a declared format."""
    if text.startswith("WEBVTT") or is_srt(text):
        return read_captions(text)
    if is_html(text):
        return read_html(text)
    if is_caption_page(text):
        return read_caption_page(text)
    if is_timed(text):
        return read_timed_lines(text)
    if text.startswith("---\n") or sum(bool(pattern.search(text)) for pattern in _MARKDOWN) > 1:
        return read_markdown(text)
    return _read_paragraphs(text)


def _read_paragraphs(text: str) -> Draft:
    shown, hidden = strip_hidden(text)
    return Draft(
        blocks=blocks_of(_paragraphs(shown.replace("\f", "\n").split("\n"))),
        broken_lines=True,
        dropped_characters=hidden,
        notes=(f"dropped {hidden} characters of hidden text",) if hidden else (),
    )


def _paragraphs(lines: Sequence[str]) -> list[str]:
    filled = [line for line in lines if line.strip()]
    blank_parted = len(lines) - len(filled) >= _BLANK_SHARE * len(lines)
    touching = [a for a, b in pairwise(lines) if a.strip() and b.strip() and not _BULLET.match(b)]
    if blank_parted and touching and statistics.median(map(len, touching)) < _WRAP_WIDTH:
        return _runs(lines)
    cut = sum(b.lstrip()[:1].islower() for b in filled[1:])
    if not blank_parted and cut > _CUT_SHARE * len(filled):
        return paragraphs(lines)
    return filled


def _runs(lines: Sequence[str]) -> list[str]:
    """Return the runs of lines between blank lines and bullets, each joined to one paragraph."""
    runs: list[str] = []
    open_run = False
    for line in lines:
        if open_run and line.strip() and not _BULLET.match(line):
            runs[-1] = f"{runs[-1]} {line.strip()}"
        elif line.strip():
            runs.append(line.strip())
        open_run = bool(line.strip())
    return runs


def blocks_of(texts: Sequence[str]) -> tuple[Block, ...]:
    """Return the blocks that paragraphs of plain text amount to; headings and bullets are told by their looks."""
    lines = [line for line in texts if line.strip()]
    blocks: list[Block] = []
    for index, line in enumerate(lines):
        following = lines[index + 1].strip() if index + 1 < len(lines) else None
        before = lines[index - 1].strip() if index else ""
        if block := _block(line.strip(), before=before, following=following):
            blocks.append(block)
    return tuple(blocks)


def _block(line: str, *, before: str, following: str | None) -> Block | None:
    if _RULE.match(line):
        return Block(kind=BlockKind.RULE, text="")
    bullet = _BULLET.match(line)
    markup = line[bullet.end() :] if bullet else line
    text = " ".join(plain(markup).split())
    if not text:
        return None
    if bullet:
        return Block(kind=BlockKind.LIST_ITEM, text=text)
    introduced = before.endswith((":", "："))
    if not introduced and not text.endswith("?") and is_heading_like(text, following):
        return Block(kind=BlockKind.HEADING, text=text, level=2 if before else 1)
    return Block(kind=BlockKind.PARAGRAPH, text=text, emphasised=is_emphasised(markup))
