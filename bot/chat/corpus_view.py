"""The list of sources, and what the bot says about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import strings
from bot.chat import limits
from bot.chat.escape import inline, isolated, masked_link
from bot.chat.message import BLUE, Embed, Message
from bot.chat.press import Action
from bot.chat.quotes_view import turning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.chat.backend import Payload

A_PAGE = 6
_TITLE, _NAME, _PEOPLE, _LANGUAGES = 120, 60, 4, 10


def sources_message(sources: Sequence[Payload], page: int, *, locale: str, found: str = "") -> Message:
    """Return a page (from 0) of the sources.

    Args:
        sources: as the service lists them.
        page: which page; one too far is the last.
        locale: language of the words around them.
        found: show only sources whose title or people hold these words; their pages are not turned, since a button has no
            room for words.
    """
    chosen = matching(sources, found) if found else list(sources)
    pages = max(1, -(-len(chosen) // A_PAGE))
    number = 0 if found else min(max(page, 0), pages - 1)
    lines = [_line(source, locale) for source in chosen[number * A_PAGE : (number + 1) * A_PAGE]]
    footer = strings.text("panel.page", locale, page=number + 1, pages=pages) if pages > 1 and not found else ""
    box = Embed(
        title=strings.text("panel.corpus", locale, count=len(chosen)),
        text="\n\n".join(lines) or strings.text("chat.unknown_source", locale),
        footer=footer,
        colour=BLUE,
    )
    return Message(embeds=(box,), buttons=() if found else turning(Action.SOURCES, "", number, pages, locale=locale))


def matching(sources: Sequence[Payload], words: str) -> list[Payload]:
    """Return the sources whose id, title or people hold the words, in their order."""
    wanted = words.casefold().strip()
    return [source for source in sources if wanted in _searched(source)]


def choices(sources: Sequence[Payload], words: str) -> list[tuple[str, str]]:
    """Return up to 25 suggestions for the words typed so far: what to show, and the id of the source."""
    found = [(_choice(source), source["id"]) for source in matching(sources, words) if len(source["id"]) <= limits.CHOICE]
    return found[: limits.CHOICES]


def about_message(sources: Sequence[Payload], checks: Sequence[Payload], *, locale: str, keep_days: float) -> Message:
    """Return what the bot knows, with which models, and what it does with questions."""
    people = {person["name"] for source in sources for person in source["people"] if person["role"] != "interviewer"}
    codes = list(dict.fromkeys(source["language"] for source in sources))[:_LANGUAGES]
    languages = strings.listing([strings.language_name(code, locale) for code in codes], locale) or "–"
    details = {check["name"]: check for check in checks}
    model = details.get("model", {})
    shown = inline(limits.shorten(str(model["detail"]), 80)) if model.get("ok") else "–"
    lines = [
        strings.text("about.what", locale),
        strings.text("about.corpus", locale, sources=len(sources), people=len(people), languages=languages),
        strings.text("about.model", locale, model=shown),
        strings.text("about.privacy", locale, days=f"{keep_days:g}"),
        strings.text("chat.how_to_ask", locale),
    ]
    return Message(embeds=(Embed(title=strings.text("about.title", locale), text="\n\n".join(lines), colour=BLUE),))


def _line(source: Payload, locale: str) -> str:
    title = limits.shorten(source["title"] or source["id"], _TITLE)
    facts = [strings.language_name(source["language"], locale)]
    if names := [person["name"] for person in source["people"]][:_PEOPLE]:
        shown = [isolated(inline(limits.shorten(name, _NAME))) for name in names]
        facts.insert(0, strings.listing(shown, locale))
    if source.get("published"):
        facts.append(inline(source["published"]))
    if source.get("machine_translated"):
        facts.append(strings.text("mark.machine_translation", locale))
    elif source.get("translation_of"):
        facts.append(strings.text("mark.translation", locale))
    return f"**{masked_link(title, source.get('url'))}**\n{' · '.join(facts)}"


def _choice(source: Payload) -> str:
    return limits.shorten(" ".join(f"{source['title'] or source['id']} ({source['language']})".split()), limits.CHOICE)


def _searched(source: Payload) -> str:
    return " ".join([source["id"], source["title"] or "", *(person["name"] for person in source["people"])]).casefold()
