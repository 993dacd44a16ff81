"""Draws what the emulator holds as a page in Discord's dark look, to be photographed and looked at."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterable

    from discord_emulator.errors import Json
    from discord_emulator.seen import Seen

STYLE = Path(__file__).with_name("look.css")
FENCE = re.compile(r"```(?:\w*\n)?(.*?)```", re.DOTALL)
MENTION = re.compile(r"&lt;(?:@(?:!|&amp;)?|#)\d+&gt;|@everyone|@here")
TIME = re.compile(r"&lt;t:(\d+)(?::\w)?&gt;")
BLOCKS = (
    (re.compile(r"-# (.*)"), "<small>{}</small>"),
    (re.compile(r"(?:>>> |> )(.*)"), "<blockquote>{}</blockquote>"),
    (re.compile(r"### (.*)"), "<h3>{}</h3>"),
    (re.compile(r"## (.*)"), "<h2>{}</h2>"),
    (re.compile(r"# (.*)"), "<h1>{}</h1>"),
    (re.compile(r" *[-*] (.*)"), '<div class="item">{}</div>'),
)
"""What the beginning of a line makes of the line; Discord knows no longer blocks but code."""
_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("strikethrough").disable("image")


def page(seen: Iterable[Seen]) -> str:
    """Return the HTML of some messages, one below the other."""
    return _page("".join(_message(message) for message in seen))


def modal_page(modal: Json) -> str:
    """Return the HTML of a form."""
    fields = []
    for row in modal["components"]:
        item = row.get("component") or row["components"][0]
        label = row.get("label") or item.get("label") or ""
        fields.append(
            f'<label>{html.escape(label)}</label><div class="field">{html.escape(item.get("placeholder") or "")}</div>'
        )
    button = '<div class="row"><span class="button style1">Submit</span></div>'
    return _page(f'<div class="modal"><h2>{html.escape(modal["title"])}</h2>{"".join(fields)}{button}</div>')


def formatted(text: str) -> str:
    """Return Discord's Markdown as HTML."""
    drawn = []
    for n, part in enumerate(FENCE.split(text)):
        if n % 2:
            drawn.append(f"<pre>{html.escape(part.rstrip())}</pre>")
        elif part.strip():
            drawn += [_line(line) for line in part.strip("\n").split("\n")]
    return "".join(drawn).replace("</blockquote><blockquote>", "<br>")


def _line(line: str) -> str:
    for pattern, form in BLOCKS:
        if found := pattern.fullmatch(line):
            return form.format(_inline(found[1]))
    return f"<div>{_inline(line) or '&nbsp;'}</div>"


def _inline(text: str) -> str:
    drawn = MENTION.sub(lambda found: f'<span class="mention">{found[0]}</span>', _markdown.renderInline(text))
    return TIME.sub('<span class="mention">in a moment</span>', drawn)


def _page(body: str) -> str:
    return f'<!doctype html><meta charset="utf-8"><style>{STYLE.read_text("utf-8")}</style><body>{body}</body>'


def _message(seen: Seen) -> str:
    data = seen.message.data
    parts = [f'<div class="text">{_text(seen)}</div>', *(_embed(embed) for embed in data["embeds"])]
    parts += [_row(row) for row in data["components"]]
    if seen.ephemeral:
        parts.append('<div class="note">👁 Only you can see this · Dismiss message</div>')
    return (
        f'<div class="message">{_replied(data)}<div class="avatar">{html.escape(seen.message.author.name[0])}</div>'
        f"<div>{_heading(seen)}{''.join(parts)}</div></div>"
    )


def _text(seen: Seen) -> str:
    if seen.thinking:
        return f'<span class="thinking">● ● ● {html.escape(seen.message.author.name)} is thinking…</span>'
    edited = ' <span class="time">(edited)</span>' if seen.message.data["edited_timestamp"] else ""
    return formatted(seen.content) + edited if seen.content else ""


def _heading(seen: Seen) -> str:
    author = seen.message.author
    at = datetime.fromtimestamp(seen.versions[0].at, UTC)
    app = '<span class="app">APP</span>' if author.bot else ""
    return f'<span class="name">{html.escape(author.name)}</span> {app}<span class="time">Today at {at:%H:%M}</span>'


def _replied(data: Json) -> str:
    asked = data.get("interaction_metadata")
    replied = data.get("referenced_message")
    if replied:
        return f'<div class="reply">↱ <b>{html.escape(_name(replied["author"]))}</b> {html.escape(replied["content"])}</div>'
    if asked and asked["type"] == 2:
        return f'<div class="reply">↱ <b>{html.escape(_name(asked["user"]))}</b> used a command</div>'
    return ""


def _name(user: Json) -> str:
    return str(user["global_name"] or user["username"])


def _embed(embed: Json) -> str:
    title = html.escape(embed.get("title", ""))
    if embed.get("url"):
        title = f"<a>{title}</a>"
    fields = [
        f'<div class="field"><b>{html.escape(f["name"])}</b>{formatted(f["value"])}</div>' for f in embed.get("fields") or []
    ]
    footer = html.escape((embed.get("footer") or {}).get("text", ""))
    colour = f"#{embed['color']:06x}" if embed.get("color") is not None else "#1e1f22"
    return (
        f'<div class="embed" style="border-left-color:{colour}"><div class="title">{title}</div>'
        f'{formatted(embed.get("description", ""))}{"".join(fields)}<div class="footer">{footer}</div></div>'
    )


def _row(row: Json) -> str:
    drawn = []
    for item in row.get("components") or []:
        if "options" in item:
            drawn.append(f'<span class="menu">{html.escape(item.get("placeholder") or "Make a selection")} ⌄</span>')
            continue
        face = f"{(item.get('emoji') or {}).get('name', '')} {html.escape(item.get('label') or '')}".strip()
        disabled = " disabled" if item.get("disabled") else ""
        drawn.append(f'<span class="button style{item["style"]}{disabled}">{face}</span>')
    return f'<div class="row">{"".join(drawn)}</div>'
