"""What the bot does when Discord, the network or its own computer misbehaves: nothing is lost, nothing comes twice."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from discord_answers import QUESTION, answer, finals, heard
from discord_emulator import Break, Fault, Refusal
from discord_process import BotProcess, call
from patience import PATIENCE

from bot.keys import KeyStore
from ingest.home import Home

if TYPE_CHECKING:
    from discord_emulator import Server
    from discord_fixtures import Stage

pytestmark = pytest.mark.services

GUIDE = Path(__file__).parents[2] / "docs" / "discord.md"
CALLBACK, WEBHOOK = "/interactions/*/callback", "/webhooks/*"
MESSAGES = "/channels/*/messages"


def test_a_lost_line_loses_and_doubles_nothing(stage: Stage, cafe: Server) -> None:
    """A question asked while the line is down is replayed and answered once; the session is taken up, not begun anew."""
    gateway, emulator = stage.emulator.gateway, stage.emulator
    before = (len(gateway.identified), len(gateway.resumed), len(stage.service.asked))
    session = gateway.connected()[0].session
    assert session is not None

    def cut() -> None:
        gateway.drop()
        session.socket = None

    emulator.on_loop(cut)
    asked = cafe.user("Ana").slash("ask", question=QUESTION)
    answer(asked)
    assert (len(gateway.identified), len(gateway.resumed), len(stage.service.asked)) == (
        before[0],
        before[1] + 1,
        before[2] + 1,
    )


def test_events_that_come_twice_are_answered_once(stage: Stage, cafe: Server) -> None:
    """A command, a message and an edit that Discord sends again change nothing."""
    ana, ben = cafe.user("Ana"), cafe.user("Ben")
    before = len(stage.service.asked)
    answer(ana.slash("ask", question=QUESTION))
    stage.emulator.on_loop(lambda: stage.emulator.gateway.replay("INTERACTION_CREATE"))
    heard(ben, ben.say(QUESTION, mention_bot=True))
    stage.emulator.on_loop(lambda: stage.emulator.gateway.replay("MESSAGE_CREATE"))
    last = cafe.user("Cora")
    answer(last.slash("ask", question=QUESTION))
    time.sleep(0.5)
    assert len(stage.service.asked) == before + 3
    assert len(finals(cafe)) == 3


@pytest.mark.parametrize(
    "fault",
    [
        Fault(path=WEBHOOK, does=Refusal(retry_after=0.3), times=6),
        Fault(path=WEBHOOK, does=503, times=2),
        Fault(path=WEBHOOK, does=Break.REQUEST_LOST, times=2),
        Fault(path=WEBHOOK, does=Break.ANSWER_LOST, times=2),
        Fault(path=CALLBACK, does=Break.ANSWER_LOST),
        Fault(path=CALLBACK, does=Break.REQUEST_LOST),
        Fault(path=CALLBACK, does=502),
    ],
    ids=lambda fault: f"{fault.path}-{fault.does}",
)
def test_a_command_is_answered_once_whatever_fails(stage: Stage, cafe: Server, fault: Fault) -> None:
    """429, 5xx and lost requests or answers: exactly one final answer."""
    stage.emulator.plan(fault)
    asked = cafe.user("Ana").slash("ask", question=QUESTION)
    answer(asked)
    # Where only the news of the last edit were lost, that is still repeated.
    stage.emulator.until(lambda: fault.struck == fault.times, what=f"{fault.struck} of {fault.times} failures")
    cafe.emulator.until(cafe.threads, what="the thread")
    assert len(finals(cafe)) == 1
    assert len(asked.messages) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault(path=MESSAGES, method="POST", does=Break.ANSWER_LOST),
        Fault(path=MESSAGES, method="POST", does=Break.REQUEST_LOST),
        Fault(path=MESSAGES, method="POST", does=503, times=2),
        Fault(path=MESSAGES, method="POST", does=Refusal(retry_after=0.3, everywhere=True)),
        Fault(path=f"{MESSAGES}/*", method="PATCH", does=Break.ANSWER_LOST, times=2),
        Fault(path=f"{MESSAGES}/*", method="PATCH", does=Refusal(retry_after=0.3, scope="shared"), times=3),
    ],
    ids=lambda fault: f"{fault.method}-{fault.does}",
)
def test_a_mention_is_answered_once_whatever_fails(stage: Stage, cafe: Server, fault: Fault) -> None:
    """A message that was sent although its answer was lost is not sent again: Discord knows it by its nonce."""
    stage.emulator.plan(fault)
    ana = cafe.user("Ana")
    heard(ana, ana.say(QUESTION, mention_bot=True))
    stage.emulator.until(lambda: fault.struck == fault.times, what=f"{fault.struck} of {fault.times} failures")
    assert len(finals(cafe)) == 1
    (thread,) = cafe.threads()
    assert len(ana.hears(thread)) == 1


def test_after_fifteen_minutes_the_answer_comes_to_the_channel(stage: Stage, cafe: Server) -> None:
    """A token that has expired is replaced by one message in the channel, also where Discord's confirmation of it is lost."""
    stage.service.hold()
    ana = cafe.user("Ana")
    asked = ana.slash("ask", question=QUESTION)
    asked.reply()
    stage.emulator.clock.skip(901)
    stage.emulator.plan(Fault(path=MESSAGES, method="POST", does=Break.ANSWER_LOST))
    stage.service.release()
    stage.emulator.until(lambda: finals(cafe), what="the answer in the channel")
    (seen,) = finals(cafe)
    assert seen.id != asked.messages[0].id
    assert str(seen.message.data["nonce"]) == asked.interaction.id
    assert seen.message.notified <= {ana.id}


def test_a_stopped_bot_says_so_and_answers_after_the_restart(own_stage: Stage) -> None:
    """Those who wait are told at the end of the old process; the new one answers each of them once."""
    stage = own_stage
    assert call(stage.emulator, stage.folder, "sync", **stage.settings).returncode == 0
    stage.bot.start()
    stage.service.hold()
    people = [stage.home.user(f"Person {n}") for n in range(5)]
    asked = [person.slash("ask", question=f"{QUESTION} {n}").acknowledged() for n, person in enumerate(people)]
    people.append(stage.home.user("Mia"))
    question = people[-1].say(QUESTION, mention_bot=True)
    stage.emulator.until(lambda: len(stage.service.asked) == 4, what="four with the service")
    stage.emulator.until(
        lambda: [seen for thread in stage.home.threads() for seen in people[-1].hears(thread)], what="the mention is heard"
    )
    stage.emulator.until(lambda: not [one for one in asked if one.messages[0].thinking], what="all have read something")
    assert stage.bot.stop() == 0
    told = [one.messages[0].content for one in asked]
    assert all("restarted" in text for text in told), told
    stage.service.release()
    stage.bot.start()
    for one in asked:
        answer(one)
    heard(people[-1], question)
    assert len(finals(stage.home)) == len(people)


def test_a_killed_bot_answers_after_the_restart(own_stage: Stage) -> None:
    """Without a warning, the questions that were taken are answered once by the next process, and its buttons work."""
    stage = own_stage
    assert call(stage.emulator, stage.folder, "sync", **stage.settings).returncode == 0
    stage.bot.start()
    ana, ben = stage.home.user("Ana"), stage.home.user("Ben")
    earlier = answer(ana.slash("ask", question=QUESTION))
    stage.emulator.until(stage.home.threads, what="the thread")
    stage.service.hold()
    asked = ben.slash("ask", question=QUESTION)
    stage.emulator.until(lambda: len(stage.service.asked) == 2, what="the question is with the service")
    stage.bot.kill()
    stage.service.release()
    stage.bot.start()
    answer(asked)
    assert "Pick one small thing" in ana.click(earlier, "Quotes").reply().text
    assert len(finals(stage.home)) == 2


def test_a_bot_that_is_killed_while_it_acknowledges_answers_after_the_restart(own_stage: Stage) -> None:
    """A command that was heard is not lost, though Discord has not confirmed its acknowledgement."""
    stage = own_stage
    assert call(stage.emulator, stage.folder, "sync", **stage.settings).returncode == 0
    stage.bot.start()
    held = stage.emulator.plan(Fault(path=CALLBACK, seconds=2 * PATIENCE, times=99))
    stage.home.user("Ana").slash("ask", question=QUESTION)
    stage.emulator.until(lambda: held.struck, what="the acknowledgement is on its way")
    stage.bot.kill()
    stage.bot.start()
    stage.emulator.until(lambda: finals(stage.home), what="the answer in the channel")
    assert len(finals(stage.home)) == 1


def test_a_killed_bot_finds_its_reply_again(own_stage: Stage) -> None:
    """A reply that was sent without the bot hearing of it becomes the answer: no second message, no stale words."""
    stage = own_stage
    stage.bot.start()
    stage.service.hold()
    stage.emulator.plan(Fault(path=MESSAGES, method="POST", does=Break.ANSWER_LOST, times=99))
    ana = stage.home.user("Ana")
    question = ana.say(QUESTION, mention_bot=True)
    stage.emulator.until(
        lambda: [seen for thread in stage.home.threads() for seen in ana.hears(thread)], what="the reply is there"
    )
    stage.bot.kill()
    stage.emulator.faults.planned.clear()
    stage.service.release()
    stage.bot.start()
    heard(ana, question)
    (thread,) = stage.home.threads()
    assert len(ana.hears(thread)) == 1


@pytest.mark.parametrize("moment", ["/users/@me", "/oauth2", "the service", "a service of its own"])
def test_a_stop_during_the_start_ends_cleanly(own_stage: Stage, moment: str) -> None:
    """Before it is connected a bot that is told to stop ends with 0 and without a traceback; nothing of it goes on running."""
    stage = own_stage
    bot = stage.bot
    if moment == "a service of its own":
        bot = BotProcess(stage.emulator, stage.folder, "--local", "--llm", "none", **stage.settings)
    elif moment == "the service":
        stage.service.silent = True
    else:
        stage.emulator.plan(Fault(path=f"{moment}*", seconds=PATIENCE))
    bot.launch()
    if moment == "the service":
        stage.emulator.until(lambda: stage.service.waiting, what="the bot asks the service")
    elif moment == "a service of its own":
        stage.emulator.until(lambda: KeyStore(Home(stage.folder)).all(), what="the bot's own service is started")
    else:
        stage.emulator.until(lambda: [call for call in stage.emulator.calls if call.path.startswith(moment)], what=moment)
    assert bot.stop() == 0, bot.log
    assert "Traceback" not in bot.log
    assert KeyStore(Home(stage.folder)).all() == ()
    assert stage.emulator.gateway.identified == []


def test_a_start_writes_no_commands(own_stage: Stage) -> None:
    """Only `bot discord sync` does, and again only where something changed or it was asked to."""
    stage = own_stage
    stage.bot.start()
    assert stage.emulator.world.command_writes == 0
    stage.bot.stop()
    done = call(stage.emulator, stage.folder, "sync", **stage.settings)
    assert (done.returncode, stage.emulator.world.command_writes) == (0, 1)
    assert {command["name"] for command in stage.emulator.world.commands[None]} >= {"ask", "sources", "about", "config"}
    assert all("ja" in command["description_localizations"] for command in stage.emulator.world.commands[None])


def test_the_intents_are_minimal(own_stage: Stage) -> None:
    """Servers, messages on them and direct messages; nothing privileged."""
    own_stage.bot.start()
    session = own_stage.emulator.gateway.connected()[0].session
    assert session is not None
    assert session.intents == 1 << 0 | 1 << 9 | 1 << 12


def test_a_privileged_intent_that_is_not_granted_is_explained(own_stage: Stage) -> None:
    """One line that names the switch; an exit status that tells systemd not to try again at once."""
    done = call(own_stage.emulator, own_stage.folder, **own_stage.settings, MESSAGE_CONTENT="true")
    assert done.returncode == 4
    assert "Privileged Gateway Intents" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()[-1]) < 400


def test_a_wrong_token_is_explained_and_not_repeated(own_stage: Stage) -> None:
    """The token stands in no message, neither the right one nor a wrong one."""
    own_stage.emulator.token, right = "a-wrong-token", own_stage.emulator.token
    done = call(own_stage.emulator, own_stage.folder, **own_stage.settings)
    own_stage.emulator.token = right
    assert done.returncode == 4
    assert "token" in done.stderr
    assert "a-wrong-token" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_crash_loop_does_not_identify_without_end(own_stage: Stage) -> None:
    """After three quick starts within the hour the fourth waits before it introduces itself."""
    for _ in range(3):
        own_stage.bot.start().kill()
    own_stage.bot.start()
    identified = own_stage.emulator.gateway.identified
    assert len(identified) == 4
    assert identified[3] - identified[2] > 3


def test_the_check_says_what_is_missing(own_stage: Stage) -> None:
    """Everything is fine, or a line says what is not and how to mend it; nothing is changed."""
    stage = own_stage
    before = call(stage.emulator, stage.folder, "check", **stage.settings)
    assert before.returncode != 0
    assert "bot discord sync" in before.stdout + before.stderr
    assert stage.emulator.world.command_writes == 0
    call(stage.emulator, stage.folder, "sync", **stage.settings)
    after = call(stage.emulator, stage.folder, "check", **stage.settings)
    assert after.returncode == 0, after.stdout + after.stderr
    assert "permissions=309237730304" in after.stdout
    assert "permissions=309237730304" in GUIDE.read_text("utf-8")
    assert stage.emulator.gateway.identified == []
    stage.emulator.guild("Poor", bot_permissions=0).guild.everyone.permissions = 0
    poor = call(stage.emulator, stage.folder, "check", **stage.settings)
    assert "Poor" in poor.stdout + poor.stderr
