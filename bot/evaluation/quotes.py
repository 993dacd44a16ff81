"""Sentences to restate: what people said in the interviews, and prose of other kinds for languages without interviews."""

from __future__ import annotations

import random
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from bot.evaluation.data import read_lines
from bot.resources import data_file
from ingest.errors import IngestError
from ingest.sentences import split
from ingest.settings import default_registry
from ingest.stages import real_stages
from ingest.values import Role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.evaluation.bench import Bench

LANGUAGES = ("en", "zh", "es", "de", "fr", "pt", "ru", "ja")
WRITTEN = ("es", "de", "ru")
"""Languages whose sentences come from XQuAD: prose about the world, put into somebody's mouth."""
_SHORTEST, _LONGEST = 30, 240
_SHORTEST_DENSE, _LONGEST_DENSE = 12, 90
"""Characters, the second pair for Chinese and Japanese; the upper bounds are what the product restates."""
_UNFIT = re.compile(r"[\[\]{}<>*_|#@\\\"“”„«»「」『』:;()（）：；…]|https?|\.\.|--|[?？]")
_INVENTED_SPEAKERS = {"es": "Ana Ruiz", "de": "Jana Krüger", "ru": "Анна Орлова", "fr": "Julie Renaud", "pt": "Inês Lobo"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence, whose words it is, and where it comes from."""

    text: str
    speaker: str
    language: str
    origin: str


def sentences(bench: Bench, language: str, *, most: int) -> list[Said]:
    """Return up to `most` different sentences of `language` that a restatement can be made of, always the same ones."""
    if language in {"en", "zh"}:
        found = list(_spoken(bench.data / "interviews", language))
    elif language in WRITTEN:
        found = list(_written(bench.data / "xquad" / f"corpus.{language}.jsonl", language))
    else:
        found = list(_invented(language))
    unique = list({item.text: item for item in found if _fits(item)}.values())
    random.Random(f"careerbot {language}").shuffle(unique)  # noqa: S311 - nothing secret
    return unique[:most]


def _spoken(folder: Path, language: str) -> Iterator[Said]:
    stages = real_stages(default_registry())
    for path in sorted(folder.rglob("*")):
        if path.is_dir() or path.suffix == ".jsonl" or not stages.accepts(path):
            continue
        try:
            ingested = stages.parse(path, folder)
        except IngestError:
            continue
        for passage in ingested.passages:
            if passage.language == language and passage.speaker and passage.role in {Role.INTERVIEWEE, Role.AUTHOR}:
                for sentence in passage.sentences:
                    text = " ".join(sentence.span.of(ingested.document.text).split())
                    yield Said(text=text, speaker=passage.speaker, language=language, origin=path.parent.name)


def _written(path: Path, language: str) -> Iterator[Said]:
    for row in read_lines(path):
        for span in split(row["text"]):
            clean = " ".join(span.of(row["text"]).replace("\ufeff", "").split())
            yield Said(text=clean, speaker=_INVENTED_SPEAKERS[language], language=language, origin="xquad")


@cache
def _invented_sentences() -> dict[str, list[str]]:
    return tomllib.loads(data_file("invented_sentences.toml").read_text(encoding="utf-8"))


def _invented(language: str) -> Iterator[Said]:
    for text in _invented_sentences()[language]:
        yield Said(text=text, speaker=_INVENTED_SPEAKERS.get(language, "高橋葵"), language=language, origin="invented")


def _fits(said: Said) -> bool:
    dense = said.language in {"zh", "ja"}
    low, high = (_SHORTEST_DENSE, _LONGEST_DENSE) if dense else (_SHORTEST, _LONGEST)
    ends = "。！" if dense else "."
    return low <= len(said.text) <= high and said.text[-1] in ends and not _UNFIT.search(said.text)
