"""The corpus as a whole: every digest, the list of topics, the questions and the register of originals."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from bot.corpus.digest import Digest, key_lines, read_digest
from bot.corpus.faults import Fault, line_with
from bot.corpus.questions import FILE as QUESTIONS
from bot.corpus.questions import Questions, read_questions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pydantic_core import ErrorDetails

README, TOPICS, SOURCES = "README.md", "topics.toml", "sources.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """What could be read of a corpus."""

    folder: Path
    digests: tuple[Digest, ...]
    topics: Mapping[str, Mapping[str, str]]
    questions: Mapping[str, Questions]
    sources: tuple[Mapping[str, Any], ...]

    @property
    def originals(self) -> list[Digest]:
        """The digests that are no translations."""
        return [digest for digest in self.digests if digest.front.translation_of is None]

    @property
    def translations(self) -> list[Digest]:
        """The digests that are translations."""
        return [digest for digest in self.digests if digest.front.translation_of is not None]

    def find(self, name: str) -> Digest | None:
        """Return the digest whose id is `name`."""
        return next((digest for digest in self.digests if digest.front.id == name), None)

    def languages(self, name: str) -> dict[str, Digest]:
        """Return a digest and its translations by their language."""
        return {
            digest.front.language: digest for digest in self.digests if name in {digest.front.id, digest.front.translation_of}
        }


def read_corpus(folder: Path) -> tuple[Corpus, list[Fault]]:
    """Return what can be read of the corpus in `folder`, and what cannot."""
    faults: list[Fault] = []
    corpus = Corpus(
        folder=folder,
        digests=tuple(_digests(folder, faults)),
        topics=_toml(folder / TOPICS, faults),
        questions=_questions(folder, faults),
        sources=tuple(_toml(folder / SOURCES, faults).get("source", ())),
    )
    return corpus, faults


def _digests(folder: Path, faults: list[Fault]) -> Iterator[Digest]:
    for path in sorted(folder.glob("*.md")):
        if path.name == README:
            continue
        try:
            yield read_digest(path)
        except ValidationError as error:
            places = key_lines(path.read_text(encoding="utf-8"))
            for each in error.errors():
                key = str(each["loc"][0]) if each["loc"] else "front matter"
                faults.append(Fault(path=path, line=places.get(key, 1), text=f"{key}: {_what(each)}"))


def _what(error: ErrorDetails) -> str:
    told = {"missing": "is missing", "extra_forbidden": "is no key of a digest"}
    return told.get(error["type"], error["msg"].lower())


def _questions(folder: Path, faults: list[Fault]) -> Mapping[str, Questions]:
    path = folder / QUESTIONS
    try:
        return read_questions(folder)
    except ValidationError as error:
        for each in error.errors():
            loc: Sequence[int | str] = each["loc"]
            line = line_with(path, f"[{loc[0]}]") if loc else 1
            faults.append(Fault(path=path, line=line, text=f"{'.'.join(map(str, loc))}: {_what(each)}"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        faults.append(Fault(path=path, line=1, text=f"cannot be read: {error}"))
    return {}


def _toml(path: Path, faults: list[Fault]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        faults.append(Fault(path=path, line=1, text=f"cannot be read: {error}"))
        return {}
