"""Times as transcripts write them."""

from __future__ import annotations

import re

CODE = r"\d{1,3}:\d\d(?::\d\d)?(?:[.,]\d{1,3})?"
"""Pattern of `M:SS`, `H:MM:SS` and the same with a fraction."""
_LEADING = re.compile(rf"^[\[(]?({CODE})[\])]?(?:\s*[-–]\s+|\s+)(?=\S)")
_BRACKETED = re.compile(rf"^[\[(]({CODE})[\])]\s*(?::\s+)?")


def seconds(code: str) -> float:
    """Return the seconds that `H:MM:SS`, `M:SS` or either with a fraction stands for."""
    total = 0.0
    for part in code.replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return total


def split_time(text: str, *, bracketed: bool = False) -> tuple[float | None, str]:
    """Return the time at the start of a line, in seconds, and the rest; None where it starts with none.

    Args:
        text: the line.
        bracketed: accept only a time in brackets, where a bare one might be words ("10:30 is when we met").
    """
    match = (_BRACKETED if bracketed else _LEADING).match(text)
    return (seconds(match[1]), text[match.end() :]) if match else (None, text)
