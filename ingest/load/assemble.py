"""From the draft of one file to what the later stages take: clean blocks with speakers, and metadata."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.blocks import Block, BlockKind, Loaded, Metadata
from ingest.clean import drop_furniture, tidy_characters
from ingest.clean.characters import tidy
from ingest.errors import UnreadableError
from ingest.language import detect
from ingest.load.front_matter import stated_metadata
from ingest.load.labels import label_speakers
from ingest.load.names import is_cjk
from ingest.load.roles import resolve_people
from ingest.metadata import combine, kind_of, textual_metadata
from ingest.values import Kind, Person, Role

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ingest.load.draft import Draft
    from ingest.registry import Registry

_SENTENCE_END = re.compile(r"[.!?。！？…]+(?:\s|$|[\"”])")
_WORDS_A_SENTENCE = 60
"""Text with longer sentences than this on average has no punctuation to speak of."""
_TRANSCRIPT = re.compile(r"\btranscripts?\b|文字稿|逐字稿|transcripci[oó]n", re.IGNORECASE)
_PSEUDONYM = re.compile(r"^\w+ is short for \w+\.")
_MOST_VALUES = 20_000
_EDITOR = "Editor"
"""Label of words about the author by somebody the text does not name."""


def assemble(draft: Draft, *, path: Path, registry: Registry) -> Loaded:
    """Return the draft cleaned, with speakers and metadata.

    Raises:
        UnreadableError: nothing is left once furniture is gone.
    """
    tidied = tidy_characters(draft.blocks)
    stated = combine(_tidy_title(stated_metadata(draft.front_matter)), _tidy_title(draft.facts))
    metadata = _with_registry(
        textual_metadata(tidied.blocks, stated=stated, front_matter=_words(draft.front_matter)), registry, path
    )
    labelled = label_speakers(tidied.blocks, metadata.people)
    cleaned = drop_furniture(_foreword_apart(labelled), broken_lines=draft.broken_lines)
    if not any(block.text and block.kind is not BlockKind.HEADING for block in cleaned.blocks):
        raise UnreadableError(f"{path}: holds no text besides page furniture; check what was saved")
    spoken = draft.spoken or _is_transcript(path, draft.blocks)
    metadata = _described(metadata, cleaned.blocks, spoken=spoken)
    return Loaded(
        blocks=cleaned.blocks,
        metadata=metadata,
        marked_speakers=metadata.kind is not Kind.TRANSCRIPT or any(block.speaker for block in cleaned.blocks),
        punctuated=_is_punctuated(cleaned.blocks),
        dropped_characters=draft.dropped_characters + tidied.dropped_characters + cleaned.dropped_characters,
        notes=(*draft.notes, *tidied.notes, *_gaps(metadata)),
    )


def _words(front_matter: Mapping[str, object]) -> str:
    """Return the strings in a front matter, one a line: of the first values only, since aliases can make it endless."""
    strings: list[str] = []
    waiting: list[object] = [front_matter]
    for _ in range(_MOST_VALUES):
        if not waiting:
            break
        value = waiting.pop()
        if isinstance(value, Mapping):
            waiting += reversed(list(value.values()))
        elif isinstance(value, list):
            waiting += reversed(value)
        elif isinstance(value, str):
            strings.append(value)
    return "\n".join(strings)


def _tidy_title(metadata: Metadata) -> Metadata:
    return replace(metadata, title=tidy(metadata.title).text or None) if metadata.title else metadata


def _with_registry(metadata: Metadata, registry: Registry, path: Path) -> Metadata:
    """Return the metadata with gaps filled from what is known about this text, or about the original it translates."""
    if known := registry.find(url=metadata.url, title=metadata.title, path=path):
        return combine(metadata, known)
    if metadata.original_url and (known := registry.find(url=metadata.original_url, title=None)):
        return combine(metadata, known, translated=True)
    return metadata


def _described(metadata: Metadata, blocks: Sequence[Block], *, spoken: bool) -> Metadata:
    people = resolve_people(blocks, metadata.people)
    metadata = replace(
        metadata,
        people=people,
        language=metadata.language or detect(" ".join(block.text for block in blocks if block.kind is not BlockKind.HEADING)),
        machine_translated=metadata.machine_translated or (bool(metadata.original_url) and _mixes_scripts(blocks, people)),
    )
    return replace(metadata, kind=kind_of(blocks, metadata, spoken=spoken))


def _mixes_scripts(blocks: Sequence[Block], people: Sequence[Person]) -> bool:
    """Tell whether one person is labelled now in one script, now in another: human translators keep to one."""
    labels = {block.speaker for block in blocks if block.speaker}
    return any(len({is_cjk(name) for name in (person.name, *person.aliases) if name in labels}) > 1 for person in people)


def _foreword_apart(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks with a section that introduces a pseudonymous author marked as another's words, not the author's."""
    result: list[Block] = []
    foreign = False
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            foreign = False
        elif _PSEUDONYM.match(block.text):
            foreign = True
        result.append(replace(block, kind=BlockKind.BLOCK_QUOTE, speaker=_EDITOR) if foreign else block)
    return tuple(result)


def _is_transcript(path: Path, blocks: Sequence[Block]) -> bool:
    named = bool(_TRANSCRIPT.search(path.stem.replace("_", " ")))
    return named or any(block.kind is BlockKind.HEADING and _TRANSCRIPT.fullmatch(block.text) for block in blocks)


def _is_punctuated(blocks: Sequence[Block]) -> bool:
    text = " ".join(block.text for block in blocks)
    words = len(text.split()) if not is_cjk(text[:2000]) else len(text) // 2
    return words <= _WORDS_A_SENTENCE * max(1, len(_SENTENCE_END.findall(text)) + text.count("。"))


def _gaps(metadata: Metadata) -> tuple[str, ...]:
    missing = [
        name
        for name, value in (
            ("title", metadata.title),
            ("url", metadata.url or metadata.original_url),
            ("date", metadata.published),
            ("people", any(person.role in {Role.INTERVIEWEE, Role.AUTHOR} for person in metadata.people) or None),
        )
        if value is None
    ]
    return (f"not stated: {', '.join(missing)}",) if missing else ()
