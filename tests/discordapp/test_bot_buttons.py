"""The buttons of an answer, the lists, and the manners of the bot."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from discord_answers import QUESTION, answer, is_final

from bot.question import LONGEST_QUESTION

if TYPE_CHECKING:
    from discord_emulator import Server
    from discord_fixtures import Stage

pytestmark = pytest.mark.services


def test_quotes_are_shown_to_whoever_asks_for_them(cafe: Server) -> None:
    """The exact words, page by page, original and translation, each reader to themselves."""
    seen = answer(cafe.user("Ana").slash("ask", question=QUESTION))
    ben = cafe.user("Ben")
    pages = ben.click(seen, "Quotes").reply()
    assert pages.ephemeral
    assert pages.visible_to(ben.account)
    assert "Pick one small thing that annoys you every day" in pages.text
    ben.click(pages, "Next").acknowledged()
    pages.until(lambda page: "Lo que abrió la puerta" in page.text, what="the second page")
    assert "What opened the door" in pages.text
    assert "1 of 3" not in pages.text


def test_more_brings_what_was_not_shown(stage: Stage, cafe: Server) -> None:
    """The question is asked again for more sources; what was seen before is left out."""
    ana = cafe.user("Ana")
    seen = answer(ana.slash("ask", question=QUESTION))
    before = len(stage.service.asked)
    more = ana.click(seen, "More")
    stage.emulator.until(lambda: len(stage.service.asked) > before, what="the service is asked")
    more.reply().until(lambda message: "nothing more" in message.content, what="nothing more was found")
    assert stage.service.asked[-1]["sources"] > 5


def test_a_vote_counts_once(stage: Stage, cafe: Server) -> None:
    """A thumb is stored through the service, once a person."""
    ana = cafe.user("Ana")
    seen = answer(ana.slash("ask", question=QUESTION))
    before = len(stage.service.votes)
    assert ana.click(seen, "👍").reply().ephemeral
    assert "already" in ana.click(seen, "👍").reply().content
    cafe.user("Ben").click(seen, "👍").reply()
    votes = stage.service.votes[before:]
    assert [vote["vote"] for vote in votes] == ["up", "up"]
    assert len({vote["answer_id"] for vote in votes}) == 1


def test_a_thumb_down_asks_why(stage: Stage, cafe: Server) -> None:
    """The reason goes with the vote."""
    ana = cafe.user("Ana")
    seen = answer(ana.slash("ask", question=QUESTION))
    asked = ana.click(seen, "👎")
    ana.submit(asked, text="The second quote is about something else.").reply()
    assert stage.service.votes[-1]["vote"] == "down"
    assert stage.service.votes[-1]["reason"] == "The second quote is about something else."


def test_old_buttons_say_so(stage: Stage, cafe: Server) -> None:
    """Buttons of an answer that is not kept any more get a line, not silence."""
    ana = cafe.user("Ana")
    seen = answer(ana.slash("ask", question=QUESTION))
    for item in seen.items:
        item["custom_id"] = item["custom_id"].replace(item["custom_id"].split(":")[2], "0123456789abcdef")
    for button in ("Quotes", "More", "👍"):
        reply = ana.click(seen, button).reply()
        assert reply.ephemeral
        assert "too old" in reply.content
    assert stage.bot.running


def test_the_sources_can_be_browsed(cafe: Server) -> None:
    """`/sources` lists them in pages; `find` looks for words."""
    ana = cafe.user("Ana")
    listed = ana.slash("sources").reply()
    assert "13" in listed.text
    assert "From the harbour office" in listed.text
    ana.click(listed, "Next").acknowledged()
    listed.until(lambda seen: "Invented conversation number 7" in seen.text, what="the second page")
    assert "harbour" in ana.slash("sources", find="ada").reply().text


def test_the_bot_tells_about_itself(cafe: Server) -> None:
    """`/about` says what it knows, with which model, and what it keeps."""
    text = cafe.user("Ana").slash("about").reply().text
    assert "13 sources" in text
    assert "invented model" in text
    assert "Privacy" in text


def test_one_question_at_a_time(stage: Stage, cafe: Server) -> None:
    """A second question while the first is answered is declined to the asker alone; the first is answered all the same."""
    stage.service.hold()
    ana = cafe.user("Ana")
    first = ana.slash("ask", question=QUESTION).acknowledged()
    second = ana.slash("ask", question="And another?").reply()
    assert "last question" in second.content
    assert second.ephemeral
    stage.service.release()
    answer(first)


def _has_threads(cafe: Server, count: int) -> bool:
    return len(cafe.threads()) == count


def test_many_questions_need_a_pause(cafe: Server) -> None:
    """The sixth question in a minute is declined with the time from which one may ask again."""
    ana = cafe.user("Ana")
    for n in range(5):
        answer(ana.slash("ask", question=f"{QUESTION} {n}"))
        cafe.emulator.until(partial(_has_threads, cafe, n + 1), what="the thread")
    declined = ana.slash("ask", question=QUESTION).reply()
    assert declined.ephemeral
    assert "<t:" in declined.content
    assert is_final(answer(cafe.user("Ben").slash("ask", question=QUESTION)))


def test_a_question_that_is_none_is_declined(stage: Stage, cafe: Server) -> None:
    """Punctuation is no question, and a book is none either; the service is not bothered."""
    before = len(stage.service.asked)
    ana = cafe.user("Ana")
    assert "/ask" in ana.slash("ask", question="?!").reply().content
    ana.say("x" * (LONGEST_QUESTION + 1), mention_bot=True)
    cafe.emulator.until(lambda: "too long" in "".join(seen.content for seen in ana.hears()), what="too long")
    assert len(stage.service.asked) == before
