"""Markdown to blocks: a line-based reader that tolerates the broken markup of scraped and translated pages."""

from __future__ import annotations

import re
import statistics
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from ingest.blocks import Block, BlockKind
from ingest.load.draft import Draft
from ingest.load.front_matter import split_front_matter
from ingest.load.inline import is_emphasised, labelled_address, plain, strip_hidden

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADING = re.compile(r" {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})\s*$")
_RULE = re.compile(r" {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$")
_BULLET = re.compile(r"(\s*)(?:[*+\-•‣·]|\d{1,3}[.)])\s+(?=\S)")
_INTERRUPTS = re.compile(r"\s*(?:[*+\-•‣]|1[.)])\s+\S")
_EMPTY_BULLET = re.compile(r"\s*[*+\-•]\s*$")
_QUOTE = re.compile(r" {0,3}>\s?")
_FENCE = re.compile(r"\s{0,3}(```+|~~~+)")
_DEFINITION = re.compile(r"\s{0,3}\[[^\]]+\]:\s+\S")
_ATTRIBUTE = re.compile(r"\{:[^}]*\}")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TABLE_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)+\|?\s*$")
_LONG_LINE = 120
"""Characters. A writer who wraps lines stays below; where most lines are longer, each line is a paragraph."""


def read_markdown(text: str) -> Draft:
    """Return the blocks of a Markdown text and its front matter; code is left out and counted as dropped."""
    front_matter, body = split_front_matter(text)
    body, hidden = strip_hidden(_COMMENT.sub("", body))
    reader = _Reader(line_is_paragraph=_line_is_paragraph(body))
    for line in body.expandtabs(4).split("\n"):
        reader.line(line)
    reader.flush()
    notes = (f"dropped {hidden} characters of hidden text",) if hidden else ()
    return Draft(
        blocks=tuple(reader.blocks),
        front_matter=front_matter,
        dropped_characters=reader.dropped + hidden,
        notes=notes,
    )


def _line_is_paragraph(body: str) -> bool:
    lines = [line.strip() for line in body.split("\n")]
    pairs = [(a, b) for a, b in pairwise(lines) if a]
    touching = sum(bool(b) for _, b in pairs)
    return bool(pairs) and touching > len(pairs) / 2 and statistics.median(len(a) for a, _ in pairs) > _LONG_LINE


@dataclass(slots=True, kw_only=True)
class _Reader:
    """Collects lines until a block ends."""

    line_is_paragraph: bool
    blocks: list[Block] = field(default_factory=list)
    dropped: int = 0
    kind: BlockKind = BlockKind.PARAGRAPH
    lines: list[str] = field(default_factory=list)
    fence: str = ""

    def line(self, line: str) -> None:
        """Take the next line."""
        if self._in_code(line) or self._is_layout(line):
            return
        if quote := _QUOTE.match(line):
            self._quote(line[quote.end() :])
        elif (bullet := _BULLET.match(line)) and self._may_start_item(line):
            self._start(BlockKind.LIST_ITEM, line[bullet.end() :])
        elif "|" in line and line.strip().startswith("|"):
            self._start(BlockKind.LIST_ITEM, line.strip().strip("|"))
            self.flush()
        else:
            self._continue(line)

    def flush(self) -> None:
        """End the block under way."""
        for part in self._paragraphs():
            text = " ".join(plain(part).split())
            if text:
                self.blocks.append(
                    Block(
                        kind=self.kind,
                        text=text,
                        emphasised=is_emphasised(part.strip()),
                        address=labelled_address(part.strip()),
                    )
                )
        self.lines, self.kind = [], BlockKind.PARAGRAPH

    def _paragraphs(self) -> Iterator[str]:
        lines = [_ATTRIBUTE.sub("", line) for line in self.lines]
        if self.line_is_paragraph:
            yield from lines
            return
        part: list[str] = []
        for line in lines:
            broken = line.endswith("\\")  # a hard line break
            part.append(line.removesuffix("\\"))
            if broken:
                yield "\n".join(part)
                part = []
        yield "\n".join(part)

    def _in_code(self, line: str) -> bool:
        mark = _FENCE.match(line)
        if self.fence:
            self.dropped += len(line)
            if mark and mark[1].startswith(self.fence):
                self.fence = ""
            return True
        if mark and "`" not in line[mark.end() :]:
            self.flush()
            self.fence = mark[1]
            return True
        return False

    def _is_layout(self, line: str) -> bool:
        """Deal with a line that is no text: blank, rule, heading, underline of a heading, link definition."""
        if self._ends_block(line):
            self.flush()
        elif (under := _UNDERLINE.match(line)) and len(self.lines) == 1 and self.kind is BlockKind.PARAGRAPH:
            title = self.lines.pop()
            self._heading(title, 1 if under[1].startswith("=") else 2)
        elif _RULE.match(line):
            self.flush()
            self.blocks.append(Block(kind=BlockKind.RULE, text=""))
        elif heading := _HEADING.match(line):
            self.flush()
            self._heading(heading[2], len(heading[1]))
        else:
            return False
        return True

    def _ends_block(self, line: str) -> bool:
        return not line.strip() or any(pattern.match(line) for pattern in (_EMPTY_BULLET, _DEFINITION, _TABLE_RULE))

    def _heading(self, markup: str, level: int) -> None:
        text = " ".join(plain(markup).split())
        if text:
            self.blocks.append(Block(kind=BlockKind.HEADING, text=text, level=level))

    def _may_start_item(self, line: str) -> bool:
        return not self.lines or self.kind is BlockKind.LIST_ITEM or bool(_INTERRUPTS.match(line))

    def _quote(self, line: str) -> None:
        if not line.strip():
            self.flush()
        elif self.kind is BlockKind.BLOCK_QUOTE and self.lines:
            self.lines.append(line)
        else:
            self._start(BlockKind.BLOCK_QUOTE, line)

    def _start(self, kind: BlockKind, line: str) -> None:
        self.flush()
        self.kind = kind
        self.lines = [line]

    def _continue(self, line: str) -> None:
        self.lines.append(line.strip() if self.lines else line)
