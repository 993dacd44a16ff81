"""An answer as messages: statements with their marks, the sources, and the buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import strings
from bot.chat import limits
from bot.chat.escape import escape, inline, isolated, masked_link
from bot.chat.message import BLUE, GREY, Button, Embed, Message
from bot.chat.press import Action, Press
from bot.chat.split import split
from bot.links import at_second, clock
from bot.markdown import unescape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.chat.backend import Payload

TOPICS = 5
"""Buttons for topics that a refusal names."""
_TITLE, _NAME = 140, 80


def answer_messages(answer: Payload, *, locale: str, more: bool = True) -> list[Message]:
    """Return the messages that show an answer or a refusal; the last one has the buttons.

    Args:
        answer: its JSON.
        locale: language for the words around it.
        more: offer the button that looks for further statements.
    """
    if answer["status"] == "refused":
        return [Message(text=_refusal(answer), buttons=(*_topics(answer), *_votes(answer)))]
    return laid_out(
        _statements(answer),
        list(source_lines(answer["citations"], locale)),
        locale=locale,
        buttons=_buttons(answer, locale, more),
    )


def laid_out(text: str, sources: Sequence[str], *, locale: str, buttons: tuple[Button, ...]) -> list[Message]:
    """Return as few messages as hold the text and the box of sources.

    Text goes into the message itself; up to the size of a box into a box above the sources; longer text into several messages.
    """
    boxes = _boxes(sources, strings.text("heading.sources", locale))
    rest = sum(box.size for box in boxes[:1])
    if limits.length(text) > limits.TEXT and limits.length(text) <= min(limits.EMBED_TEXT, limits.EMBEDS_TOTAL - rest):
        messages = [Message(embeds=(Embed(text=text, colour=GREY), *boxes[:1]))]
    else:
        *front, last = split(text, limits.TEXT) or [""]
        messages = [*(Message(text=part) for part in front), Message(text=last, embeds=tuple(boxes[:1]))]
    messages += [Message(embeds=(box,)) for box in boxes[1:]]
    last_message = messages[-1]
    return [*messages[:-1], Message(text=last_message.text, embeds=last_message.embeds, buttons=buttons)]


def statement(claim: Payload) -> str:
    """Return one claim with its marks."""
    return f"{inline(claim['text'])} {''.join(f'[{n}]' for n in claim['citations'])}".strip()


def source_lines(citations: Iterable[Payload], locale: str) -> Iterator[str]:
    """Yield a line for each citation: number, person and role, title with link, date, time, languages."""
    for citation in citations:
        facts = [*who(citation, locale), titled(citation)]
        if citation.get("published"):
            facts.append(inline(citation["published"]))
        if citation.get("time_start") is not None:
            facts.append(strings.text("source.at_time", locale, time=clock(citation["time_start"])))
        others = (other["language"] for other in citation.get("also_in", ()) if other["language"] != citation["language"])
        if languages := list(dict.fromkeys(others)):
            names = [strings.language_name(language, locale) for language in languages]
            facts.append(strings.text("source.also_in", locale, languages=strings.listing(names, locale)))
        yield f"**[{citation['n']}]** {' · '.join(facts)}"


def titled(citation: Payload) -> str:
    """Return the title of a citation's source, as a link to the place where there is one."""
    url, second = citation.get("url"), citation.get("time_start")
    title = limits.shorten(citation["title"] or citation["source_id"], _TITLE)
    return masked_link(title, at_second(url, second) if url and second is not None else url)


def who(citation: Payload, locale: str) -> Iterator[str]:
    """Yield whose words they are and in which role, as far as is known."""
    role = citation.get("role") or ""
    known = f"role.{role}" in strings.catalogue(locale)
    named = strings.text(f"role.{role}", locale) if known else inline(limits.shorten(role, _NAME))
    if citation.get("speaker"):
        name = isolated(inline(limits.shorten(citation["speaker"], _NAME)))
        yield f"**{name}**, {named}" if named and role != "unknown" else f"**{name}**"
    elif named:
        yield named


def _statements(answer: Payload) -> str:
    paragraphs = [statement(claim) for claim in answer["claims"]]
    if counted := _voices(answer):
        paragraphs.append(f"-# {counted}")
    return "\n\n".join(paragraphs) or inline(unescape(answer["answer"]))


def _voices(answer: Payload) -> str:
    voices, language = answer["voices"], answer["language"]
    if not voices["names"]:
        return ""
    names = strings.listing([isolated(inline(limits.shorten(name, _NAME))) for name in voices["names"][:12]], language)
    return strings.counted("voices", voices["speaking"], language, speaking=voices["speaking"], of=voices["of"], names=names)


def _refusal(answer: Payload) -> str:
    lines = []
    for line in unescape(answer["answer"]).splitlines():
        bullet = line.startswith("- ")
        lines.append(f"- {escape(line[2:])}" if bullet else escape(line))
    parts = split("\n".join(lines), limits.TEXT)
    return parts[0] if parts else strings.text("refusal.answer", answer["language"])


def _boxes(lines: Sequence[str], title: str) -> list[Embed]:
    """Return boxes that hold the lines, a line never cut."""
    boxes: list[list[str]] = []
    for line in lines:
        room = limits.EMBED_TEXT - (sum(limits.length(other) + 1 for other in boxes[-1]) if boxes else limits.EMBED_TEXT)
        if not boxes or limits.length(line) > room:
            boxes.append([])
        boxes[-1].append(line)
    return [Embed(title="" if number else title, text="\n".join(box), colour=BLUE) for number, box in enumerate(boxes)]


def _buttons(answer: Payload, locale: str, more: bool) -> tuple[Button, ...]:
    key = answer["id"]
    buttons = [
        Button(
            label=strings.text("button.quotes", locale),
            emoji="💬",
            custom_id=Press(action=Action.QUOTES, key=key).custom_id,
            style="primary",
        )
    ]
    if more:
        button = Button(
            label=strings.text("button.more", locale), emoji="🔎", custom_id=Press(action=Action.MORE, key=key).custom_id
        )
        buttons.append(button)
    return (*buttons, *_votes(answer))


def _votes(answer: Payload) -> tuple[Button, ...]:
    key = answer["id"]
    return (
        Button(label="", emoji="👍", custom_id=Press(action=Action.UP, key=key).custom_id),
        Button(label="", emoji="👎", custom_id=Press(action=Action.DOWN, key=key).custom_id),
    )


def _topics(answer: Payload) -> Iterator[Button]:
    for number, topic in enumerate(answer["nearest_topics"][:TOPICS]):
        label = limits.shorten(" ".join(topic.split()), limits.BUTTON_LABEL)
        if label:
            yield Button(label=label, custom_id=Press(action=Action.TOPIC, key=answer["id"], number=number).custom_id)
