r"""Words from documents and models as Discord's Markdown that shows exactly those words and does nothing.

Backslashes stop all markup (`*`, headings, lists, spoilers, masked links) and every form in angle brackets (`<@1>`, `<#1>`,
`</cmd:1>`, `<t:1>`, `<:emoji:1>`): with `\<` in front and `\>` behind neither clients nor servers recognise them.
`@everyone` is found in plain text, whatever stands before it, so a zero-width space goes between. Discord makes links of bare
addresses and pictures of invites; a backslash inside ends that too.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

LONGEST_ADDRESS = 400
_ACTIVE = re.compile(
    r"(?P<mark>[\\`*_\[\]<>#|~])"
    r"|(?P<scheme>:)(?=//)"
    r"|(?P<dot>(?<=discord)\.|(?<=discordapp)\.)"
    r"|(?P<at>@)(?=everyone|here|[!&]?\d)",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^([ \t]*)([-+])(?=\s)", re.MULTILINE)
_NUMBERED = re.compile(r"^([ \t]*\d+)([.)])(?=\s)", re.MULTILINE)
_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_FIRST_STRONG, _END = "\u2068", "\u2069"
_JOINERS = frozenset("\u200c\u200d")
_SPACES = re.compile(r"\s+")


def escape(text: str) -> str:
    """Return Markdown that shows the words of `text`, lines kept, and neither formats, links nor mentions anything."""
    marked = _ACTIVE.sub(_inert, clean(text))
    return _NUMBERED.sub(r"\1\\\2", _BULLET.sub(r"\1\\\2", marked))


def inline(text: str) -> str:
    """Return `text` escaped, on one line."""
    return escape(_SPACES.sub(" ", text).strip())


def clean(text: str) -> str:
    """Return `text` without control characters, lone surrogates, and marks that turn the direction of what follows."""
    if text.isprintable():
        return text
    return "".join(character for character in text if character in "\n\t" or character.isprintable() or _shown(character))


def isolated(words: str) -> str:
    """Return words that stand among others, so that right-to-left ones do not rearrange their neighbours."""
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in words):
        return f"{_FIRST_STRONG}{words}{_END}"
    return words


def masked_link(title: str, address: str | None) -> str:
    """Return a link for an embed that shows `title`; the title alone where the address is not one to click."""
    shown = isolated(inline(title))
    safe = safe_address(address)
    return f"[{shown}]({safe})" if safe else shown


def safe_address(address: str | None) -> str | None:
    """Return a web address that cannot end the Markdown it stands in; None where there is none to trust.

    A name and password in an address only serve to disguise its host.
    """
    if not address:
        return None
    try:
        parts = urlsplit(address)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return None
    encoded = quote(clean(address).strip(), safe="%/:?#[]@!$&'*+,;=~-._")
    return encoded if usable and len(encoded) <= LONGEST_ADDRESS else None


def _inert(found: re.Match[str]) -> str:
    return f"{found[0]}\u200b" if found["at"] else f"\\{found[0]}"


def _shown(character: str) -> bool:
    if character in _JOINERS:
        return True
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
