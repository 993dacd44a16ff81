"""WebVTT and SubRip captions to cues."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from io import StringIO
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from ingest.blocks import Block, BlockKind
from ingest.load.draft import Draft

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_SRT = re.compile(r"\A\s*\d+[ \t]*\n\d{1,2}:\d\d:\d\d[,.]\d{1,3}\s*-->")
_VOICE = re.compile(r"<v(?:\.[^\s>]+)?\s+([^>]+)>")
_TAG = re.compile(r"<[^<>]*>|\{\\[^}]*\}")
_ROLLING_SHARE = 0.3
"""Cues that begin with the line before them, from which captions count as rolling."""


class MalformedCaptionsError(ValueError):
    """The text does not follow its caption format."""


class _Caption(Protocol):
    raw_text: str
    start: str
    start_in_seconds: int


@dataclass(frozen=True, slots=True)
class _Line:
    second: float
    text: str
    speaker: str | None


def is_srt(text: str) -> bool:
    """Tell whether `text` begins as SubRip captions do."""
    return _SRT.match(text) is not None


def read_captions(text: str) -> Draft:
    """Return one cue for each caption, with its voice and second; lines that roll up the screen are taken once.

    Raises:
        MalformedCaptionsError: the text is neither WebVTT nor SubRip.
    """
    written = [list(lines) for lines in _cues(text)]
    cues = _in_order(written)
    kept = _unrolled(cues) if _is_rolling(cues) else cues
    blocks = tuple(block for lines in kept for block in _blocks(lines))
    before, after = (sum(len(line.text) for lines in some for line in lines) for some in (cues, kept))
    notes = () if cues is written else ("captions stood out of order; they were sorted by time",)
    return Draft(blocks=blocks, spoken=True, dropped_characters=before - after, notes=notes)


def _in_order(cues: list[list[_Line]]) -> list[list[_Line]]:
    """Return the captions by their time: the same list where they stand so, else a sorted one without empty captions."""
    worded = [lines for lines in cues if lines]
    if all(before[0].second <= after[0].second for before, after in pairwise(worded)):
        return cues
    return sorted(worded, key=lambda lines: lines[0].second)


def _cues(text: str) -> Iterator[Iterator[_Line]]:
    from webvtt.errors import MalformedCaptionError, MalformedFileError  # noqa: PLC0415

    try:
        captions = _parse(text)
    except (MalformedCaptionError, MalformedFileError, ValueError) as error:
        raise MalformedCaptionsError(str(error) or type(error).__name__) from error
    for caption in captions:
        yield _lines(caption.raw_text, float(caption.start_in_seconds) + _fraction(caption.start))


def _parse(text: str) -> Iterable[_Caption]:
    import webvtt  # noqa: PLC0415

    captions: Iterable[_Caption]
    captions = webvtt.from_string(text) if text.startswith("WEBVTT") else webvtt.from_buffer(StringIO(text), format="srt")
    return captions


def _fraction(time: str) -> float:
    match = re.search(r"[.,](\d{1,3})$", time)
    return float(f"0.{match[1]}") if match else 0.0


def _lines(raw: str, second: float) -> Iterator[_Line]:
    speaker: str | None = None
    for line in raw.split("\n"):
        voices = list(_VOICE.finditer(line))
        starts = [0, *(match.start() for match in voices), len(line)]
        for index, (start, end) in enumerate(pairwise(starts)):
            if index:
                speaker = voices[index - 1][1].strip()
            words = " ".join(html.unescape(_TAG.sub("", line[start:end])).split())
            if words:
                yield _Line(second, words, speaker)


def _is_rolling(cues: Sequence[Sequence[_Line]]) -> bool:
    pairs = [(a, b) for a, b in pairwise(cues) if a and b]
    repeats = sum(a[-1].text == b[0].text for a, b in pairs)
    return bool(pairs) and repeats > _ROLLING_SHARE * len(pairs)


def _unrolled(cues: Sequence[Sequence[_Line]]) -> list[list[_Line]]:
    result: list[list[_Line]] = []
    shown: set[str] = set()
    for lines in cues:
        result.append([line for line in lines if line.text not in shown])
        shown = {line.text for line in lines}
    return result


def _blocks(lines: Sequence[_Line]) -> Iterator[Block]:
    """Yield one cue for each voice of a caption."""
    voice: list[_Line] = []
    for line in lines:
        if voice and line.speaker != voice[0].speaker:
            yield _cue(voice)
            voice = []
        voice.append(line)
    if voice:
        yield _cue(voice)


def _cue(lines: Sequence[_Line]) -> Block:
    words = " ".join(line.text for line in lines)
    return Block(kind=BlockKind.CUE, text=words, speaker=lines[0].speaker, second=round(lines[0].second, 3))
