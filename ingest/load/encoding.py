"""Bytes to text: UTF-8, UTF-16 with a byte order mark, or Windows-1252 where neither fits."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from ingest.errors import UnreadableError
from ingest.load.limits import check_text

if TYPE_CHECKING:
    from pathlib import Path

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MAX_CONTROL_SHARE = 0.01
"""Above this share of control characters the bytes are no text in any encoding."""


def read_text(path: Path) -> str:
    """Return the text of a file with Unix line ends.

    Raises:
        UnreadableError: the bytes are not text, or hold none, or too much.
    """
    text = _decode(path, path.read_bytes())
    if "\x00" in text or len(_CONTROLS.findall(text)) > _MAX_CONTROL_SHARE * len(text):
        raise UnreadableError(f"{path}: is binary, not text; convert it to text, Markdown, HTML, PDF or DOCX")
    return check_text(path, text.replace("\r\n", "\n").replace("\r", "\n"))


def _decode(path: Path, data: bytes) -> str:
    encodings = ("utf-16",) if data.startswith(_UTF16_MARKS) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableError(f"{path}: is neither UTF-8, UTF-16 nor Windows-1252 text; save it as UTF-8")
