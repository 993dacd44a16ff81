"""Characters that are not the writer's: mis-decoded bytes, invisible marks, ligatures, white space of any kind."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_MOJIBAKE = re.compile(r"â€|Ã[\u0080-\u00bf€-™]|Â[\u0080-\u00bf]|ï»¿|ðŸ")
_STRAY = re.compile(r"(?<![^\W\d_])Â(?=\s|$)")
"""What a mis-decoded no-break space leaves; no language writes the letter alone after a full stop."""
_INVISIBLE = re.compile(r"[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]")
_JOINER = re.compile(r"(?<=[\u0000-\u02ff\u3000-\u9fff])[\u200c\u200d]|[\u200c\u200d](?=[\u0000-\u02ff\u3000-\u9fff]|$)")
"""Joiners between letters that do not join; Hindi, Persian and emoji need theirs."""
_REORDERING = re.compile(r"[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
_LIGATURES = {ord(c): unicodedata.normalize("NFKC", c) for c in "ﬀﬁﬂﬃﬄﬅﬆ"}
_REPLACEMENTS = {**_LIGATURES, 0x0C: " ", 0x2028: " ", 0x2029: " ", 0x85: " "}
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\uf0b7]")


@dataclass(frozen=True, slots=True)
class Tidied:
    """A text with its foreign characters gone, and how many of each sort went."""

    text: str
    invisible: int = 0
    reordering: int = 0
    mojibake: int = 0


def tidy(text: str) -> Tidied:
    """Return `text` in NFC on one line with single spaces; quotation marks and letters stay as they are."""
    mended = _mend(text)
    shown, joiners = _JOINER.subn("", mended)
    shown, invisible = _INVISIBLE.subn("", shown)
    shown = _CONTROLS.sub("", shown.translate(_REPLACEMENTS))
    return Tidied(
        text=" ".join(unicodedata.normalize("NFC", shown).split()),
        invisible=invisible + joiners,
        reordering=len(_REORDERING.findall(mended)),
        mojibake=int(mended != text),
    )


def _mend(text: str) -> str:
    if _MOJIBAKE.search(text):
        import ftfy  # noqa: PLC0415

        text = str(ftfy.fix_encoding(text))
    return _STRAY.sub("", text)
