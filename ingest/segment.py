"""From blocks to the canonical text of a document and its segments with exact offsets."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from ingest.blocks import Block, BlockKind, Loaded
from ingest.cast import cast
from ingest.questions import addresses, ends_asking, hosts
from ingest.sentences import MINIMUM_WORDS, split, word_count
from ingest.speech import Unit, spoken
from ingest.turns import Said, attribute
from ingest.values import Person, Role, Segment, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PARAGRAPH_BREAK, ITEM_BREAK, CUE_BREAK = "\n\n", "\n", " "


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A block, or a run of one speaker's cues, with what goes in front of it in the text."""

    text: str
    said: Said
    separator: str
    times: tuple[tuple[int, float | None], ...]
    """Where in `text` each block starts, and its second."""
    is_spoken: bool
    """Whether its sentences are segments of their own."""

    def second(self, offset: int) -> float | None:
        """Return the second at which the character at `offset` is said."""
        return self.times[bisect_right([start for start, _ in self.times], offset) - 1][1]


def segment(loaded: Loaded, source_people: Sequence[Person]) -> tuple[str, tuple[Segment, ...]]:
    """Return the canonical text of `loaded` and its segments in order.

    Blocks are joined by an empty line, a list item to what precedes it by a line break, consecutive cues of one speaker by a
    space. A segment is a heading, a paragraph or a list item; in captions and in text without marked speakers, a sentence (or a
    unit of unpunctuated speech), with its second.
    """
    said = attribute(loaded, cast(loaded, source_people), loaded.metadata.language or "en")
    text, segments = "", list[Segment]()
    for piece in _pieces(loaded.blocks, said):
        text += piece.separator if text else ""
        segments.extend(_segments(piece, len(text), is_punctuated=loaded.punctuated))
        text += piece.text
    return text, tuple(segments)


def is_list_item(text: str, span: Span) -> bool:
    """Tell whether the segment at `span` is an item of a list: a single line break stands in front of it."""
    return text[max(0, span.start - 2) : span.start].endswith(ITEM_BREAK) and not text[: span.start].endswith(PARAGRAPH_BREAK)


def _pieces(blocks: Sequence[Block], said: Sequence[Said]) -> Iterator[_Piece]:
    pairs = [(block, whose) for block, whose in zip(blocks, said, strict=True) if block.text]
    for is_cue, group in groupby(pairs, key=lambda pair: (pair[0].kind is BlockKind.CUE, pair[1].role, pair[1].speaker)):
        if is_cue[0]:
            yield _cue_run(list(group))
        else:
            yield from (_single(block, whose) for block, whose in group)


def _single(block: Block, said: Said) -> _Piece:
    separator = ITEM_BREAK if block.kind is BlockKind.LIST_ITEM else PARAGRAPH_BREAK
    is_spoken = said.role is Role.UNKNOWN and not said.is_heading
    return _Piece(text=block.text, said=said, separator=separator, times=((0, block.second),), is_spoken=is_spoken)


def _cue_run(cues: Sequence[tuple[Block, Said]]) -> _Piece:
    text, times = "", list[tuple[int, float | None]]()
    for block, _ in cues:
        text += CUE_BREAK if text else ""
        times.append((len(text), block.second))
        text += block.text
    said = Said(role=cues[0][1].role, speaker=cues[0][1].speaker)
    return _Piece(text=text, said=said, separator=PARAGRAPH_BREAK, times=tuple(times), is_spoken=True)


def _segments(piece: _Piece, offset: int, *, is_punctuated: bool) -> Iterator[Segment]:
    for unit in _units(piece, is_punctuated=is_punctuated):
        yield Segment(
            span=Span(offset + unit.span.start, offset + unit.span.end),
            role=piece.said.role,
            speaker=piece.said.speaker,
            is_question=unit.is_question,
            is_heading=piece.said.is_heading,
            second=piece.second(unit.span.start),
        )


def _units(piece: _Piece, *, is_punctuated: bool) -> tuple[Unit, ...]:
    if not piece.is_spoken:
        return (Unit(span=Span(0, len(piece.text)), is_question=piece.said.is_question),)
    if not is_punctuated:
        return spoken(piece.text)
    spans = split(piece.text)
    return tuple(Unit(span=span, is_question=_is_host(span.of(piece.text), piece.said.role)) for span in spans)


def _is_host(sentence: str, role: Role) -> bool:
    """Tell whether a spoken sentence is the host's: where speakers are not marked, a question to somebody, or a greeting."""
    if role is not Role.UNKNOWN:
        return role is Role.INTERVIEWER and ends_asking(sentence)
    return hosts(sentence) or (ends_asking(sentence) and addresses(sentence) and word_count(sentence) > MINIMUM_WORDS)
