"""What moderators are shown."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bot import strings
from bot.chat import limits
from bot.chat.escape import escape, inline
from bot.chat.message import AMBER, BLUE, GREEN, RED, Button, Embed, Message
from bot.chat.press import Action, Press

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bot.chat.backend import Payload
    from bot.chat.guilds import GuildSettings

_LISTED = 15


def config_message(settings: GuildSettings, locale: str, *, saved: bool = False) -> Message:
    """Return the settings of a server."""

    def say(key: str, **values: str | int) -> str:
        return strings.text(key, locale, **values)

    def switch(on: bool) -> str:
        return say("config.on") if on else say("config.off")

    language = strings.language_name(settings.language, locale) if settings.language else say("config.of_question")
    rows = (
        ("config.channels", _listed((f"<#{channel}>" for channel in settings.channels), say("config.everywhere"))),
        ("config.roles", _listed((f"<@&{role}>" for role in settings.roles), say("config.everybody"))),
        ("config.moderators", _listed((f"<@&{role}>" for role in settings.moderators), "–")),
        ("config.blocked", _listed((f"<@{member}>" for member in settings.blocked), "–")),
        ("config.language", language),
        ("config.dms", switch(settings.dms)),
        ("config.threads", switch(settings.threads)),
        ("config.rate", say("config.rate_value", user=settings.user_rate, guild=settings.guild_rate)),
    )
    text = "\n".join(f"**{say(key)}**: {value}" for key, value in rows)
    box = Embed(title=say("config.title"), text=text, footer=say("config.saved") if saved else "", colour=BLUE)
    return Message(embeds=(box,))


def job_message(job: Payload, locale: str) -> Message:
    """Return how a sync or a removal stands; at its end what changed."""
    status = job["status"]
    if status in {"queued", "running"}:
        return Message(text=f"⏳ {strings.text('admin.running', locale)}")
    if status == "failed":
        reason = escape(limits.shorten(str(job.get("detail") or "–"), 500))
        return Message(embeds=(Embed(title=strings.text("admin.failed", locale), text=reason, colour=RED),))
    lines = list(_changes(job.get("result") or {}, locale))
    return Message(embeds=(Embed(title=strings.text("admin.done", locale), text="\n".join(lines), colour=GREEN),))


def removal_question(source: Payload, locale: str) -> Message:
    """Return what is about to be removed, and the button that does it."""
    title = inline(limits.shorten(source["title"] or source["id"], 200))
    box = Embed(title=strings.text("admin.forget_title", locale), text=f"{title}\n{inline(source['id'][:200])}", colour=AMBER)
    press = Press(action=Action.FORGET, key=digest(source["id"]))
    button = Button(label=strings.text("button.forget", locale), custom_id=press.custom_id, style="danger")
    return Message(embeds=(box,), buttons=(button,))


def digest(source_id: str) -> str:
    """Return what stands for a source's id where there is no room for it."""
    return hashlib.sha256(source_id.encode()).hexdigest()[:32]


def stats_message(numbers: Mapping[str, float], own: Mapping[str, str], locale: str) -> Message:
    """Return numbers of the service and of the bot itself.

    Args:
        numbers: the service's metrics by name.
        own: further lines: the name of a string without its table "stats", and the value.
        locale: the reader's language.
    """
    answered, refused = (numbers.get(f"careerbot_answers_total{{{outcome}}}", 0.0) for outcome in ("answered", "refused"))
    total = sum(value for name, value in numbers.items() if name.startswith("careerbot_answers_total{"))
    count, seconds = numbers.get("careerbot_answer_seconds_count", 0.0), numbers.get("careerbot_answer_seconds_sum", 0.0)
    age = numbers.get("careerbot_index_age_seconds")
    rows = {
        "answered": f"{answered:.0f}",
        "refused": f"{refused:.0f}",
        "failed": f"{max(0.0, total - answered - refused):.0f}",
        "seconds": f"{seconds / count:.1f} s" if count else "–",
        "waiting": f"{numbers.get('careerbot_queue_depth', 0.0):.0f}",
        "passages": f"{numbers.get('careerbot_index_passages', 0.0):.0f}",
        "age": _duration(age) if age else "–",
        **own,
    }
    text = "\n".join(f"**{strings.text(f'stats.{name}', locale)}**: {value}" for name, value in rows.items())
    return Message(embeds=(Embed(title=strings.text("stats.title", locale), text=text, colour=BLUE),))


def _changes(result: Payload, locale: str) -> Iterator[str]:
    read, removed, skipped = (result.get(name) or [] for name in ("sources", "removed", "skipped"))
    unchanged = result.get("unchanged") or 0
    yield strings.text(
        "admin.changes",
        locale,
        read=len(read),
        removed=len(removed),
        skipped=len(skipped),
        unchanged=unchanged if isinstance(unchanged, int) else len(unchanged),
    )
    for mark, names in (("+", [row["id"] for row in read]), ("−", removed), ("⚠️", [_skipped(row) for row in skipped])):
        for name in names[:_LISTED]:
            yield f"{mark} {inline(limits.shorten(str(name), 120))}"
        if len(names) > _LISTED:
            yield f"{mark} … {len(names) - _LISTED}"


def _skipped(row: Mapping[str, str]) -> str:
    """Return a skipped file by its name alone: where files lie on the server is nobody's business."""
    return f"{row['path'].replace(chr(92), '/').rpartition('/')[2]}: {row['reason']}"


def _listed(names: Iterable[str], nothing: str) -> str:
    found = list(names)
    more = f" … {len(found) - _LISTED}" if len(found) > _LISTED else ""
    return (" ".join(found[:_LISTED]) + more) or nothing


def _duration(seconds: float) -> str:
    hours = int(seconds // 3600)
    return f"{hours // 24} d {hours % 24} h" if hours >= 24 else f"{hours} h {int(seconds % 3600) // 60} min"  # noqa: PLR2004
