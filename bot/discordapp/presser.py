"""Presses of buttons, and the form that follows a thumbs-down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord

from bot.chat import press as presses
from bot.chat.desk import is_silent
from bot.chat.limits import MODAL_TEXT
from bot.chat.locale import language_of
from bot.chat.more import SOURCES
from bot.chat.notices import denied, notice, why_form
from bot.chat.press import Action, Press
from bot.discordapp.responses import acknowledge, complete, present, tell, turn

if TYPE_CHECKING:
    from bot.chat.manners import Denial
    from bot.chat.message import Form
    from bot.discordapp.client import CareerClient


class Presser:
    """Acts on presses."""

    def __init__(self, client: CareerClient) -> None:
        self._client, self._desk = client, client.desk

    async def handle(self, interaction: discord.Interaction[Any], press: Press) -> None:  # noqa: C901 - one case an action
        """Act on one press."""
        if not self._desk.first(f"i{interaction.id}"):
            return
        locale = language_of(str(interaction.locale))
        match press.action:
            case Action.QUOTES:
                await tell(interaction, self._desk.quotes(press, locale))
            case Action.TURN:
                await turn(interaction, self._desk.quotes(press, locale))
            case Action.SOURCES:
                await acknowledge(interaction, private=True, anew=False)
                await complete(interaction, await self._desk.sources(press.number, locale))
            case Action.UP:
                await acknowledge(interaction, private=True)
                await complete(interaction, await self._desk.vote(press.key, interaction.user.id, "up", locale))
            case Action.DOWN:
                await present(interaction, _modal(why_form(press.key, locale)))
            case Action.MORE:
                await self._more(interaction, press, locale)
            case Action.TOPIC:
                await self._topic(interaction, press, locale)
            case Action.FORGET:
                await self._client.forget(interaction, press.key)
            case Action.WHY:
                pass  # the id of a form, not of a button

    async def submitted(self, interaction: discord.Interaction[Any]) -> None:
        """Keep the vote of a form that was sent. The form may have been opened before a restart."""
        data: Any = interaction.data or {}
        press = presses.parse(data.get("custom_id", ""))
        if press is None or press.action is not Action.WHY or not self._desk.first(f"i{interaction.id}"):
            return
        locale = language_of(str(interaction.locale))
        await acknowledge(interaction, private=True)
        reason = _written(data.get("components", []))
        await complete(interaction, await self._desk.vote(press.key, interaction.user.id, "down", locale, reason))

    async def _more(self, interaction: discord.Interaction[Any], press: Press, locale: str) -> None:
        found = self._desk.more(press)
        if found is None:
            await tell(interaction, notice("chat.expired_button", locale))
            return
        kept, seen = found
        await self._client.take(
            interaction, str(kept.question), language=kept.language, private=True, sources=SOURCES, seen=seen
        )

    async def _topic(self, interaction: discord.Interaction[Any], press: Press, locale: str) -> None:
        topic = self._desk.topic(press)
        if topic is None:
            await tell(interaction, notice("chat.expired_button", locale))
            return
        shown = interaction.message
        await self._client.take(interaction, topic, private=bool(shown and shown.flags.ephemeral))


async def refuse(interaction: discord.Interaction[Any], denial: Denial) -> None:
    """Say why somebody is not answered."""
    if not is_silent(denial):
        await tell(interaction, denied(denial, language_of(str(interaction.locale))))


def _modal(form: Form) -> discord.ui.Modal:
    modal = discord.ui.Modal(title=form.title, custom_id=form.custom_id, timeout=900)
    field: discord.ui.TextInput[Any] = discord.ui.TextInput(
        label=form.label,
        placeholder=form.placeholder,
        style=discord.TextStyle.paragraph,
        required=False,
        max_length=MODAL_TEXT,
        custom_id="reason",
    )
    return modal.add_item(field)


def _written(components: list[dict[str, Any]]) -> str:
    """Return what was written into a form: its one field stands in a row, or beside a label."""
    for component in components:
        inner = component.get("components") or ([component["component"]] if "component" in component else [])
        for field in inner:
            if field.get("custom_id") == "reason":
                return str(field.get("value") or "")
    return ""
