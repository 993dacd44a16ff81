"""How large an input may be, and the refusal of what is larger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.errors import UnreadableError

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 50 * 1024 * 1024
MAX_PAGES = 2_000
MAX_CHARACTERS = 5_000_000
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
"""How much a packed file (DOCX) may hold once unpacked."""
MAX_PARTS = 5_000
"""How many files a packed file may hold."""
MAX_RATIO = 100
"""How many times its size a packed file may hold, where that is at least `LEAST_BOMB_BYTES`."""
LEAST_BOMB_BYTES = 20 * 1024 * 1024


def check_file(path: Path) -> None:
    """Refuse what is no file, is empty or is larger than `MAX_BYTES`.

    Raises:
        UnreadableError: with one line that names the file, what is wrong and what to do.
    """
    if not path.is_file():
        what = "is a folder, not a file; name the files in it" if path.is_dir() else "does not exist; check the path"
        raise UnreadableError(f"{path}: {what}")
    size = path.stat().st_size
    if size == 0:
        raise UnreadableError(f"{path}: is empty; save it again or remove it")
    if size > MAX_BYTES:
        raise UnreadableError(
            f"{path}: {size / 1024 / 1024:,.0f} MB is over the limit of {MAX_BYTES // 1024 // 1024} MB; split it",
        )


def check_text(path: Path, text: str) -> str:
    """Return `text` unless it holds nothing to read or more than `MAX_CHARACTERS`.

    Raises:
        UnreadableError: with one line that names the file, what is wrong and what to do.
    """
    if not text.strip():
        raise UnreadableError(f"{path}: holds no text; save it again or remove it")
    if len(text) > MAX_CHARACTERS:
        raise UnreadableError(
            f"{path}: {len(text):,} characters are over the limit of {MAX_CHARACTERS:,}; split the text into parts",
        )
    return text
