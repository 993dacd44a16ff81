"""Names as automatic captions mishear them, so that a question for "Kaggle" also finds what was written down for it.

Search only: a quote is never edited. Besides the names that come with the package, a home may hold an `aliases.toml`.
"""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from bot.resources import data_file
from ingest import lexical
from ingest.errors import UsageError
from ingest.home import ALIASES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SHORTEST = 4
"""Letters of a word that is searched for; shorter ones would find too much."""

Heard = dict[str, tuple[str, ...]]
"""The words that stand for a name, by the name's own words."""


def heard_forms(text: str, home: Path | None = None) -> list[str]:
    """Return the search terms under which the names in `text` may have been misheard.

    Args:
        text: a question.
        home: the folder that may hold an `aliases.toml` of its own; one that cannot be read is left out (`bot doctor` tells).
    """
    words = set(lexical.words(text))
    known = [_bundled(), _own(home / ALIASES)] if home else [_bundled()]
    return list(dict.fromkeys(form for heard in known for name, forms in heard.items() if name in words for form in forms))


def read_own(home: Path) -> Heard:
    """Return the names in a home's own file, none where there is no file.

    Raises:
        UsageError: the file cannot be read.
    """
    path = home / ALIASES
    try:
        return _understood(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise UsageError(f'{path}: expected alias = [{{ name = "…", heard = ["…"] }}] ({error}); mend it') from error


def _own(path: Path) -> Heard:
    try:
        stamp = path.stat()
    except OSError:
        return {}
    return _own_as_of(path, stamp.st_mtime_ns, stamp.st_size)


@lru_cache(maxsize=4)
def _own_as_of(path: Path, _modified: int, _size: int) -> Heard:
    try:
        return read_own(path.parent)
    except UsageError:
        return {}


@cache
def _bundled() -> Heard:
    return _understood(tomllib.loads(data_file("aliases.toml").read_text(encoding="utf-8")))


def _understood(data: Mapping[str, list[Mapping[str, str | list[str]]]]) -> Heard:
    heard: Heard = {}
    for entry in data["alias"]:
        forms = [term for form in entry["heard"] for term in lexical.words(form) if len(term) >= _SHORTEST]
        for name in lexical.words(str(entry["name"])):
            heard[name] = (*heard.get(name, ()), *dict.fromkeys(forms))
    return heard
