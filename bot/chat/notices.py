"""The bot's short messages, each in the asker's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import strings
from bot.chat import limits
from bot.chat.escape import inline
from bot.chat.message import Form, Message
from bot.chat.press import Action, Press

if TYPE_CHECKING:
    from bot.chat.errors import BackendError
    from bot.chat.manners import Denial

_OURS = {
    "queue-full": "problem.busy",
    "too-many-requests": "problem.busy",
    "model-unavailable": "problem.busy",
    "deadline": "problem.busy",
    "stopping": "problem.busy",
    "unreachable": "chat.unreachable",
    "not-ready": "chat.not_ready",
    "key-required": "chat.no_key",
    "forbidden": "chat.no_key",
}


def notice(key: str, locale: str, **values: str | int) -> Message:
    """Return the string `key` as a message."""
    return Message(text=strings.text(key, locale, **values))


def denied(denial: Denial, locale: str) -> Message:
    """Return why somebody is not answered."""
    return Message(text=strings.text(denial.key, locale, **denial.values))


def failed(error: BackendError, locale: str, *, detail: bool = False) -> Message:
    """Return in one line what went wrong: the one place that maps the service's failures to replies.

    Args:
        error: what the service said.
        locale: the reader's language.
        detail: add the service's own words, which help those who run it.
    """
    line = f"⚠️ {strings.text(_OURS.get(error.kind, 'problem.failed'), locale)}"
    return Message(text=f"{line}\n-# {inline(limits.shorten(str(error), 500))}" if detail else line)


def why_form(answer_id: str, locale: str) -> Form:
    """Return the form that asks what was wrong with an answer."""
    return Form(
        title=limits.shorten(strings.text("why.title", locale), limits.MODAL_TITLE),
        label=limits.shorten(strings.text("why.label", locale), limits.MODAL_LABEL),
        placeholder=limits.shorten(strings.text("why.placeholder", locale), 100),
        custom_id=Press(action=Action.WHY, key=answer_id).custom_id,
    )
