"""Plain words as Markdown that shows exactly those words: text from documents and models never becomes markup."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|~&@]|:(?=//)|(?<=www)\.", re.IGNORECASE)
"""Marks; and what makes a link of a bare address or a mention of a name where Markdown has GitHub's extensions."""
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]<>#|~&@:.])")


def escape(text: str) -> str:
    """Return `text` with every character that Markdown or HTML could read as markup, a link or a mention made literal."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def unescape(markdown: str) -> str:
    """Return the words that `escape` was given."""
    return _ESCAPED.sub(r"\1", markdown)
