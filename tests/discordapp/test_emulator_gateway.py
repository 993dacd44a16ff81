"""The emulator's gateway, proven with a small discord.py bot."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import discord
import pytest
from discord_emulator import Emulator, Permission, Server
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


def test_the_bot_identifies_once_and_beats(cafe: Server, bot: Running) -> None:
    """One identify; the heartbeat of the hello is acknowledged; the server and its channel are known."""
    gateway = cafe.emulator.gateway
    assert len(gateway.identified) == 1
    assert gateway.heartbeats == [None]
    assert gateway.identifies_left == 999
    assert hello(bot).guilds[0].text_channels[0].name == "general"


def test_heartbeats_go_on_and_a_dead_line_is_left(discord_server: Emulator) -> None:
    """Unacknowledged heartbeats make the client reconnect and resume."""
    discord_server.guild()
    discord_server.gateway.heartbeat_ms = 250
    with running(lambda: Hello(heartbeat_timeout=1.0), discord_server.token):
        discord_server.until_ready()
        discord_server.until(lambda: len(discord_server.gateway.heartbeats) > 3)
        discord_server.gateway.acknowledge = False
        discord_server.until(lambda: discord_server.gateway.resumed)
        discord_server.gateway.acknowledge = True
    assert len(discord_server.gateway.identified) == 1


@pytest.mark.parametrize("code", [None, 4000, 1001])
def test_a_dropped_line_resumes_with_what_was_missed(cafe: Server, bot: Running, code: int | None) -> None:
    """What happened while the line was down is replayed once, in order, without another identify."""
    emulator = cafe.emulator
    ana = cafe.user("Ana")
    session = emulator.gateway.connected()[0].session
    assert session is not None

    def drop_and_talk() -> None:
        emulator.gateway.drop(code)
        session.socket = None

    emulator.on_loop(drop_and_talk)
    ana.say("one", mention_bot=True)
    ana.say("two", mention_bot=True)
    emulator.until(lambda: hello(bot).resumed)
    emulator.until(lambda: len(hello(bot).heard) == 2)
    assert [text.rpartition(" ")[2] for text in hello(bot).heard] == ["one", "two"]
    assert len(emulator.gateway.identified) == 1


def test_op_7_resumes(cafe: Server, bot: Running) -> None:
    """A request to reconnect ends in a resume."""
    cafe.emulator.on_loop(cafe.emulator.gateway.ask_to_reconnect)
    cafe.emulator.until(lambda: hello(bot).resumed)
    assert len(cafe.emulator.gateway.identified) == 1


@pytest.mark.parametrize(("resumable", "identifies"), [(True, 1), (False, 2)])
def test_an_invalid_session_resumes_or_begins_anew(cafe: Server, bot: Running, resumable: bool, identifies: int) -> None:
    """Op 9 with true resumes; with false it identifies again."""
    gateway = cafe.emulator.gateway
    cafe.emulator.on_loop(lambda: gateway.invalidate(resumable=resumable))
    cafe.emulator.until(lambda: len(gateway.resumed) + len(gateway.identified) == 2)
    cafe.emulator.until_ready()
    assert len(gateway.identified) == identifies
    cafe.user("Ana").say("hi", mention_bot=True)
    cafe.emulator.until(lambda: hello(bot).heard)


def test_a_lost_session_identifies_after_the_refused_resume(cafe: Server, bot: Running) -> None:
    """A resume of a forgotten session is refused, and the bot begins anew."""
    cafe.emulator.on_loop(cafe.emulator.gateway.forget_sessions)
    cafe.emulator.drop()
    cafe.emulator.until(lambda: len(cafe.emulator.gateway.identified) == 2)
    cafe.emulator.until_ready()
    assert hello(bot).resumed == 0


def test_privileged_intents_must_be_granted(discord_server: Emulator) -> None:
    """Asking for message content without the portal's switch closes with 4014; with it the bot connects."""
    intents = discord.Intents(guilds=True, guild_messages=True, message_content=True)
    with running(lambda: Hello(intents), discord_server.token) as run:
        assert isinstance(run.ended(), discord.PrivilegedIntentsRequired)
    discord_server.gateway.application_flags = 1 << 19
    with running(lambda: Hello(intents), discord_server.token):
        discord_server.until_ready()


@pytest.mark.usefixtures("discord_server")
def test_a_wrong_token_is_refused() -> None:
    """The HTTP API answers 401 and the client gives up."""
    with running(Hello, "wrong") as run:
        assert isinstance(run.ended(), discord.LoginFailure)


def test_identifies_too_close_together_are_refused(cafe: Server, bot: Running) -> None:
    """Within the interval a new session is invalid until the time has passed."""
    gateway = cafe.emulator.gateway
    gateway.identify_seconds = 3600
    cafe.emulator.on_loop(partial(gateway.invalidate, resumable=False))
    cafe.emulator.until(lambda: len(gateway.identified) > 1)
    cafe.emulator.until(lambda: not gateway.connected())
    cafe.emulator.clock.skip(3600)
    cafe.emulator.until_ready()
    assert len(gateway.identified) > 2
    assert not hello(bot).is_closed()


def test_without_the_content_intent_only_mentions_and_direct_messages_can_be_read(cafe: Server, bot: Running) -> None:
    """Other messages arrive empty, edits too."""
    ana = cafe.user("Ana")
    ana.say("secret")
    mention = ana.say("open", mention_bot=True)
    cafe.emulator.until(lambda: len(hello(bot).heard) == 2)
    assert hello(bot).heard[0] == ""
    reply = cafe.emulator.until(ana.hears)[0]
    assert (reply.content, reply.replies_to, reply.message.notified) == ("hello Ana", mention.id, set())
    ana.say("quiet reply", reply_to=reply, notify=False)
    ana.say("loud reply", reply_to=reply)
    ana.say("direct", channel=ana.direct)
    cafe.emulator.until(lambda: len(hello(bot).heard) == 5)
    assert hello(bot).heard[2:] == ["", "loud reply", "direct"]
    ana.edit(mention, "changed")
    cafe.emulator.until(lambda: hello(bot).edits)
    assert hello(bot).edits[0].endswith("changed")


def test_a_thread_is_opened_and_heard(cafe: Server, bot: Running) -> None:
    """The bot opens a thread on a message, writes into it and hears what is said there."""
    ana = cafe.user("Ana")
    ana.say("a thread please", mention_bot=True)
    cafe.emulator.until(cafe.threads)
    thread = cafe.threads()[0]
    cafe.emulator.until(lambda: [seen.content for seen in ana.hears(thread)] == ["in the thread"])
    ana.say("hi", channel=thread, mention_bot=True)
    cafe.emulator.until(lambda: len(ana.hears(thread)) == 2)
    assert hello(bot).errors == []


def test_a_message_in_a_forbidden_channel_is_not_heard_and_not_sent(cafe: Server, bot: Running) -> None:
    """Without the permission to see or to speak there is neither event nor message."""
    ana, hidden, mute = cafe.user("Ana"), cafe.channel("hidden"), cafe.channel("mute")
    cafe.forbid(hidden, Permission.VIEW_CHANNEL)
    cafe.forbid(mute, Permission.SEND_MESSAGES)
    ana.say("unheard", channel=hidden, mention_bot=True)
    ana.say("heard", channel=mute, mention_bot=True)
    cafe.emulator.until(lambda: [call.status for call in cafe.emulator.calls if call.method == "POST"] == [403])
    assert len(hello(bot).heard) == 1


def test_direct_messages_can_be_closed(cafe: Server, bot: Running) -> None:
    """A person who takes no direct messages is 403 with 50007."""
    ana = cafe.user("Ana")
    ana.account.accepts_direct_messages = False

    async def write() -> int:
        user = await hello(bot).fetch_channel(int(ana.direct.id))
        assert isinstance(user, discord.DMChannel)
        with pytest.raises(discord.Forbidden) as caught:
            await user.send("psst")
        return caught.value.code

    assert bot.do(write()) == 50007


def test_a_nonce_sends_once(cafe: Server, bot: Running) -> None:
    """The same nonce again returns the earlier message."""
    channel = hello(bot).get_channel(int(cafe.channel().id))
    assert isinstance(channel, discord.TextChannel)

    async def twice() -> set[int]:
        return {(await channel.send("once", nonce="7")).id for _ in range(2)}

    assert len(bot.do(twice())) == 1
    assert len(cafe.user("Ana").hears()) == 1
