"""A page saved around a video's automatic captions: title, furniture, `Captions`, one run of words, `Info` and facts."""

from __future__ import annotations

import re

from ingest.blocks import Block, BlockKind, Metadata
from ingest.load.dates import parse_date
from ingest.load.draft import Draft
from ingest.values import Kind

_START = re.compile(r"^(?:Captions|Transcript|Subtitles)[ \t]*$", re.MULTILINE | re.IGNORECASE)
_END = re.compile(r"^(?:Info|Information|Video Information)[ \t]*$", re.MULTILINE | re.IGNORECASE)
_FACT = re.compile(r"^(Channel|Id|Video Id|Length|Published|Language|Url)[ \t]*:[ \t]*(\S.*)$", re.MULTILINE | re.IGNORECASE)
_VIDEO_ID = re.compile(r"[\w-]{11}")
_LEAST_FACTS = 2


def is_caption_page(text: str) -> bool:
    """Tell whether `text` has the parts of such a page in their order."""
    start = _START.search(text)
    end = _END.search(text, start.end()) if start else None
    return end is not None and len(_FACT.findall(text, end.end())) >= _LEAST_FACTS


def read_caption_page(text: str) -> Draft:
    """Return the title and the captions; what stands around them is dropped once its facts are taken."""
    start = _START.search(text)
    end = _END.search(text, start.end()) if start else None
    if start is None or end is None:
        raise ValueError("not a caption page")
    facts = {key.lower(): value.strip() for key, value in _FACT.findall(text, end.end())}
    title = " ".join(next((line for line in text.split("\n") if line.strip()), "").split())
    spoken = [" ".join(line.split()) for line in text[start.end() : end.start()].split("\n") if line.strip()]
    blocks = (
        Block(kind=BlockKind.HEADING, text=title, level=1),
        *(Block(kind=BlockKind.CUE, text=line) for line in spoken),
    )
    return Draft(
        blocks=blocks,
        facts=_metadata(title, facts),
        spoken=True,
        dropped_characters=len("".join(text.split())) - sum(len("".join(block.text.split())) for block in blocks),
    )


def _metadata(title: str, facts: dict[str, str]) -> Metadata:
    video = facts.get("id") or facts.get("video id") or ""
    url = f"https://www.youtube.com/watch?v={video}" if _VIDEO_ID.fullmatch(video) else facts.get("url")
    return Metadata(title=title, url=url, published=parse_date(facts.get("published")), kind=Kind.TRANSCRIPT)
