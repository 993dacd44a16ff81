"""What a text says about itself in its own words: title, people, dates, the original it was translated from.

Patterns live in `ingest/data/metadata.toml`. What front matter or the file format states goes before what is found here; what
the registry knows comes last.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from ingest.blocks import Block, BlockKind, Metadata
from ingest.load.dates import date_in_url, parse_date
from ingest.load.names import is_cjk, is_name_like, is_slug, merge_people, tokens
from ingest.values import Kind, Person, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

_PLACEHOLDERS: Final = {
    "NAME": r"[A-ZÀ-ÞА-Я][\w'’\-]+(?: (?:de|van|von|der|[A-ZÀ-ÞА-Я](?:\.|[\w'’\-]+))){1,3}",
    "HANDLE": r"[A-Za-z]\w{2,30}",
    "CJK": r"(?:(?![的者员师家与和])[\u4e00-\u9fff]){2,5}·(?:(?![的博与和是在访专采接了并])[\u4e00-\u9fff]){1,6}",
}
_HEAD: Final = 15
"""How many blocks at the start of a text may introduce it."""
_MAX_TITLE: Final = 160
_MAX_DATE_LINE: Final = 80
_MAX_POSITION: Final = 90
_SHARED_QUESTIONS: Final = 3
_SENTENCE_END = re.compile(r"[.!。！…:：;,，]$")
_MAX_DATED: Final = 200
_RECORDED = re.compile(
    r".*\brecorded (?:on )?(?:\w+day|\d|[A-Z])|DATE:|published\b|.{0,40}Interview Conducted by",
    re.IGNORECASE,
)
_SELF_INTRODUCTION = re.compile(r"\b(?:my name is|i am|i'm)\b", re.IGNORECASE)


@cache
def _patterns() -> Mapping[str, Mapping[str, tuple[re.Pattern[str], ...]]]:
    table = tomllib.loads(resources.files("ingest.data").joinpath("metadata.toml").read_text(encoding="utf-8"))
    return {
        section: {
            key: tuple(re.compile(_expand(pattern)) for pattern in ([patterns] if isinstance(patterns, str) else patterns))
            for key, patterns in entries.items()
        }
        for section, entries in table.items()
    }


def _expand(pattern: str) -> str:
    for placeholder, meaning in _PLACEHOLDERS.items():
        pattern = re.sub(rf"\b{placeholder}\b", meaning.replace("\\", r"\\"), pattern)
    return pattern


def textual_metadata(blocks: Sequence[Block], *, stated: Metadata, front_matter: str = "") -> Metadata:
    """Return what the blocks say, furniture included, where `stated` leaves a gap; people are those of both.

    Args:
        blocks: all blocks of the file, before furniture is dropped.
        stated: what front matter and file format say.
        front_matter: all words of the front matter; they may spell out a name that it gives as a slug.
    """
    title = stated.title or _title(blocks)
    original = stated.original_url or _original_url(blocks)
    found = tuple(_people(blocks, title or ""))
    named = tuple(
        _spelled_out(person, (front_matter, title or "", *(block.text for block in blocks))) for person in stated.people
    )
    people = _across_scripts(merge_people(named, found))
    return replace(
        stated,
        title=title,
        original_url=original,
        published=stated.published or _published(blocks, stated.url or original),
        people=people or tuple(_self_introduced(blocks, title)),
        machine_translated=stated.machine_translated or _is_machine_translated(blocks, original),
    )


def combine(first: Metadata, second: Metadata, *, translated: bool = False) -> Metadata:
    """Return `first` with its gaps filled from `second`.

    Args:
        first: what is trusted more.
        second: what fills the gaps.
        translated: `second` describes the original of a translation: only people, date and licence carry over.
    """
    return Metadata(
        title=first.title or (None if translated else second.title),
        url=first.url or (None if translated else second.url),
        published=first.published or second.published,
        language=first.language or (None if translated else second.language),
        kind=first.kind or second.kind,
        people=merge_people(first.people, second.people),
        licence=first.licence or second.licence,
        original_url=first.original_url or second.original_url,
        translation_of=first.translation_of or second.translation_of,
        machine_translated=first.machine_translated or second.machine_translated,
        digest_of=first.digest_of or second.digest_of,
        topics=first.topics or second.topics,
        id=first.id or (None if translated else second.id),
    )


def _title(blocks: Sequence[Block]) -> str | None:
    """Return the top heading; else the heading that announces an interview; else the first line if it reads as a title."""
    top = next((block.text for block in blocks if block.kind is BlockKind.HEADING and block.level == 1), None)
    if top:
        return top
    headings = [block.text for block in blocks if block.kind is BlockKind.HEADING]
    announced = next((text for text in headings if any(_matches("interviewee", "title", text))), None)
    if announced:
        return announced
    first = next((block.text for block in blocks if block.text and block.kind is not BlockKind.CUE), "")
    if first and len(first) <= _MAX_TITLE and ". " not in first and not _SENTENCE_END.search(first):
        return first
    return headings[0] if headings else None


def _matches(section: str, key: str, text: str) -> Iterator[re.Match[str]]:
    for pattern in _patterns()[section].get(key, ()):
        if match := pattern.search(text):
            yield match


def _people(blocks: Sequence[Block], title: str) -> Iterator[Person]:
    """Yield the people that title, headings, introduction and end name, interviewees first."""
    titles = [title, *(block.text for block in blocks if block.kind is BlockKind.HEADING)]
    head = [block.text for block in blocks[:_HEAD]]
    # Captions break a sentence over several cues.
    opening = [" ".join(head)] if blocks and blocks[0].kind is BlockKind.CUE else head
    for text in titles:
        yield from _named(Role.INTERVIEWEE, "title", text)
    for text in opening:
        yield from _named(Role.INTERVIEWEE, "text", text)
    for text in (*opening, *(block.text for block in blocks)):
        yield from _named(Role.INTERVIEWER, "text", text)
        yield from _named(Role.INTERVIEWEE, "line", text)
    for text in head:
        yield from _named(Role.AUTHOR, "text", text)
        for match in _matches("author", "pseudonym", text):
            yield Person(name=match["name"], role=Role.AUTHOR, aliases=(match["alias"],))


def _across_scripts(people: tuple[Person, ...]) -> tuple[Person, ...]:
    """Return the people with an interviewee named once in Latin letters and once in Chinese as one person."""
    guests = [person for person in people if person.role is Role.INTERVIEWEE]
    if len(guests) != 2 or is_cjk(guests[0].name) == is_cjk(guests[1].name):  # noqa: PLR2004
        return people
    latin, other = sorted(guests, key=lambda person: is_cjk(person.name))
    one = replace(
        latin,
        position=latin.position or other.position,
        aliases=tuple(dict.fromkeys((*latin.aliases, other.name, *other.aliases))),
    )
    return tuple(one if person is latin else person for person in people if person is not other)


def _named(role: Role, key: str, text: str) -> Iterator[Person]:
    for match in _matches(role.value, key, text):
        name = match["name"].strip()
        if is_name_like(name):
            yield Person(name=name, role=role, position=_position(match.groupdict().get("position")))
            return


def _position(text: str | None) -> str | None:
    position = re.split(r",? (?:who|and (?:we|I|how)|about|on how)\b", " ".join((text or "").split()))[0].strip(" ,，的")
    return position if position and len(position) <= _MAX_POSITION else None


def _spelled_out(person: Person, texts: Iterable[str]) -> Person:
    """Return a person known only by a slug ("annleesmith") with the name that the text spells out."""
    if not is_slug(person.name):
        return person
    for text in texts:
        words = re.findall(r"[^\W\d_][\w'’\-]*", text)
        for size in (2, 3, 4):
            for start in range(len(words) - size + 1):
                name = words[start : start + size]
                if "".join(name).casefold() == person.name and name[0][0].isupper():
                    return replace(person, name=" ".join(name), aliases=(*person.aliases, person.name))
    return person


def _self_introduced(blocks: Sequence[Block], title: str | None) -> Iterator[Person]:
    """Yield the person whose name is the title of a text that answers questions set as headings."""
    asked = [block for block in blocks if block.kind is BlockKind.HEADING and block.text.endswith(("?", "？"))]
    if not title or len(asked) < _SHARED_QUESTIONS or len(title.split()) not in {2, 3, 4}:
        return
    opening = next((block.text for block in blocks if block.kind is BlockKind.PARAGRAPH), "")
    if _SELF_INTRODUCTION.search(opening) and tokens(title) <= tokens(opening):
        yield Person(name=title, role=Role.INTERVIEWEE)


def _original_url(blocks: Sequence[Block]) -> str | None:
    for block in blocks[:_HEAD]:
        for text in (block.text, block.address):
            for match in _matches("original", "url", text):
                return match["url"].rstrip(".,;。，")
    return None


def _published(blocks: Sequence[Block], url: str | None) -> date | None:
    for block in blocks[:_HEAD]:
        whole = parse_date(block.text)
        if whole and (len(block.text) <= _MAX_DATE_LINE or (len(block.text) <= _MAX_DATED and _RECORDED.match(block.text))):
            return whole
    for block in blocks:
        if _RECORDED.match(block.text) and (day := parse_date(block.text)):
            return day
    return date_in_url(url) if url else None


def _is_machine_translated(blocks: Sequence[Block], original: str | None) -> bool:
    head = " ".join(block.text for block in blocks[:_HEAD] if len(block.text) <= _MAX_TITLE)
    if any(_matches("original", "machine", head)):
        return True
    return original is not None and any(
        pattern.search(block.text) for pattern in _patterns()["original"]["machine_remnant"] for block in blocks
    )


def kind_of(blocks: Sequence[Block], metadata: Metadata, *, spoken: bool) -> Kind:
    """Return the kind a text states, else the one its layout shows: timed speech, questions and answers, or an article."""
    if metadata.kind is not None:
        return metadata.kind
    labelled = [block for block in blocks if block.speaker is not None and block.kind is not BlockKind.BLOCK_QUOTE]
    timed = sum(block.second is not None for block in blocks)
    if spoken or timed > len(blocks) / 2:
        return Kind.TRANSCRIPT
    roles = {person.role for person in metadata.people}
    if labelled:
        return Kind.INTERVIEW if Role.INTERVIEWER in roles or Role.INTERVIEWEE in roles else Kind.TRANSCRIPT
    asked = [
        block for block in blocks if block.text.endswith(("?", "？")) and (block.kind is BlockKind.HEADING or block.emphasised)
    ]
    return Kind.INTERVIEW if Role.INTERVIEWEE in roles and len(asked) >= _SHARED_QUESTIONS else Kind.ARTICLE
