"""The moderators' commands, and who may use them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from discord_answers import QUESTION, answer, heard, is_final
from discord_emulator import NotOfferedError, Permission

if TYPE_CHECKING:
    from discord_emulator import Server
    from discord_fixtures import Stage

pytestmark = pytest.mark.services


def test_moderators_commands_are_not_offered_to_members(cafe: Server) -> None:
    """Discord itself hides them; members see the other three."""
    assert set(cafe.user("Ana").commands()) == {"ask", "sources", "about"}
    assert {"config", "reingest", "forget", "stats"} <= set(cafe.owner().commands())
    ana = cafe.user("Ana")
    assert not {"config", "reingest", "forget", "stats"} & set(ana.commands(ana.direct))


def test_a_command_that_was_opened_to_others_still_checks_the_role(stage: Stage, cafe: Server) -> None:
    """Where the server offers a command to everybody, the bot lets only moderators use it; a named role becomes one."""
    helper = cafe.role("Helper")
    hanna, ana = cafe.user("Hanna", roles=(helper,)), cafe.user("Ana")
    cafe.open_commands()
    assert "moderators" in ana.slash("config show").reply().content.lower()
    cafe.owner().slash("config moderator", role=helper.id, allowed=True).reply()
    assert hanna.slash("config show").reply().embeds
    assert ana.slash("stats").reply().embeds == []
    assert stage.bot.running


def test_the_bot_answers_only_in_chosen_channels(cafe: Server) -> None:
    """Elsewhere it names the channel in which it does."""
    place, ana = cafe.channel("careers"), cafe.user("Ana")
    shown = cafe.owner().slash("config channel", channel=place.id, allowed=True).reply()
    assert shown.ephemeral
    assert f"<#{place.id}>" in shown.text
    declined = ana.slash("ask", question=QUESTION).reply()
    assert declined.ephemeral
    assert f"<#{place.id}>" in declined.content
    answer(ana.slash("ask", where=place, question=QUESTION))


def test_only_chosen_roles_may_ask(cafe: Server) -> None:
    """Others are told so."""
    role = cafe.role("Student")
    cafe.owner().slash("config role", role=role.id, allowed=True).reply()
    assert "roles" in cafe.user("Ana").slash("ask", question=QUESTION).reply().content
    answer(cafe.user("Sam", roles=(role,)).slash("ask", question=QUESTION))


def test_a_blocked_member_is_not_answered(cafe: Server) -> None:
    """Until they are unblocked."""
    ana = cafe.user("Ana")
    cafe.owner().slash("config member", member=ana.id, blocked=True).reply()
    assert not is_final(ana.slash("ask", question=QUESTION).reply())
    cafe.owner().slash("config member", member=ana.id, blocked=False).reply()
    answer(ana.slash("ask", question=QUESTION))


def test_language_threads_and_rate_can_be_set(stage: Stage, cafe: Server) -> None:
    """The settings are kept and used."""
    owner, ana = cafe.owner(), cafe.user("Ana")
    owner.slash("config language", language="fr").reply()
    owner.slash("config threads", on=False).reply()
    shown = owner.slash("config rate", member=1, server=20).reply()
    assert "French" in shown.text
    answer(ana.slash("ask", question=QUESTION))
    assert stage.service.asked[-1]["language"] == "fr"
    assert cafe.threads() == []
    assert "<t:" in ana.slash("ask", question=QUESTION).reply().content


def test_the_corpus_is_changed_on_the_home_server_alone(stage: Stage, cafe: Server) -> None:
    """Elsewhere `/reingest` and `/forget` are declined."""
    before = stage.service.syncs
    assert "home server" in cafe.owner().slash("reingest").reply().content
    assert "home server" in cafe.owner().slash("forget", source="source-1").reply().content
    assert (stage.service.syncs, stage.service.forgotten) == (before, [])


def test_a_sync_reports_what_changed(stage: Stage) -> None:
    """`/reingest` enqueues a sync and ends with the change set."""
    before = stage.service.syncs
    reply = stage.home.owner().slash("reingest").reply()
    reply.until(lambda seen: "1 read" in seen.text and "source-9" in seen.text, what="the change set")
    assert "12 unchanged" in reply.text
    assert stage.service.syncs == before + 1


def test_a_source_is_forgotten_after_a_question(stage: Stage) -> None:
    """The source is suggested while typing, and removed only when the button is pressed."""
    owner = stage.home.owner()
    found = owner.autocomplete("forget", typing="source", source="ada")
    assert [choice["value"] for choice in found] == ["source-1"]
    question = owner.slash("forget", source="source-1").reply()
    assert "harbour office" in question.text
    assert stage.service.forgotten == []
    owner.click(question, "Remove it for good").acknowledged()
    stage.emulator.until(lambda: stage.service.forgotten == ["source-1"], what="the source is removed")
    stage.service.forgotten.clear()


def test_numbers_are_shown(cafe: Server) -> None:
    """`/stats` shows the service's numbers and the bot's own."""
    text = cafe.owner().slash("stats").reply().text
    assert "7" in text
    assert "Servers" in text


def test_missing_permissions_do_not_stop_the_bot(stage: Stage, cafe: Server) -> None:
    """Where it may not write, it stays silent; without threads it answers without one; commands work all the same."""
    mute, flat, ana = cafe.channel("mute"), cafe.channel("flat"), cafe.user("Ana")
    cafe.forbid(mute, Permission.SEND_MESSAGES, Permission.CREATE_PUBLIC_THREADS)
    cafe.forbid(flat, Permission.CREATE_PUBLIC_THREADS, Permission.SEND_MESSAGES_IN_THREADS)
    ana.say(QUESTION, channel=mute, mention_bot=True)
    ben = cafe.user("Ben")
    heard(ben, ben.say(QUESTION, channel=flat, mention_bot=True))
    answer(cafe.user("Cora").slash("ask", where=mute, question=QUESTION))
    assert cafe.threads() == []
    assert stage.bot.running


def test_the_emulator_does_not_offer_what_is_not_there(cafe: Server) -> None:
    """A command without its required option is Discord's to refuse."""
    with pytest.raises(NotOfferedError):
        cafe.user("Ana").slash("ask")
