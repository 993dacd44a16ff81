"""A digest taken apart: its front matter, its sections and sentences, and the line on which each thing stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from ingest.load.front_matter import split_front_matter
from ingest.sentences import split

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_HEADING = re.compile(r"^## (.*)$", re.MULTILINE)
_KEY = re.compile(r"^([a-z_]+):")


class FrontMatter(BaseModel):
    """What the head of every digest has to state, and nothing else."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str
    kind: str
    title: str
    person: str
    position: str
    aliases: list[str]
    person_role: str
    interviewer: str | None = None
    publication: str
    url: str
    published: date | None = None
    language: str
    translation_of: str | None = None
    machine_translated: bool
    topics: list[str]
    licence: str
    retrieved: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A heading or a sentence, and the number of the line on which it starts."""

    text: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A question and the sentences that answer it."""

    heading: Line
    sentences: tuple[Line, ...]

    @property
    def text(self) -> str:
        """The sentences, one a line."""
        return "\n".join(sentence.text for sentence in self.sentences)


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One file of the corpus."""

    path: Path
    front: FrontMatter
    sections: tuple[Section, ...]
    places: Mapping[str, int]
    """The line of each key of the front matter."""

    @property
    def lines(self) -> Iterator[Line]:
        """Headings and sentences in order."""
        for section in self.sections:
            yield section.heading
            yield from section.sentences

    @property
    def text(self) -> str:
        """Headings and sentences, one a line."""
        return "\n".join(line.text for line in self.lines)

    def line_of(self, key: str) -> int:
        """Return the line on which the front matter states `key`, the first where it does not."""
        return self.places.get(key, 1)


def key_lines(text: str) -> dict[str, int]:
    """Return the line of each key of a front matter."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if number > 1 and line.startswith("---"):
            break
        if key := _KEY.match(line):
            found[key[1]] = number
    return found


def read_digest(path: Path) -> Digest:
    """Take a file apart.

    Raises:
        pydantic.ValidationError: the front matter states something else than `FrontMatter`.
    """
    text = path.read_text(encoding="utf-8")
    front, body = split_front_matter(text)
    return Digest(
        path=path,
        front=FrontMatter.model_validate(front),
        sections=tuple(_sections(body, first=text.count("\n") - body.count("\n") + 1)),
        places=key_lines(text),
    )


def _sections(body: str, *, first: int) -> Iterator[Section]:
    """Yield the sections of a body whose first line has the number `first`."""
    headings = list(_HEADING.finditer(body))
    for n, heading in enumerate(headings):
        end = headings[n + 1].start() if n + 1 < len(headings) else len(body)
        text = body[heading.end() : end]
        yield Section(
            heading=Line(text=heading[1].strip(), number=first + body.count("\n", 0, heading.start())),
            sentences=tuple(
                Line(text=span.of(text), number=first + body.count("\n", 0, heading.end() + span.start)) for span in split(text)
            ),
        )
