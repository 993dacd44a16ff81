"""What a visitor does on the page, in a real browser against the stand-in server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from patience import PATIENCE, until

from web.invented_answers import ADA, BO, BO_IN_ENGLISH, CHEN, QUESTION
from web.stand_in import KEY

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from web.conftest import Visit
    from web.stand_in import StandIn

pytestmark = pytest.mark.services


def expect(target: Any) -> Any:
    """Import Playwright's assertions only where a browser runs."""
    from playwright.sync_api import expect as waiting  # noqa: PLC0415 - optional at collection

    return waiting(target)


def test_claims_arrive_with_their_quotes_sources_and_voices(visit: Visit, server: StandIn) -> None:
    """A question is sent as the contract says; statements, quotes, sources and the count of voices are shown."""
    visit.ask(QUESTION)
    visit.finished()
    page = visit.page
    expect(page.locator(".claim")).to_have_count(3)
    expect(page.locator(".claim q")).to_have_text([ADA.quote, BO.quote, CHEN.quote])
    expect(page.locator(".claim blockquote").nth(1)).to_have_attribute("lang", "es")
    expect(page.locator(".voices")).to_contain_text("3 of 12 people speak to this · Ada Example, Bo Sample and Chen Invented")
    expect(page.locator(".sources li")).to_have_count(3)
    assert server.asked == [
        {"question": QUESTION, "language": None, "sources": None, "history": [], "quotes_only_when_busy": True}
    ]


def test_quotes_are_shown_while_they_are_being_read(visit: Visit) -> None:
    """Between the search and the first claim the quotes found are there, marked as not yet checked."""
    visit.ask("[evidence]")
    expect(visit.page.locator(".reading blockquote")).to_have_count(3)
    expect(visit.page.locator(".reading")).to_contain_text("not yet checked")
    expect(visit.page.locator(".status")).to_have_text("Reading 3 quotes…")


def test_the_chosen_language_and_patience_are_sent(visit: Visit, server: StandIn) -> None:
    """The language picker and the choice for busy times travel with the question."""
    visit.page.get_by_label("Answer in").select_option("es")
    visit.page.get_by_label("When busy, just the quotes").uncheck()
    visit.ask(QUESTION)
    visit.finished()
    assert (server.asked[0]["language"], server.asked[0]["quotes_only_when_busy"]) == ("es", False)


def test_a_citation_opens_its_quote_inside_its_passage(visit: Visit) -> None:
    """The panel shows the words around the quote, the person, role and date, and a safe link; Escape gives the focus back."""
    visit.ask(QUESTION)
    visit.finished()
    visit.open_citation(1)
    panel = visit.page.get_by_role("dialog")
    expect(panel.locator("mark")).to_have_text(ADA.quote)
    expect(panel.locator(".passage")).to_contain_text("my whole portfolio")
    expect(panel.locator(".who")).to_have_text("Ada Example · Engineer at Invented Works · 14 April 2021")
    link = panel.get_by_role("link")
    expect(link).to_have_attribute("href", "https://interviews.example/ada")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    visit.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(visit.page.locator(".claims .number").first).to_be_focused()


def test_a_press_beside_the_panel_closes_it(visit: Visit) -> None:
    """The backdrop is a way out."""
    visit.ask(QUESTION)
    visit.finished()
    visit.open_citation(1)
    visit.page.mouse.click(20, 400)
    expect(visit.page.get_by_role("dialog")).to_be_hidden()


def test_a_video_opens_at_its_second(visit: Visit) -> None:
    """The link of a recording leads to the moment, and says so."""
    visit.ask(QUESTION)
    visit.finished()
    visit.open_citation(3)
    link = visit.page.get_by_role("dialog").get_by_role("link")
    expect(link).to_have_attribute("href", "https://www.youtube.com/watch?v=invented&t=754s")
    expect(link).to_contain_text("Watch at 12:34")


def test_original_and_translation_can_be_switched(visit: Visit) -> None:
    """Both versions are one press apart, each in its own language; a machine translation is marked as one."""
    visit.ask(QUESTION)
    visit.finished()
    visit.open_citation(2)
    panel = visit.page.get_by_role("dialog")
    words = panel.locator(".passage p")
    expect(words).to_have_attribute("lang", "es")
    expect(panel.get_by_role("button", name="Spanish · original")).to_have_attribute("aria-pressed", "true")
    panel.get_by_role("button", name="English · machine translation").click()
    expect(words).to_have_attribute("lang", "en")
    expect(panel.locator("mark")).to_have_text(BO_IN_ENGLISH.quote)
    expect(panel.get_by_role("button", name="English · machine translation")).to_be_focused()
    panel.get_by_role("button", name="Spanish · original").click()
    expect(panel.locator("mark")).to_have_text(BO.quote)


def test_a_greeting_offers_topics_under_its_own_heading(visit: Visit) -> None:
    """What could be asked is not called near to a question that was none."""
    visit.ask("[greet] hello")
    box = visit.page.locator(".refusal")
    expect(box.locator(".kicker")).to_have_text("You could ask, say:")
    expect(box).to_contain_text("Hello from the stand-in.")
    expect(box).not_to_contain_text("Nearest topics")


def test_a_refusal_offers_topics_that_ask(visit: Visit, server: StandIn) -> None:
    """A question the corpus cannot answer is refused with topics; pressing one asks it."""
    visit.ask("[refuse] How do I cook noodles?")
    visit.finished()
    page = visit.page
    expect(page.locator(".refusal")).to_contain_text("The interviews I have do not answer this.")
    expect(page.locator(".refusal")).not_to_contain_text("- ")
    page.locator(".topics button").first.click()
    expect(page.locator(".turn")).to_have_count(2)
    visit.finished()
    assert [asked["question"] for asked in server.asked][1] == QUESTION


def test_a_question_sent_before_the_words_are_there_is_asked(
    visiting: Callable[..., AbstractContextManager[Visit]],
) -> None:
    """Enter counts from the moment the page shows, however long its words take to arrive."""
    held: list[Any] = []
    with visiting("/static/icons/mark.svg") as visit:
        visit.page.route("**/strings.json", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks its handlers
        with visit.page.expect_request("**/strings.json"):
            visit.page.goto(visit.origin)
        visit.ask(QUESTION)
        held[0].continue_()
        visit.finished()
        assert visit.page.locator(".turn").count() == 1


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("[fail]", "Something went wrong on the server. Please ask again. Request request-500"),
        ("[busy]", "Many people are asking right now. Please ask again in 7 s. Request request-429"),
        ("[unready]", "This server is not ready just now. Please ask again in a moment. Request request-503"),
        ("[full]", "Many people are asking right now. Please ask again in a moment. Request request-503"),
        ("[long]", "The server could not take this question. Please shorten or reword it. Request request-422"),
        ("[cut]", "The connection broke before the answer was whole. Please ask again."),
    ],
)
def test_an_error_is_one_clear_line(visit: Visit, server: StandIn, question: str, words: str) -> None:
    """Whatever goes wrong, the page says what to do, and offers to ask again."""
    visit.ask(question)
    visit.finished()
    expect(visit.page.get_by_role("alert")).to_have_text(words)
    visit.page.get_by_role("button", name="Ask again").click()
    visit.finished()
    expect(visit.page.locator(".turn")).to_have_count(1)
    until(lambda: len(server.asked) == 2)


def test_a_server_that_is_gone_is_named(visit: Visit) -> None:
    """Without a connection the page says so."""
    visit.page.context.set_offline(True)
    visit.ask(QUESTION)
    expect(visit.page.get_by_role("alert")).to_contain_text("The server cannot be reached.")


def test_a_server_with_keys_asks_for_one(visit: Visit, server: StandIn) -> None:
    """The visitor can enter an access key; the question is asked again with it."""
    server.needs_key = True
    visit.ask(QUESTION)
    visit.page.get_by_label("Access key").fill(KEY)
    visit.page.get_by_role("button", name="Continue").click()
    expect(visit.page.locator(".claim")).to_have_count(3)


def test_the_place_in_the_queue_is_shown(visit: Visit) -> None:
    """Someone who waits is told the place in line."""
    visit.page.evaluate(
        """() => {
            window.heard = [];
            new MutationObserver(() => window.heard.push(document.querySelector(".status")?.textContent))
                .observe(document.getElementById("conversation"), {childList: true, subtree: true, characterData: true});
        }"""
    )
    visit.ask("[queue]")
    visit.finished()
    heard = visit.page.evaluate("window.heard")
    assert heard.index("Waiting in line, 2 ahead of you") < heard.index("Waiting in line, 1 ahead of you")


def test_stop_ends_the_answer_on_both_sides(visit: Visit, server: StandIn) -> None:
    """The claims so far stay, the server sees the asker leave, and the next question can be asked."""
    visit.ask("[slow]")
    expect(visit.page.locator(".claim")).to_have_count(1)
    visit.page.get_by_role("button", name="Stop").click()
    visit.finished()
    expect(visit.page.locator(".status")).to_have_text("Stopped.")
    expect(visit.page.locator(".claim")).to_have_count(1)
    assert server.left.wait(PATIENCE)
    visit.ask(QUESTION)
    expect(visit.page.locator(".turn:last-child .claim")).to_have_count(3)


def test_follow_ups_keep_the_conversation(visit: Visit, server: StandIn) -> None:
    """The second question carries the first and its answer; a new conversation forgets both."""
    visit.ask(QUESTION)
    visit.finished()
    visit.page.get_by_role("textbox", name="Your question").fill("And after that?")
    visit.page.get_by_role("button", name="Ask", exact=True).click()
    expect(visit.page.locator(".turn")).to_have_count(2)
    visit.finished()
    assert [turn["question"] for turn in server.asked[1]["history"]] == [QUESTION]
    assert server.asked[1]["history"][0]["answer"]["language"] == "en"
    assert {"source_id": "source-2", "speaker": "Bo Sample"} in server.asked[1]["history"][0]["answer"]["citations"]
    visit.page.get_by_role("button", name="New conversation").click()
    expect(visit.page.get_by_role("heading", name="Ask the people who have been there.")).to_be_visible()
    visit.ask(QUESTION)
    visit.finished()
    assert server.asked[2]["history"] == []


def test_thumbs_up_is_sent_at_once(visit: Visit, server: StandIn) -> None:
    """One press is a vote."""
    visit.ask(QUESTION)
    visit.finished()
    visit.page.get_by_role("button", name="Helpful", exact=True).click()
    expect(visit.page.locator(".said")).to_have_text("Thank you, noted.")
    assert server.votes == [{"answer_id": "answer-1", "claim": None, "vote": "up", "reason": None}]


def test_thumbs_down_asks_what_could_be_better(visit: Visit, server: StandIn) -> None:
    """A vote against can name a statement and a reason, and a vote that is lost can be sent again."""
    visit.ask(QUESTION)
    visit.finished()
    page = visit.page
    server.broken_feedback = True
    page.get_by_role("button", name="Not helpful").click()
    page.get_by_label("What is it about?").select_option(label="Statement 2")
    page.get_by_label("What could be better? (optional)").fill("He spoke of phones.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".said")).to_have_text("Your vote did not arrive. Please try again.")
    server.broken_feedback = False
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".said")).to_have_text("Thank you, noted.")
    assert server.votes == [{"answer_id": "answer-1", "claim": 1, "vote": "down", "reason": "He spoke of phones."}]


def test_a_link_asks_its_question(visiting: Callable[..., AbstractContextManager[Visit]], server: StandIn) -> None:
    """What "Copy link" copies asks the same question when it is opened; it holds the question alone."""
    question = "C++ & C#: 100% worth it? 你好"
    with visiting(permissions=["clipboard-read", "clipboard-write"]) as first:
        first.ask(question)
        first.finished()
        first.page.get_by_role("button", name="Copy link").click()
        expect(first.page.get_by_role("button", name="Link copied")).to_be_visible()
        address = first.page.evaluate("navigator.clipboard.readText()")
    assert address == f"{server.origin}/#q=" + quote(question, safe="!~*'()")
    with visiting(address.removeprefix(server.origin)) as second:
        expect(second.page.locator(".claim")).to_have_count(3)
    assert [asked["question"] for asked in server.asked] == [question, question]


def test_without_a_clipboard_the_link_is_laid_out(visit: Visit) -> None:
    """Where the browser gives no clipboard, the link stands there to be copied by hand."""
    visit.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    visit.ask(QUESTION)
    visit.finished()
    visit.page.get_by_role("button", name="Copy link").click()
    expect(visit.page.get_by_label("Copy this link")).to_have_value(re.compile(r"/#q=How"))


def test_examples_ask(visit: Visit, server: StandIn) -> None:
    """A visitor without a question finds four."""
    examples = visit.page.locator("#examples button")
    expect(examples).to_have_count(4)
    examples.nth(1).click()
    visit.finished()
    assert server.asked[0]["question"] == "Do I need a PhD?"


def test_the_theme_is_remembered(visit: Visit) -> None:
    """The toggle changes the theme, and the next visit begins with it."""
    page = visit.page
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Switch to dark").click()
    after = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.reload()
    expect(page.get_by_role("button", name="Switch to light")).to_be_visible()
    assert before != after == page.evaluate("getComputedStyle(document.body).backgroundColor")


@pytest.mark.parametrize(
    ("locale", "direction", "label"),
    [("ar-EG", "rtl", "سؤالك"), ("zh-CN", "ltr", "你的问题"), ("sw", "ltr", "Your question")],
)
def test_the_page_speaks_the_readers_language(
    visiting: Callable[..., AbstractContextManager[Visit]], locale: str, direction: str, label: str
) -> None:
    """The browser's language decides the page's words and direction; an unknown one is English."""
    with visiting(locale=locale) as visitor:
        expect(visitor.page.get_by_role("textbox", name=label)).to_be_visible()
        expect(visitor.page.locator("html")).to_have_attribute("dir", direction)


def test_an_arabic_answer_runs_from_right_to_left(visit: Visit) -> None:
    """An answer has the direction of its language, whatever the page around it has."""
    visit.ask("[arabic]")
    visit.finished()
    expect(visit.page.locator(".claim")).to_have_css("direction", "rtl")
    expect(visit.page.locator(".claim blockquote")).to_have_attribute("lang", "ar")


def test_the_keyboard_alone_is_enough(visit: Visit) -> None:
    """Ask, open a citation, switch its language, close it and vote without a mouse."""
    page = visit.page
    expect(page.get_by_role("textbox", name="Your question")).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    visit.finished()
    _tab_to(visit, "Open quote 2 in its passage", backwards=True)
    page.keyboard.press("Enter")
    page.locator("dialog[open] .switch").wait_for()
    _tab_to(visit, "English · machine translation")
    page.keyboard.press("Space")
    expect(page.locator("dialog mark")).to_have_text(BO_IN_ENGLISH.quote)
    page.keyboard.press("Escape")
    until(lambda: _focused(visit) == "Open quote 2 in its passage")
    _tab_to(visit, "Helpful")
    page.keyboard.press("Enter")
    expect(page.locator(".said")).to_have_text("Thank you, noted.")


def _tab_to(visit: Visit, name: str, *, backwards: bool = False) -> None:
    for _ in range(40):
        visit.page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if _focused(visit) == name:
            return
    pytest.fail(f"the Tab key does not reach {name!r}")


def _focused(visit: Visit) -> str:
    element = "document.activeElement"
    return str(visit.page.evaluate(f"{element}.getAttribute('aria-label') ?? {element}.textContent.trim()"))
