"""The exact words behind an answer, one citation a page: as they stand in the source, and in linked translations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import strings
from bot.chat import limits
from bot.chat.answer_view import titled, who
from bot.chat.escape import escape
from bot.chat.message import BLUE, Button, Embed, Message
from bot.chat.press import Action, Press
from bot.chat.split import split
from bot.links import clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.chat.backend import Payload

PAGE = 3200
"""Characters of quotes on a page; the details of the source need room beside them."""


def quotes_message(answer: Payload, page: int, *, locale: str) -> Message | None:
    """Return a page (from 0) of an answer's quotes; None where the answer has none. A page too far is the last."""
    pages = list(_pages(answer, locale))
    if not pages:
        return None
    number = min(max(page, 0), len(pages) - 1)
    citation, text = pages[number]
    footer = strings.text("panel.page", locale, page=number + 1, pages=len(pages))
    box = Embed(
        title=limits.shorten(strings.text("panel.quote", locale, number=citation["n"]), limits.EMBED_TITLE),
        text=f"{text}\n\n{' · '.join(_details(citation, locale))}",
        footer=footer if len(pages) > 1 else "",
        colour=BLUE,
    )
    return Message(embeds=(box,), buttons=turning(Action.TURN, answer["id"], number, len(pages), locale=locale))


def turning(action: Action, key: str, page: int, pages: int, *, locale: str) -> tuple[Button, ...]:
    """Return the buttons that turn pages; none where there is one page."""
    if pages < 2:  # noqa: PLR2004 - a single page is not turned
        return ()
    back, forth = Press(action=action, key=key, number=max(0, page - 1)), Press(action=action, key=key, number=page + 1)
    return (
        Button(label=strings.text("button.previous", locale), emoji="◀️", custom_id=back.custom_id, disabled=page == 0),
        Button(label=strings.text("button.next", locale), emoji="▶️", custom_id=forth.custom_id, disabled=page == pages - 1),
    )


def _pages(answer: Payload, locale: str) -> Iterator[tuple[Payload, str]]:
    for citation in answer["citations"]:
        blocks = [_block(citation["quote"], _kind(citation, locale))]
        blocks += [_block(other["quote"], _kind_of_other(citation, other, locale)) for other in citation.get("also_in", ())]
        for text in split("\n\n".join(blocks), PAGE):
            yield citation, text


def _block(words: str, kind: str) -> str:
    quoted = "\n".join(f"> {line}" for line in escape(words).splitlines() if line.strip())
    return f"*{kind}*\n{quoted}"


def _kind(citation: Payload, locale: str) -> str:
    mark = _translated(citation) if citation.get("translation_of") else "original"
    return f"{strings.text(f'mark.{mark}', locale)} · {strings.language_name(citation['language'], locale)}"


def _kind_of_other(citation: Payload, other: Payload, locale: str) -> str:
    if citation.get("translation_of") == other["source_id"]:
        mark = "original"
    else:
        mark = "copy" if other["language"] == citation["language"] else _translated(other)
    return f"{strings.text(f'mark.{mark}', locale)} · {strings.language_name(other['language'], locale)}"


def _translated(rendition: Payload) -> str:
    return "machine_translation" if rendition.get("machine_translated") else "translation"


def _details(citation: Payload, locale: str) -> Iterator[str]:
    yield from who(citation, locale)
    yield titled(citation)
    if citation.get("published"):
        yield escape(citation["published"])
    if citation.get("time_start") is not None:
        yield strings.text("source.at_time", locale, time=clock(citation["time_start"]))
