"""Plain words as Markdown that shows exactly those words: text from documents and models never becomes markup."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]<>#|~&])")


def escape(text: str) -> str:
    """Return `text` with every character that Markdown or HTML could read as markup made literal."""
    return _SPECIAL.sub(r"\\\1", text)


def unescape(markdown: str) -> str:
    """Return the words that `escape` was given."""
    return _ESCAPED.sub(r"\1", markdown)
