"""Discord's limits on a message, a form and a list of suggestions.

Characters are counted in UTF-16 units, the stricter of the readings of Discord's limits: what fits here fits there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from discord_emulator.errors import EMPTY_MESSAGE, ApiError, InvalidBodyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from discord_emulator.errors import Json

CONTENT, EMBEDS, EMBED_TOTAL, FIELDS, ROWS, BUTTONS = 2_000, 10, 6_000, 25, 5, 5
EMBED = {"title": 256, "description": 4_096}
CUSTOM_ID, LABEL, PLACEHOLDER, CHOICES, CHOICE = 100, 80, 150, 25, 100
MODAL_TITLE, MODAL_ROWS, INPUT_LABEL = 45, 5, 45

ROW, BUTTON, TEXT_INPUT, LABELLED = 1, 2, 4, 18
LINK = 5

Fault = tuple[str, str]


def length(text: str) -> int:
    """Return the number of UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def check_message(body: Json, *, complete: bool) -> None:
    """Check the parts of a message that a request holds.

    Args:
        body: the request.
        complete: whether it is a new message, which must not be empty.

    Raises:
        InvalidBodyError: a limit is broken.
        ApiError: the message is empty.
    """
    faults = [*_content(body), *_embeds(body.get("embeds") or []), *_components(body.get("components") or [])]
    if faults:
        raise InvalidBodyError(faults)
    if complete and not any([str(body.get("content") or "").strip(), body.get("embeds"), body.get("components")]):
        raise ApiError(*EMPTY_MESSAGE)


def check_modal(form: Json) -> None:
    """Check a form.

    Raises:
        InvalidBodyError: a limit is broken.
    """
    rows = form.get("components") or []
    faults = [*_text(form, "title", MODAL_TITLE), *_text(form, "custom_id", CUSTOM_ID)]
    if not 1 <= len(rows) <= MODAL_ROWS:
        faults.append(("components", f"Must be between 1 and {MODAL_ROWS} in length."))
    for n, row in enumerate(rows):
        faults += _text(row, "label", INPUT_LABEL, f"components.{n}") if row["type"] == LABELLED else []
        for m, item in enumerate(row.get("components") or [row.get("component")]):
            where = f"components.{n}.components.{m}"
            faults += [*_text(item, "custom_id", CUSTOM_ID, where), *_text(item, "label", INPUT_LABEL, where)]
            faults += [*_text(item, "placeholder", CUSTOM_ID, where), *_text(item, "value", 4_000, where)]
    if faults:
        raise InvalidBodyError([(f"data.{where}", message) for where, message in faults])


def check_choices(choices: list[Json]) -> None:
    """Check suggestions for an option that is being typed.

    Raises:
        InvalidBodyError: a limit is broken.
    """
    faults = [fault for n, choice in enumerate(choices) for fault in _text(choice, "name", CHOICE, f"data.choices.{n}")]
    faults += [fault for n, choice in enumerate(choices) for fault in _text(choice, "value", CHOICE, f"data.choices.{n}")]
    if len(choices) > CHOICES:
        faults.append(("data.choices", f"Must be {CHOICES} or fewer in length."))
    if faults:
        raise InvalidBodyError(faults)


def _text(holder: Json, name: str, most: int, where: str = "", least: int = 0) -> list[Fault]:
    value = holder.get(name)
    path = f"{where}.{name}" if where else name
    if isinstance(value, str) and not least <= length(value) <= most:
        return [
            (path, f"Must be {most} or fewer in length." if not least else f"Must be between {least} and {most} in length.")
        ]
    return []


def _content(body: Json) -> list[Fault]:
    return _text(body, "content", CONTENT)


def _embeds(embeds: list[Json]) -> Iterator[Fault]:
    if len(embeds) > EMBEDS:
        yield "embeds", f"Must be {EMBEDS} or fewer in length."
    for n, embed in enumerate(embeds):
        where = f"embeds.{n}"
        for name, most in EMBED.items():
            yield from _text(embed, name, most, where)
        yield from _text(embed.get("footer") or {}, "text", 2_048, f"{where}.footer")
        yield from _text(embed.get("author") or {}, "name", 256, f"{where}.author")
        if len(embed.get("fields") or []) > FIELDS:
            yield f"{where}.fields", f"Must be {FIELDS} or fewer in length."
        for m, field in enumerate(embed.get("fields") or []):
            yield from _text(field, "name", 256, f"{where}.fields.{m}", least=1)
            yield from _text(field, "value", 1_024, f"{where}.fields.{m}", least=1)
        if not any(embed.get(part) for part in ("title", "description", "fields", "author", "footer", "image")):
            yield f"{where}.description", "This field is required"
    if sum(_embed_length(embed) for embed in embeds) > EMBED_TOTAL:
        yield "embeds", f"Embed size exceeds maximum size of {EMBED_TOTAL}"


def _embed_length(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description"), (embed.get("footer") or {}).get("text")]
    texts += [(embed.get("author") or {}).get("name")]
    texts += [field[name] for field in embed.get("fields") or [] for name in ("name", "value")]
    return sum(length(text) for text in texts if text)


def _components(rows: list[Json]) -> Iterator[Fault]:
    if len(rows) > ROWS:
        yield "components", f"Must be {ROWS} or fewer in length."
    seen: set[str] = set()
    for n, row in enumerate(rows):
        items = row.get("components") or []
        if row["type"] != ROW or not 1 <= len(items) <= BUTTONS:
            yield f"components.{n}.components", f"Must be between 1 and {BUTTONS} in length."
        for m, item in enumerate(items):
            yield from _item(item, f"components.{n}.components.{m}", seen)


def _item(item: Json, where: str, seen: set[str]) -> Iterator[Fault]:
    yield from _text(item, "custom_id", CUSTOM_ID, where, least=1)
    yield from _text(item, "label", LABEL, where)
    yield from _text(item, "placeholder", PLACEHOLDER, where)
    name: Any = item.get("custom_id")
    if name in seen:
        yield f"{where}.custom_id", "Component custom id cannot be duplicated"
    if name:
        seen.add(name)
    if item["type"] == BUTTON:
        if (item["style"] == LINK) != bool(item.get("url")) or (item["style"] == LINK) == bool(name):
            yield where, "A custom id and url cannot both be specified, and one of them is required"
        if not item.get("label") and not item.get("emoji"):
            yield f"{where}.label", "A button must have a label or an emoji"
    for k, option in enumerate(item.get("options") or []):
        for part in ("label", "value", "description"):
            yield from _text(option, part, 100, f"{where}.options.{k}")
