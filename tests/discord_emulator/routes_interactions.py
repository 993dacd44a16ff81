"""Answers to interactions: three seconds for the first, fifteen minutes for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from discord_emulator.errors import (
    ALREADY_ACKNOWLEDGED,
    EXPIRED_TOKEN,
    UNKNOWN_INTERACTION,
    UNKNOWN_MESSAGE,
    UNKNOWN_WEBHOOK,
    ApiError,
    InvalidBodyError,
)
from discord_emulator.limits import check_choices, check_message, check_modal
from discord_emulator.values import EPHEMERAL, LOADING, CallbackKind, InteractionKind

if TYPE_CHECKING:
    from discord_emulator.errors import Json
    from discord_emulator.rest import Call, Handler
    from discord_emulator.values import Interaction, Message
    from discord_emulator.world import World

SLOWNESS = 10.0
"""How many times slower than usual a busy machine may be: an answer that is late for that reason alone fails no test."""
FIRST_ANSWER_SECONDS, TOKEN_SECONDS = 3.0 * SLOWNESS, 900.0
FITTING = {
    InteractionKind.COMMAND: {CallbackKind.MESSAGE, CallbackKind.DEFERRED_MESSAGE, CallbackKind.MODAL},
    InteractionKind.COMPONENT: set(CallbackKind) - {CallbackKind.CHOICES},
    InteractionKind.AUTOCOMPLETE: {CallbackKind.CHOICES},
    InteractionKind.MODAL: set(CallbackKind) - {CallbackKind.CHOICES, CallbackKind.MODAL},
}
ON_MESSAGE = {CallbackKind.DEFERRED_UPDATE, CallbackKind.UPDATE}
Answer = tuple[int, Any]


def _callback(world: World, call: Call) -> Answer:
    interaction = world.interactions.get(call.parameters["interaction_token"])
    if interaction is None or interaction.id != call.parameters["interaction_id"]:
        raise ApiError(*UNKNOWN_INTERACTION)
    if interaction.callback is not None:
        raise ApiError(*ALREADY_ACKNOWLEDGED)
    if world.clock.now() - interaction.created > FIRST_ANSWER_SECONDS:
        raise ApiError(*UNKNOWN_INTERACTION)
    kind, data = CallbackKind(call.body["type"]), call.body.get("data") or {}
    if kind not in FITTING[interaction.kind] or (kind in ON_MESSAGE and interaction.source is None):
        raise InvalidBodyError([("type", "This interaction cannot be answered so")])
    _respond(world, interaction, kind, data)
    interaction.acknowledged, interaction.callback = world.clock.now(), call.body
    if str(call.query.get("with_response", "0")).lower() in {"1", "true"}:
        return 200, _resource(interaction, kind)
    return 204, None


def _respond(world: World, interaction: Interaction, kind: CallbackKind, data: Json) -> None:
    if kind is CallbackKind.CHOICES:
        check_choices(data.get("choices") or [])
    elif kind is CallbackKind.MODAL:
        check_modal(data)
    elif kind in ON_MESSAGE:
        interaction.original = interaction.source
        if kind is CallbackKind.UPDATE and interaction.source is not None:
            world.edit(interaction.source, data)
    else:
        flags = int(data.get("flags") or 0) | (LOADING if kind is CallbackKind.DEFERRED_MESSAGE else 0)
        interaction.original = _publish(world, interaction, data | {"flags": flags})


def _publish(world: World, interaction: Interaction, body: Json, replies: Message | None = None) -> Message:
    only_for = interaction.account if int(body.get("flags") or 0) & EPHEMERAL else None
    return world.post(interaction.channel, world.bot, body, only_for=only_for, interaction=interaction, replies=replies)


def _resource(interaction: Interaction, kind: CallbackKind) -> Json:
    shown: Json = {"id": interaction.id, "type": int(interaction.kind), "channel_id": interaction.channel.id}
    if interaction.original is None:
        return {"interaction": shown}
    flags = interaction.original.data["flags"]
    shown |= {
        "response_message_id": interaction.original.id,
        "response_message_loading": bool(flags & LOADING),
        "response_message_ephemeral": bool(flags & EPHEMERAL),
    }
    made = kind in {CallbackKind.MESSAGE, CallbackKind.DEFERRED_MESSAGE}
    told = {CallbackKind.DEFERRED_MESSAGE: 4, CallbackKind.DEFERRED_UPDATE: 7}.get(kind, int(kind))
    resource = {"type": told, "message": interaction.original.data}
    return {"interaction": shown, **({"resource": resource} if made or kind is CallbackKind.UPDATE else {})}


def _answered(world: World, call: Call) -> Interaction:
    """Return the interaction of a token that may still be used.

    Raises:
        ApiError: the token is unknown, was never answered, or is older than fifteen minutes.
    """
    interaction = world.interactions.get(call.parameters["webhook_token"])
    if interaction is None or call.parameters["webhook_id"] != world.bot.id or interaction.callback is None:
        raise ApiError(*UNKNOWN_WEBHOOK)
    if world.clock.now() - interaction.created > TOKEN_SECONDS:
        raise ApiError(*EXPIRED_TOKEN)
    return interaction


def _follow_up(world: World, call: Call) -> Answer:
    interaction = _answered(world, call)
    original = interaction.original
    if original is not None and original.data["flags"] & LOADING:
        world.edit(original, call.body, finishes=True)
        return 200, original.data
    check_message(call.body, complete=True)
    message = _publish(world, interaction, call.body, replies=original)
    interaction.followups.append(message)
    return 200, message.data


def _named(interaction: Interaction, id_: str) -> Message:
    candidates = [message for message in (interaction.original, *interaction.followups, interaction.source) if message]
    found = interaction.original if id_ == "@original" else next((m for m in candidates if m.id == id_), None)
    if found is None or found.deleted:
        raise ApiError(*UNKNOWN_MESSAGE)
    return found


def _show(world: World, call: Call) -> Answer:
    return 200, _named(_answered(world, call), call.parameters.get("message_id", "@original")).data


def _edit(world: World, call: Call) -> Answer:
    message = _named(_answered(world, call), call.parameters.get("message_id", "@original"))
    world.edit(message, call.body, finishes=bool(message.data["flags"] & LOADING))
    return 200, message.data


def _delete(world: World, call: Call) -> Answer:
    world.delete(_named(_answered(world, call), call.parameters.get("message_id", "@original")))
    return 204, None


MESSAGES = "/webhooks/{webhook_id}/{webhook_token}/messages"
HANDLERS: dict[tuple[str, str], Handler] = {
    ("POST", "/interactions/{interaction_id}/{interaction_token}/callback"): _callback,
    ("POST", "/webhooks/{webhook_id}/{webhook_token}"): _follow_up,
    ("GET", f"{MESSAGES}/@original"): _show,
    ("PATCH", f"{MESSAGES}/@original"): _edit,
    ("DELETE", f"{MESSAGES}/@original"): _delete,
    ("GET", MESSAGES + "/{message_id}"): _show,
    ("PATCH", MESSAGES + "/{message_id}"): _edit,
    ("DELETE", MESSAGES + "/{message_id}"): _delete,
}
