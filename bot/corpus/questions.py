"""`corpus/questions.toml`: what readers may ask of each digest, and what it does not know."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, RootModel

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "questions.toml"
_PREFIX = "asks_"


class _Entry(BaseModel):
    """An entry as the file states it; `asks_xx` holds the questions in the language xx."""

    model_config = ConfigDict(extra="allow", strict=True)
    __pydantic_extra__: dict[str, list[str]]

    asks: list[str]
    does_not_know: str


class _File(RootModel[dict[str, _Entry]]):
    """All entries by the digest's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """The questions of one digest."""

    digest: str
    asks: tuple[str, ...]
    """English questions that the digest answers."""
    asks_in: Mapping[str, tuple[str, ...]]
    """Such questions in other languages, by language."""
    does_not_know: str
    """An English question that sounds near but that no digest answers."""


def read_questions(folder: Path) -> dict[str, Questions]:
    """Return the questions of every digest, by its id.

    Raises:
        pydantic.ValidationError: an entry lacks something or states something else.
        tomllib.TOMLDecodeError: the file is no TOML.
    """
    entries = _File.model_validate(tomllib.loads((folder / FILE).read_text(encoding="utf-8"))).root
    return {
        name: Questions(
            digest=name,
            asks=tuple(entry.asks),
            asks_in={key.removeprefix(_PREFIX): tuple(asks) for key, asks in (entry.model_extra or {}).items()},
            does_not_know=entry.does_not_know,
        )
        for name, entry in entries.items()
    }
