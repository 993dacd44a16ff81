"""Whom a message mentions, and whom it notifies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from discord_emulator.errors import Json

USER, ROLE, EVERYONE = re.compile(r"<@!?(\d+)>"), re.compile(r"<@&(\d+)>"), re.compile(r"@(?:everyone|here)")
CODE = re.compile(r"(`{3}|`{1,2}).+?\1", re.DOTALL)


def mentioned(content: str, allowed: Json | None) -> tuple[set[str], set[str], bool]:
    """Return the account ids and role ids that a text mentions, and whether it calls everybody.

    Args:
        content: the text.
        allowed: the request's `allowed_mentions`; without one everything counts, as on Discord.
    """
    text = CODE.sub("", content)
    users, roles, everyone = set(USER.findall(text)), set(ROLE.findall(text)), bool(EVERYONE.search(text))
    if allowed is None:
        return users, roles, everyone
    parse = set(allowed.get("parse") or [])
    return (
        users if "users" in parse else users & set(allowed.get("users") or []),
        roles if "roles" in parse else roles & set(allowed.get("roles") or []),
        everyone and "everyone" in parse,
    )


def replied_to(allowed: Json | None) -> bool:
    """Return whether a reply notifies the author of what it replies to."""
    return True if allowed is None else bool(allowed.get("replied_user"))
