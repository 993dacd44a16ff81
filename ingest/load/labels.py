"""Speakers' labels in front of what they say ("Gary: …", "**阿德里安:** …", "Ann Lee (00:01:02): …").

A colon after a few words is found in every text, so a label is believed only where the text as a whole is a dialogue: the
label recurs, or names somebody the document is known to be about.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ingest.blocks import Block, BlockKind
from ingest.load.names import is_cjk, is_name_like, matches, stated_role
from ingest.load.timecode import CODE, seconds, split_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ingest.values import Person

_LABEL = re.compile(
    rf"^(?P<name>[^:：\[\](（){{}}\n]{{1,40}}?)\s*(?:[\[(（](?P<time>{CODE})[\])）])?\s*(?P<colon>[:：])(?P<rest>.*)$",
)
_ATTRIBUTION = re.compile(r"^(?P<quote>.{20,}?)\s*(?:[-–—―]{1,2})\s*(?P<name>[^-–—―.!?:;,\"“”]{3,40})$")
_OPENING = ('"', "“", "«", "„", "「", "『")
_LABELLED = {BlockKind.PARAGRAPH, BlockKind.CUE}
_RECURS = 2
_LEAST_TURNS = 4
_MAX_SHORT_NAME = 5
"""Characters of a Chinese or Japanese form of address."""
_COMMON_SHARE = 0.25
"""A word that the text also writes in lower case is a name only if it labels this share of the paragraphs."""


@dataclass(frozen=True, slots=True)
class _Label:
    name: str
    second: float | None
    rest: str


def label_speakers(blocks: Sequence[Block], people: Iterable[Person]) -> tuple[Block, ...]:
    """Return the blocks with believed labels cut from their text into `speaker`, and times into `second`.

    A label alone in its block goes to the block after it. A block quote that ends in its source ("… — Ann Lee") gets that
    name as its speaker, for itself only.

    Args:
        blocks: blocks in reading order, on one line each.
        people: who the document is known to be about.
    """
    if any(block.speaker is not None for block in blocks):  # the format itself says who speaks
        return tuple(map(_attributed, blocks))
    found = {index: label for index, block in enumerate(blocks) if (label := _read(block))}
    names = _believed(blocks, found, tuple(people))
    labelled = (
        _apply(block, found[index]) if index in found and found[index].name in names else _attributed(block)
        for index, block in enumerate(blocks)
    )
    return tuple(_settled(labelled))


def _read(block: Block) -> _Label | None:
    match = _LABEL.match(block.text) if block.kind in _LABELLED and block.speaker is None else None
    if not match or match["rest"].startswith("//"):
        return None
    name, rest = match["name"].strip(), match["rest"].strip()
    role = stated_role(name)
    if role is None and not is_name_like(name):
        return None
    if rest.lower().startswith(("an interview", "an oral history")):
        return None  # a heading of the record
    if role is not None and is_name_like(rest) and " " in rest and not is_cjk(rest):
        return None  # "Interviewer: Ann Lee" introduces; nobody speaks
    second, words = split_time(rest, bracketed=True)
    return _Label(name=name, second=seconds(match["time"]) if match["time"] else second, rest=words)


def _believed(blocks: Sequence[Block], found: dict[int, _Label], people: tuple[Person, ...]) -> set[str]:
    counts = Counter(label.name for label in found.values())
    known = {name for name in counts if stated_role(name) or any(matches(name, person) for person in people)}
    paragraphs = sum(block.kind in _LABELLED for block in blocks)
    text = re.sub(r"\S+[/@.]\S+", "", " ".join(found[i].rest if i in found else block.text for i, block in enumerate(blocks)))
    recurring = {
        name
        for name, count in counts.items()
        if count >= _RECURS and (is_cjk(name) or count > _COMMON_SHARE * paragraphs or not _is_common_word(name, text))
    }
    believed = known | recurring
    turns = sum(counts[name] for name in believed)
    asking = sum(label.rest.endswith(("?", "？")) for label in found.values() if label.name in recurring)
    dialogue = len(believed) >= _RECURS or any(" " in name for name in believed)
    if turns < _RECURS or (not known and asking < _RECURS and not (dialogue and turns >= _LEAST_TURNS)):
        return set()
    once = {name for name in counts if any(_is_variant(name, other) for other in believed) or _is_mentioned(name, text)}
    return believed | once


def _is_common_word(name: str, text: str) -> bool:
    return " " not in name and re.search(rf"\b{re.escape(name.lower())}\b", text) is not None


def _is_mentioned(name: str, text: str) -> bool:
    """Tell whether a label met once is a name that the text uses elsewhere."""
    if is_cjk(name):
        return len(name) <= _MAX_SHORT_NAME and text.count(name) >= _RECURS
    mentions = len(re.findall(rf"\b{re.escape(name)}\b", text))
    return name[0].isupper() and mentions >= _RECURS and not _is_common_word(name, text)


def _is_variant(name: str, believed: str) -> bool:
    """Tell whether a label met once belongs to a dialogue: a spelling of a believed one, or a first and a last name."""
    if is_cjk(name):
        return is_cjk(believed) and name[0] == believed[0]
    words = name.split()
    return words[0] == believed.split(maxsplit=1)[0] or (len(words) in {2, 3} and all(word[0].isupper() for word in words))


def _apply(block: Block, label: _Label) -> Block:
    second = block.second if label.second is None else label.second
    alone = not label.rest
    return replace(
        block, speaker=label.name, text=label.rest, second=second, emphasised=block.emphasised and not alone,
    )  # fmt: skip


def _attributed(block: Block) -> Block:
    """Return a quotation with its source as speaker; a paragraph that is one becomes a block quote."""
    quoted = block.kind is BlockKind.BLOCK_QUOTE or (block.kind is BlockKind.PARAGRAPH and block.text.startswith(_OPENING))
    match = _ATTRIBUTION.match(block.text) if quoted and block.speaker is None else None
    if not match:
        return block
    name = match["name"].strip()
    closed = block.kind is BlockKind.BLOCK_QUOTE or match["quote"].rstrip().endswith(('"', "”", "»", "“", "」", "』"))
    if not closed or not is_name_like(name) or len(name.split()) < _RECURS:
        return block
    return replace(block, kind=BlockKind.BLOCK_QUOTE, text=match["quote"].strip(), speaker=name)


def _settled(blocks: Iterable[Block]) -> Iterator[Block]:
    """Hand a label that stands alone to the next block, and take a time in brackets from the start of a block."""
    waiting: Block | None = None
    for block in blocks:
        second, text = split_time(block.text, bracketed=True)
        timed = replace(block, text=text, second=second) if second is not None and block.second is None else block
        if waiting is not None and timed.speaker is None and timed.text and timed.kind is not BlockKind.HEADING:
            timed = replace(timed, speaker=waiting.speaker, second=waiting.second if timed.second is None else timed.second)
        waiting = timed if timed.speaker is not None and not timed.text else None
        if timed.text or timed.kind is BlockKind.RULE:
            yield timed
