"""The emulator's commands, buttons, forms and suggestions, proven with a small discord.py bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
import pytest
from discord_emulator import Break, Emulator, Fault, NotOfferedError, Permission, Refusal, Server
from discord_emulator.routes_interactions import FIRST_ANSWER_SECONDS
from discord_hello import Hello
from discord_running import Running, running

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.services


@pytest.fixture
def cafe(discord_server: Emulator) -> Server:
    """Return a server with the bot on it."""
    return discord_server.guild()


@pytest.fixture
def bot(discord_server: Emulator, cafe: Server) -> Iterator[Running]:
    """Yield the running bot."""
    del cafe
    with running(Hello, discord_server.token) as run:
        run.until_ready(discord_server)
        yield run


def hello(bot: Running) -> Hello:
    """Return the client."""
    assert isinstance(bot.client, Hello)
    return bot.client


def test_a_command_is_answered(cafe: Server, bot: Running) -> None:
    """A reply arrives, is acknowledged in time, and mentions nobody."""
    asked = cafe.user("Ana").slash("echo", text="hi @everyone")
    reply = asked.reply()
    assert (reply.content, reply.buttons) == ("hi @everyone", ["Edit", "Form", "👍"])
    assert asked.acknowledged_after is not None
    assert reply.message.notified == set()
    assert hello(bot).errors == []


def test_a_deferred_command_shows_its_edits(cafe: Server, bot: Running) -> None:
    """Thinking, an edit and the final words are three versions; the ephemeral follow-up is seen by the asker alone."""
    asked = cafe.user("Ana").slash("echo", text="done", slowly=True)
    reply = asked.reply().until(lambda seen: seen.content == "done")
    assert [version.data["content"] for version in reply.versions] == ["", "working", "done"]
    asked._emulator.until(lambda: len(asked.messages) == 2)
    more = asked.messages[1]
    assert (more.content, more.ephemeral) == ("more", True)
    assert more.visible_to(cafe.user("Ana").account)
    assert not more.visible_to(cafe.user("Ben").account)
    assert hello(bot).errors == []


def test_buttons_edit_and_open_forms(cafe: Server, bot: Running) -> None:
    """A click edits; another opens a form, whose submission is answered."""
    ana = cafe.user("Ana")
    message = ana.slash("echo", text="hi").reply()
    asked = ana.click(message, "Form")
    assert asked.modal()["title"] == "Why?"
    assert ana.submit(asked, Reason="rain").reply().content == "because rain"
    ana.click(message, "👍").acknowledged()
    ana.click(message, "Edit").acknowledged()
    assert message.content == "edited"
    with pytest.raises(NotOfferedError):
        ana.click(message, "Gone")
    assert hello(bot).errors == []


def test_suggestions_arrive_while_typing(cafe: Server, bot: Running) -> None:
    """Autocomplete returns choices."""
    choices = cafe.user("Ana").autocomplete("echo", typing="text", text="he")
    assert [choice["name"] for choice in choices] == ["he!", "he?"]
    assert hello(bot).errors == []


def test_after_three_seconds_the_interaction_is_unknown(cafe: Server, bot: Running) -> None:
    """A late first answer is refused with 10062."""
    asked = cafe.user("Ana").slash("late")
    cafe.emulator.clock.skip(FIRST_ANSWER_SECONDS)
    hello(bot).late.set()
    cafe.emulator.until(lambda: hello(bot).errors)
    error = hello(bot).errors[0]
    assert isinstance(error, discord.NotFound)
    assert error.code == 10062
    assert asked.interaction.callback is None


def test_a_second_first_answer_is_refused(cafe: Server, bot: Running) -> None:
    """Answering an interaction twice is 40060, also where the first answer's confirmation was lost."""
    cafe.emulator.plan(Fault(path="/interactions/*/callback", does=Break.ANSWER_LOST))
    asked = cafe.user("Ana").slash("echo", text="once").acknowledged()
    cafe.emulator.until(lambda: hello(bot).errors)

    async def again() -> int:
        try:
            data = {"type": 4, "data": {"content": "twice"}}
            token, id_ = asked.interaction.token, asked.interaction.id
            path = "/interactions/{id}/{token}/callback"
            await hello(bot).http.request(discord.http.Route("POST", path, id=id_, token=token), json=data)
        except discord.HTTPException as error:
            return error.code
        return 0

    assert bot.do(again()) == 40060
    assert asked.messages[0].content == "once"


def test_after_fifteen_minutes_the_token_is_dead(cafe: Server, bot: Running) -> None:
    """Edits by an old token are refused with 50027; shortly before they are not."""
    asked = cafe.user("Ana").slash("echo", text="hi")
    asked.reply()
    webhook = discord.Webhook.partial(
        int(cafe.emulator.world.bot.id), asked.interaction.token, client=hello(bot), bot_token=None
    )
    cafe.emulator.clock.skip(840)
    bot.do(webhook.edit_message(int(asked.messages[0].id), content="still"))
    assert asked.messages[0].content == "still"
    cafe.emulator.clock.skip(61)
    with pytest.raises(discord.HTTPException) as caught:
        bot.do(webhook.edit_message(int(asked.messages[0].id), content="no more"))
    assert (caught.value.status, caught.value.code) == (401, 50027)


def test_moderators_commands_are_offered_to_moderators(cafe: Server, bot: Running) -> None:
    """Default permissions and contexts decide who is offered a command, and where."""
    moderator = cafe.user("Mo", roles=(cafe.role("Moderator", Permission.MANAGE_GUILD),))
    assert "moderate" not in cafe.user("Ana").commands()
    assert moderator.slash("moderate").reply().ephemeral
    assert set(moderator.commands(moderator.direct)) == {"echo", "late"}
    assert hello(bot).errors == []


def test_a_burst_of_429_is_waited_out(cafe: Server, bot: Running) -> None:
    """discord.py retries a refusal that names its time, and a server error."""
    cafe.emulator.plan(Fault(path="/webhooks/*", method="PATCH", does=Refusal(retry_after=0.05), times=2))
    cafe.user("Ana").slash("echo", text="slow", slowly=True).reply().until(lambda seen: seen.content == "slow")
    assert [call.status for call in cafe.emulator.calls if call.injected] == [429, 429]
    assert len(cafe.emulator.limits.invalid) == 2
    assert hello(bot).errors == []


def test_an_exhausted_bucket_tells_when_to_come_back(cafe: Server, bot: Running) -> None:
    """Ten messages through a bucket of five in half a second arrive, none refused, because the headers say how long to wait."""
    cafe.emulator.limits.limits["POST", "/channels/{channel_id}/messages"] = (5, 0.5)
    channel = hello(bot).get_channel(int(cafe.channel().id))
    assert isinstance(channel, discord.TextChannel)

    async def burst() -> None:
        for n in range(10):
            await channel.send(str(n))

    bot.do(burst())
    assert [seen.content for seen in cafe.user("Ana").hears()] == [str(n) for n in range(10)]
    assert cafe.emulator.limits.refused == 0


def test_the_global_limit_holds(cafe: Server, bot: Running) -> None:
    """Past the limit of all routes together a request is refused once, waits and gets through."""
    cafe.emulator.limits.everywhere = (3, 3.0)
    channel = hello(bot).get_channel(int(cafe.channel().id))
    assert isinstance(channel, discord.TextChannel)

    async def burst() -> None:
        for n in range(4):
            await channel.send(str(n))

    bot.do(burst())
    refusals = [call.answer["global"] for call in cafe.emulator.calls if call.status == 429]
    assert refusals
    assert all(refusals)
    assert len(cafe.user("Ana").hears()) == 4
