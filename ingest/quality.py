"""What should be known of a source before people rely on it: what was cut, what looks planted, what nobody stated.

Patterns live in `ingest/data/suspicious.toml`. Nothing is dropped because of what is found here: an interview about prompts may
well quote one.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from ingest.sentences import split
from ingest.values import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ingest.index.reader import Index
    from ingest.values import Source

INSTRUCTIONS = "instruction-like sentences"
_MOST_EXAMPLES, _LONGEST_EXAMPLE = 3, 120
_UNSTATED = re.compile(r"^not stated: (.+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One sort of suspicious text in a source."""

    kind: str
    count: int
    """Characters or sentences."""
    examples: tuple[str, ...] = ()
    """Beginnings of sentences; none where what was found is not in the index any more."""

    def __str__(self) -> str:
        return f"{self.count} {self.kind}" if self.count > 1 or self.kind == INSTRUCTIONS else self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What should be known of one source."""

    source: Source
    passages: int
    dropped_share: float
    """Characters cut as boilerplate and the like, of all that the file held: from 0.0 to 1.0."""
    suspicious: tuple[Finding, ...]
    missing: tuple[str, ...]
    """What nobody stated: title, people, url, date."""


def qualities(index: Index) -> tuple[Quality, ...]:
    """Return what should be known of every source, in the order of their ids."""
    notes = index.notes()
    return tuple(_quality(index, source, *notes[source.id]) for source in index.sources())


def _quality(index: Index, source: Source, dropped: int, notes: Sequence[str]) -> Quality:
    text = index.document(source.id).text
    return Quality(
        source=source,
        passages=len(index.keys(source.id)),
        dropped_share=dropped / (dropped + len(text)) if dropped else 0.0,
        suspicious=tuple(suspicious(text, notes)),
        missing=_missing(source, notes),
    )


def suspicious(text: str, notes: Sequence[str] = ()) -> Iterator[Finding]:
    """Yield what looks planted in a text, and what the notes of its reading say was taken out of it."""
    patterns = _patterns()
    counts: Counter[str] = Counter()
    for kind, pattern in patterns["notes"].items():
        for match in filter(None, map(pattern.search, notes)):
            counts[kind] += int(match[1]) if pattern.groups else 1
    for kind, pattern in patterns["characters"].items():
        counts[kind] += len(pattern.findall(text))
    yield from (Finding(kind=kind, count=count) for kind, count in counts.items() if count)
    planted = [sentence for sentence in _sentences(text) if _is_instruction(sentence)]
    if planted:
        examples = tuple(sentence[:_LONGEST_EXAMPLE] for sentence in planted[:_MOST_EXAMPLES])
        yield Finding(kind=INSTRUCTIONS, count=len(planted), examples=examples)


def _sentences(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if line.strip() and _is_instruction(line):  # most lines are innocent: only the others are taken apart
            parts = [part for part in (span.of(line) for span in split(line)) if _is_instruction(part)]
            yield from parts or [line]


def _is_instruction(text: str) -> bool:
    return any(pattern.search(text) for pattern in _patterns()["instructions"].values())


def _missing(source: Source, notes: Sequence[str]) -> tuple[str, ...]:
    """Return what neither the file nor the registry states; the title of a file that has none is its name."""
    unstated = [what for match in filter(None, map(_UNSTATED.match, notes)) for what in match[1].split(", ")]
    known = {
        "people": source.person(Role.INTERVIEWEE, Role.AUTHOR),
        "url": source.url or source.original_url,
        "date": source.published,
    }
    missing = [what for what, value in known.items() if value is None]
    return ("title", *missing) if "title" in unstated else tuple(missing)


@cache
def _patterns() -> Mapping[str, Mapping[str, re.Pattern[str]]]:
    text = resources.files("ingest.data").joinpath("suspicious.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return {
        "notes": {kind: re.compile(pattern) for kind, pattern in table["notes"].items()},
        "characters": {kind: re.compile(pattern) for kind, pattern in table["characters"].items()},
        "instructions": {pattern: re.compile(pattern, re.IGNORECASE) for pattern in table["instructions"]["patterns"]},
    }
