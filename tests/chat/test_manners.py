"""Whom the bot answers, and how often."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from chat_world import HandClock

from bot.chat.database import Database
from bot.chat.guilds import GuildSettings, GuildStore
from bot.chat.identifies import A_HOUR, FREE, IdentifyBudget
from bot.chat.line import Line
from bot.chat.manners import SILENCE, Asker, Doorman, Rates

if TYPE_CHECKING:
    from pathlib import Path

GUILD, CHANNEL, ROLE = 6, 5, 40


@pytest.fixture
def clock() -> HandClock:
    """A clock that a test moves."""
    return HandClock()


@pytest.fixture
def guilds(tmp_path: Path) -> GuildStore:
    """Servers without settings."""
    return GuildStore(Database(tmp_path / "discord.sqlite"))


def asker(user: int = 1, **fields: Any) -> Asker:
    """Return somebody who asks on the server."""
    return Asker(**{"user": user, "channel": CHANNEL, "guild": GUILD, **fields})


def key(doorman: Doorman, who: Asker, **options: bool) -> str | None:
    """Return why somebody is not answered."""
    denial = doorman.refuse(who, **options)
    return denial.key if denial else None


def test_bots_are_never_answered(guilds: GuildStore, clock: HandClock) -> None:
    """Not even with a word of refusal: two bots could talk for ever."""
    assert Doorman(guilds, clock).refuse(asker(bot=True)) is SILENCE


def test_one_answer_at_a_time(guilds: GuildStore, clock: HandClock) -> None:
    """A second question waits for the first answer; others are not held up."""
    doorman = Doorman(guilds, clock)
    doorman.begin(asker())
    assert key(doorman, asker()) == "chat.one_at_a_time"
    assert key(doorman, asker(2)) is None
    doorman.end(1)
    assert key(doorman, asker()) is None


@pytest.mark.asyncio
async def test_too_many_questions(guilds: GuildStore, clock: HandClock) -> None:
    """After the fifth in a minute a time is told at which the next is taken; then it is."""
    doorman = Doorman(guilds, clock)
    for _ in range(5):
        assert key(doorman, asker()) is None
        doorman.begin(asker())
        doorman.end(1)
        await clock.advance(1)
    denial = doorman.refuse(asker())
    assert denial is not None
    assert (denial.key, denial.values) == ("chat.slow_down", {"when": f"<t:{int(clock.now()) + 56}:R>"})
    await clock.advance(56)
    assert key(doorman, asker()) is None


@pytest.mark.asyncio
async def test_too_many_questions_on_a_server(guilds: GuildStore, clock: HandClock) -> None:
    """All members together have a limit too; other servers are not held up."""
    guilds.put(GUILD, GuildSettings(guild_rate=3))
    doorman = Doorman(guilds, clock)
    for user in range(3):
        doorman.begin(asker(user))
    assert key(doorman, asker(9)) == "chat.slow_down_all"
    assert key(doorman, asker(9, guild=7)) is None
    await clock.advance(61)
    assert key(doorman, asker(9)) is None


def test_allow_and_block_lists(guilds: GuildStore, clock: HandClock) -> None:
    """Channels (a thread counts as its channel), roles, members, users and servers."""
    guilds.put(GUILD, GuildSettings(channels=(CHANNEL,), roles=(ROLE,), blocked=(3,)))
    doorman = Doorman(guilds, clock, allowed_guilds=frozenset({GUILD}), blocked=frozenset({4}))
    allowed = frozenset({ROLE})
    assert key(doorman, asker(roles=allowed)) is None
    assert key(doorman, asker(roles=allowed, channel=99, parent=CHANNEL)) is None
    assert key(doorman, asker(roles=allowed, channel=99)) == "chat.not_this_channel"
    assert key(doorman, asker()) == "chat.not_this_role"
    assert key(doorman, asker(manages=True)) is None
    assert key(doorman, asker(3, roles=allowed)) == "chat.blocked"
    assert key(doorman, asker(4, roles=allowed)) == "chat.blocked"
    assert key(doorman, asker(guild=8)) == "chat.not_this_server"


def test_direct_messages(guilds: GuildStore, clock: HandClock) -> None:
    """Answered where the operator allows them, or a server of the user does."""
    alone = asker(guild=None)
    assert key(Doorman(guilds, clock), alone) == "chat.no_dms"
    assert key(Doorman(guilds, clock), alone, member=True) is None
    assert key(Doorman(guilds, clock, direct=True), alone) is None


def test_who_moderates(guilds: GuildStore, clock: HandClock) -> None:
    """Those who manage the server, and chosen roles; nobody in direct messages."""
    guilds.put(GUILD, GuildSettings(moderators=(ROLE,)))
    doorman = Doorman(guilds, clock)
    assert doorman.may_moderate(asker(manages=True))
    assert doorman.may_moderate(asker(roles=frozenset({ROLE})))
    assert not doorman.may_moderate(asker())
    assert not doorman.may_moderate(asker(guild=None, manages=True))
    assert not doorman.may_moderate(asker(manages=True, bot=True))


@pytest.mark.asyncio
async def test_explanations_are_not_repeated_for_ever(guilds: GuildStore, clock: HandClock) -> None:
    """Whoever keeps writing to a bot that does not answer them is told twice a minute."""
    doorman = Doorman(guilds, clock)
    assert [doorman.may_be_told(1) for _ in range(4)] == [True, True, False, False]
    await clock.advance(61)
    assert doorman.may_be_told(1)


def test_the_memory_of_rates_is_bounded(clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many users do not fill the memory."""
    monkeypatch.setattr("bot.chat.manners.MOST_KEYS", 100)
    rates = Rates(clock)
    for user in range(1000):
        rates.count("user", user)
    assert len(rates._asked) == 100


@pytest.mark.asyncio
async def test_a_crash_loop_does_not_storm_discord(tmp_path: Path, clock: HandClock) -> None:
    """A bot that is restarted at once, again and again, connects at most ten times an hour; a few times at once."""
    database = Database(tmp_path / "discord.sqlite")
    began, times = clock.now(), []
    while clock.now() < began + 7_200:
        budget = IdentifyBudget(database, clock)
        await clock.advance(budget.pause() + 0.1)
        budget.count()
        times.append(clock.now() - began)
    assert times[FREE - 1] < 1
    for first, later in zip(times, times[A_HOUR:], strict=False):
        assert later - first >= 3_600


@pytest.mark.asyncio
async def test_the_line_is_first_come_first_served() -> None:
    """Places are told and move up; who leaves the line holds nobody up."""
    line, order = Line(1), list[int]()
    told: dict[int, list[int]] = {n: [] for n in range(4)}
    release = asyncio.Event()

    async def stand(number: int) -> None:
        async with line.turn(told[number].append):
            order.append(number)
            await release.wait()

    tasks = [asyncio.create_task(stand(number)) for number in range(4)]
    await asyncio.sleep(0.01)
    assert (order, told) == ([0], {0: [], 1: [1], 2: [2], 3: [3]})
    tasks[1].cancel()
    await asyncio.sleep(0.01)
    assert (told[2], told[3]) == ([2, 1], [3, 2])
    release.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert order == [0, 2, 3]
    assert line.waiting == 0
    async with line.turn(lambda _: pytest.fail("the line is empty")):
        pass
