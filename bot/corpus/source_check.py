"""`docs/corpus-source-check.toml`: which digests were held against their sources in a separate pass, and what that found."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.corpus.faults import Fault, line_with

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.corpus.whole import Corpus


class SourceCheck(BaseModel):
    """One reading of a digest beside its source."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id: str
    date: date
    method: str
    statements: int
    """Sentences of the digest that were held against the source."""
    faults: int
    """Statements found wrong, or beyond the source."""
    corrected: list[str]
    """What was wrong, in our own words; all of it is corrected."""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    check: list[SourceCheck]


def read_source_checks(path: Path) -> list[SourceCheck]:
    """Return the record; none where there is no file.

    Raises:
        pydantic.ValidationError: the file states something else.
        tomllib.TOMLDecodeError: the file is no TOML.
    """
    if not path.is_file():
        return []
    return _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).check


def source_check_faults(path: Path, corpus: Corpus) -> Iterator[Fault]:
    """Yield what is wrong with the record."""
    try:
        checks = read_source_checks(path)
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        yield Fault(path=path, line=1, text=f"is no record of checks: {' '.join(str(error).split())[:200]}")
        return
    for check in checks:
        line = line_with(path, f'id = "{check.id}"')
        digest = corpus.find(check.id)
        if digest is None:
            yield Fault(path=path, line=line, text=f"there is no digest {check.id}")
        elif not 0 <= check.faults <= check.statements or check.date < digest.front.retrieved:
            yield Fault(path=path, line=line, text="more faults than statements, or a check from before the digest")
        elif bool(check.faults) != bool(check.corrected):
            yield Fault(path=path, line=line, text=f"{check.faults} faults, {len(check.corrected)} corrections")
