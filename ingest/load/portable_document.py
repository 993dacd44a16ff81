"""PDF to blocks, through pypdf."""

from __future__ import annotations

import logging
import re
from collections import Counter
from typing import TYPE_CHECKING

from ingest.blocks import Metadata
from ingest.errors import UnreadableError
from ingest.load.draft import Draft
from ingest.load.inline import strip_hidden
from ingest.load.limits import MAX_CHARACTERS, MAX_PAGES, check_text
from ingest.load.plain_text import blocks_of
from ingest.load.wrapped import paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pypdf import PdfReader

_PAGE_NUMBER = re.compile(r"\s*(?:page\s*)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?\s*$", re.IGNORECASE)
_REPEAT_SHARE = 0.6
"""Pages on which a first or last line recurs, from which it is a running head."""
_LEAST_PAGES = 3
_MAX_ROOT_SEARCH = 10_000
"""Objects that may be looked at for a document root that the file does not name."""
_EDGE = 2
"""How many lines at the top and at the foot of a page may be running heads."""


def read_pdf(path: Path) -> Draft:
    """Return the text of a PDF in reading order, without running heads and page numbers.

    Raises:
        UnreadableError: encrypted, damaged, without a text layer, or over a limit.
    """
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    from pypdf.errors import LimitReachedError  # noqa: PLC0415

    try:
        pages, facts = _extract(path)
    except UnreadableError:
        raise
    except LimitReachedError as error:
        raise UnreadableError(f"{path}: unpacks to more than a text needs, as a bomb does ({error}); remove it") from error
    except Exception as error:  # pypdf raises many kinds on damaged files
        raise UnreadableError(f"{path}: is a damaged PDF ({type(error).__name__}); save it again or remove it") from error
    if not any(page.strip() for page in pages):
        raise UnreadableError(f"{path}: has no text layer (scanned images?); run OCR over it first")
    text = check_text(path, "\n".join(pages))
    kept, hidden = strip_hidden("\n".join(_without_running_heads(pages)))
    return Draft(
        blocks=blocks_of(paragraphs(kept.split("\n"))),
        facts=facts,
        broken_lines=True,
        dropped_characters=len(text) - len(kept),
        notes=(f"dropped {hidden} characters of hidden text",) if hidden else (),
    )


def _extract(path: Path) -> tuple[list[str], Metadata]:
    from pypdf import PasswordType, PdfReader, apply_configuration  # noqa: PLC0415

    # Its limits on streams, arrays and page trees are the ones its documentation gives; no program is run for it.
    with apply_configuration(jbig2dec_binary=None):
        reader = PdfReader(path, root_object_recovery_limit=_MAX_ROOT_SEARCH)
        if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
            raise UnreadableError(f"{path}: is encrypted; save a copy without a password")
        if len(reader.pages) > MAX_PAGES:
            raise UnreadableError(f"{path}: {len(reader.pages):,} pages are over the limit of {MAX_PAGES:,}; split it")
        return list(_texts(reader, path)), _facts(reader)


def _texts(reader: PdfReader, path: Path) -> Iterator[str]:
    """Yield the text of each page, and stop at the limit of characters rather than hold them all first."""
    characters = 0
    for page in reader.pages:
        text = page.extract_text()
        characters += len(text)
        if characters > MAX_CHARACTERS:
            raise UnreadableError(f"{path}: holds more than {MAX_CHARACTERS:,} characters; split the text into parts")
        yield text


def _facts(reader: PdfReader) -> Metadata:
    """Return the title property where it reads as one; a file's name or a program's does not."""
    title = " ".join(str(reader.metadata.title or "").split()) if reader.metadata else ""
    worded = " " in title and not re.search(r"\.\w{2,4}$|untitled|microsoft word", title, re.IGNORECASE)
    return Metadata(title=title if worded else None)


def _without_running_heads(pages: Sequence[str]) -> list[str]:
    split = [[line for line in page.split("\n") if line.strip()] for page in pages]
    counts = Counter(key for lines in split for key in {_key(line) for line in _edges(lines)})
    heads = {key for key, count in counts.items() if len(pages) >= _LEAST_PAGES and count >= _REPEAT_SHARE * len(pages)}
    result = []
    for page, lines in zip(pages, split, strict=True):
        edges = {line for line in _edges(lines) if _key(line) in heads or _PAGE_NUMBER.match(line)}
        result.append("\n".join(line for line in page.split("\n") if line not in edges))
    return result


def _edges(lines: Sequence[str]) -> list[str]:
    return [*lines[:_EDGE], *lines[-_EDGE:]]


def _key(line: str) -> str:
    return re.sub(r"\d+", "#", " ".join(line.split()).lower())
