"""Whom the bot answers, and how often."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.chat.clock import Clock
    from bot.chat.guilds import GuildStore

WINDOW = 60.0
"""Seconds in which questions are counted."""
DIRECT_RATE = 5
"""Questions of one user in a minute in direct messages."""
TOLD_RATE = 2
"""Public explanations to one user in a minute."""
MOST_KEYS = 50_000
_MOST_CHANNELS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who wants something, and where. `parent` is the channel that a thread belongs to; `roles` are ids."""

    user: int
    channel: int
    locale: str = "en"
    guild: int | None = None
    parent: int | None = None
    roles: frozenset[int] = frozenset()
    manages: bool = False
    """Has Discord's permission to manage the server."""
    bot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """Why somebody is not answered: a string of the catalogue and its values. An empty key says nothing at all."""

    key: str
    values: Mapping[str, str | int] = field(default_factory=dict)


SILENCE = Denial(key="")


class Rates:
    """Counts questions in a sliding window."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._asked: OrderedDict[tuple[str, int], deque[float]] = OrderedDict()

    def wait(self, kind: str, identity: int, most: int) -> float:
        """Return how many seconds to wait before one more; 0 where it may come now."""
        times, now = self._asked.get((kind, identity)), self._clock.now()
        if not times:
            return 0.0
        while times and times[0] <= now - WINDOW:
            times.popleft()
        return times[-most] + WINDOW - now if len(times) >= most else 0.0

    def count(self, kind: str, identity: int) -> None:
        """Note one question."""
        key = (kind, identity)
        self._asked.setdefault(key, deque()).append(self._clock.now())
        self._asked.move_to_end(key)
        while len(self._asked) > MOST_KEYS:
            self._asked.popitem(last=False)


class Doorman:
    """Decides at once, from memory.

    Args:
        guilds: what moderators have set.
        clock: for the rates.
        allowed_guilds: servers that may use the bot; empty for all.
        blocked: users who are never answered.
        direct: answer anybody's direct messages.
    """

    def __init__(
        self,
        guilds: GuildStore,
        clock: Clock,
        *,
        allowed_guilds: frozenset[int] = frozenset(),
        blocked: frozenset[int] = frozenset(),
        direct: bool = False,
    ) -> None:
        self._guilds, self._clock = guilds, clock
        self._allowed, self._blocked, self._direct = allowed_guilds, blocked, direct
        self._rates = Rates(clock)
        self._running: set[int] = set()

    def refuse(self, asker: Asker, *, member: bool = False) -> Denial | None:
        """Return why this question is not taken; None where it is.

        Args:
            asker: who asks.
            member: belongs to a server that allows its members direct messages; read where there is no server.
        """
        return self._unwelcome(asker, member=member) or self._too_fast(asker)

    def begin(self, asker: Asker) -> None:
        """Note that a question of the asker was taken and is being answered."""
        self._running.add(asker.user)
        self._rates.count("user", asker.user)
        if asker.guild is not None:
            self._rates.count("guild", asker.guild)

    def resume(self, user: int) -> None:
        """Note that a question taken before a restart is being answered."""
        self._running.add(user)

    def end(self, user: int) -> None:
        """Note that the user's answer is complete."""
        self._running.discard(user)

    def may_be_told(self, user: int) -> bool:
        """Tell whether to say in public why somebody is not answered: not over and over."""
        if self._rates.wait("told", user, TOLD_RATE):
            return False
        self._rates.count("told", user)
        return True

    def may_moderate(self, asker: Asker) -> bool:
        """Tell whether the asker may use the moderators' commands on this server."""
        if asker.guild is None or asker.bot:
            return False
        return asker.manages or bool(asker.roles.intersection(self._guilds.get(asker.guild).moderators))

    def _unwelcome(self, asker: Asker, *, member: bool) -> Denial | None:
        if asker.bot:
            return SILENCE
        if asker.user in self._blocked or asker.user in self._guilds.get(asker.guild).blocked:
            return Denial(key="chat.blocked")
        if asker.guild is None:
            return None if self._direct or member else Denial(key="chat.no_dms")
        return self._elsewhere(asker)

    def _elsewhere(self, asker: Asker) -> Denial | None:
        """Return why the asker is not answered on this server, in this channel or in this role."""
        settings = self._guilds.get(asker.guild)
        if self._allowed and asker.guild not in self._allowed:
            return Denial(key="chat.not_this_server")
        if settings.channels and not {asker.channel, asker.parent}.intersection(settings.channels):
            places = " ".join(f"<#{channel}>" for channel in settings.channels[:_MOST_CHANNELS])
            return Denial(key="chat.not_this_channel", values={"channels": places})
        if settings.roles and not asker.manages and not asker.roles.intersection(settings.roles):
            return Denial(key="chat.not_this_role")
        return None

    def _too_fast(self, asker: Asker) -> Denial | None:
        if asker.user in self._running:
            return Denial(key="chat.one_at_a_time")
        settings = self._guilds.get(asker.guild)
        rate = settings.user_rate if asker.guild is not None else DIRECT_RATE
        if wait := self._rates.wait("user", asker.user, rate):
            return Denial(key="chat.slow_down", values={"when": self._moment(wait)})
        if asker.guild is not None and (wait := self._rates.wait("guild", asker.guild, settings.guild_rate)):
            return Denial(key="chat.slow_down_all", values={"when": self._moment(wait)})
        return None

    def _moment(self, wait: float) -> str:
        """Return a time as Discord shows it, counting down in the reader's language."""
        return f"<t:{int(self._clock.now() + wait) + 1}:R>"
