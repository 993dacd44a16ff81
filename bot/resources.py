"""Where the files that travel with the code are: in a checkout beside the packages, in a wheel inside `bot/data`."""

from __future__ import annotations

import re
from pathlib import Path

_PACKAGE = Path(__file__).parent


def corpus_dir() -> Path:
    """Return the folder of the starter corpus."""
    return _find("corpus")


def prompts_dir() -> Path:
    """Return the folder of the prompt files."""
    return _find("prompts")


def operations_section(heading: str) -> str:
    """Return a section of docs/operations.md, its heading included.

    Raises:
        KeyError: it has no such section.
    """
    in_wheel = _PACKAGE / "data" / "operations.md"
    page = in_wheel if in_wheel.is_file() else _PACKAGE.parent / "docs" / "operations.md"
    sections = re.split(r"^(?=#{2,3} )", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for section in sections:
        if section.partition("\n")[0].lstrip("# ") == heading:
            return section.strip()
    raise KeyError(heading)


def data_file(name: str) -> Path:
    """Return a data file of the package `bot`."""
    return _PACKAGE / "data" / name


def _find(name: str) -> Path:
    in_wheel = _PACKAGE / "data" / name
    return in_wheel if in_wheel.is_dir() else _PACKAGE.parent / name
