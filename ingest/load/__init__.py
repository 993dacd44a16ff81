"""Reading files: one reader for each format, one way from its draft to clean blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.errors import UnreadableError
from ingest.load.assemble import assemble
from ingest.load.captions import MalformedCaptionsError, read_captions
from ingest.load.encoding import read_text
from ingest.load.limits import check_file
from ingest.load.markdown import read_markdown
from ingest.load.original import behind_card
from ingest.load.plain_text import read_plain_text
from ingest.load.portable_document import read_pdf
from ingest.load.timed_list import read_timed_list
from ingest.load.web_page import read_html
from ingest.load.word import read_docx

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ingest.blocks import Loaded
    from ingest.load.draft import Draft
    from ingest.registry import Registry

__all__ = ["SUFFIXES", "load"]

_TEXT_READERS: Mapping[str, Callable[[str], Draft]] = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".txt": read_plain_text,
    ".html": read_html,
    ".htm": read_html,
    ".vtt": read_captions,
    ".srt": read_captions,
}
_FILE_READERS: Mapping[str, Callable[[Path], Draft]] = {".pdf": read_pdf, ".docx": read_docx}
SUFFIXES: frozenset[str] = frozenset({*_TEXT_READERS, *_FILE_READERS})
"""Suffixes, in lower case, of the files that a folder is searched for."""


def load(path: Path, *, registry: Registry) -> Loaded:
    """Read one file into clean blocks with speakers and metadata.

    Args:
        path: a file whose suffix is in `SUFFIXES`.
        registry: facts about known sources; fills only what the file does not state.

    Raises:
        UnreadableError: missing, empty, binary, encrypted, damaged, unsupported or too large; the line says what to do.
    """
    return assemble(behind_card(_read(path, path.suffix.lower()), path, _read), path=path, registry=registry)


def _read(path: Path, suffix: str) -> Draft:
    check_file(path)
    if reader := _FILE_READERS.get(suffix):
        return reader(path)
    if suffix not in _TEXT_READERS:
        raise UnreadableError(f"{path}: {suffix or 'no suffix'} is not supported; use one of {' '.join(sorted(SUFFIXES))}")
    try:
        return read_timed_list(_TEXT_READERS[suffix](read_text(path)))
    except MalformedCaptionsError as error:
        raise UnreadableError(f"{path}: is not well-formed captions ({error}); export them again") from error
