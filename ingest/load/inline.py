"""Markup inside a line of Markdown, taken away without touching the words or the white space between them."""

from __future__ import annotations

import html
import re

_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>|~\"'$:=^&,;/?@%])")
_ESCAPED_BASE = 0xF0000
"""Escaped characters wait here (a private plane) while markup is removed."""
_IMAGE = re.compile(r"!\[(?:[^\[\]]|\[[^\]]*\])*\](?:\((?:[^()\n]|\([^()]*\))*\)|\[[^\]]*\])")
_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\((?:[^()\n]|\([^()]*\))*\)(?:\{:[^}]*\})?")
_REFERENCE_LINK = re.compile(r"\[([^\[\]]+)\]\[[^\[\]]*\]")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]+)>(?:\{:[^}]*\})?")
_TAG = re.compile(
    r"</?(?:u|b|i|em|strong|span|a|br|p|div|sup|sub|small|big|mark|s|del|ins|font|center|img|abbr|cite|code|kbd|q|time)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_HIDDEN = re.compile(
    r"<(\w+)\s[^<>]*style\s*=\s*\"[^\"]*"
    r"(?:display:\s*none|visibility:\s*hidden|font-size:\s*0|color:\s*(?:white|#fff))[^\"]*\"[^<>]*>.*?</\1>",
    re.IGNORECASE | re.DOTALL,
)
_EMPHASISED = re.compile(r"(\*{1,3}|(?<!\w)_{1,3})(?=\S)(.+?)(?<=\S)\1", re.DOTALL)
_STARS = re.compile(r"\*{2,}|(?<=\S)\*|\*(?=\S)")
_UNDERSCORES = re.compile(r"(?<!\w)(_{1,3})(?=\S)(.+?)(?<=\S)\1(?!\w)", re.DOTALL)
_LABEL = re.compile(r"^[^*_:：]{1,40}[:：]\s*")
_LABELLED_LINK = re.compile(r"^([^\[\]\n:：]{1,30}[:：]\s*)\[(?:[^\[\]]|\[[^\[\]]*\])*\]\((https?://[^\s()]+)")


def plain(markup: str) -> str:
    """Return the words of one Markdown block; images are gone, white space is as it was."""
    text = _ESCAPE.sub(lambda match: chr(_ESCAPED_BASE + ord(match[1])), markup)
    text = _IMAGE.sub("", text)
    for pattern in (_LINK, _REFERENCE_LINK, _AUTOLINK):
        text = pattern.sub(r"\1", text)
    text = strip_tags(text)
    text = _UNDERSCORES.sub(r"\2", _STARS.sub("", text)).replace("`", "")
    text = "".join(chr(ord(c) - _ESCAPED_BASE) if ord(c) >= _ESCAPED_BASE else c for c in text)
    return html.unescape(text)


def labelled_address(markup: str) -> str:
    """Return the label and the address of a block that begins with a label and a link; nothing for any other block."""
    found = _LABELLED_LINK.match(markup.lstrip("*-+> \t"))
    return f"{plain(found[1])}{found[2]}" if found else ""


def strip_tags(text: str) -> str:
    """Return `text` without inline HTML tags; what stands between them stays."""
    return _TAG.sub("", text)


def strip_hidden(text: str) -> tuple[str, int]:
    """Return `text` without stretches that are styled to be invisible, and how many characters they held."""
    shown = _HIDDEN.sub("", text)
    return shown, len(text) - len(shown)


def is_emphasised(markup: str) -> bool:
    """Tell whether every word of a block, a speaker's label in front of it aside, is bold or italic."""
    body = _LABEL.sub("", _LINK.sub(r"\1", _IMAGE.sub("", markup)))
    rest, spans = _EMPHASISED.subn("", body)
    return spans > 0 and not re.search(r"\w", rest)
