"""Draws the bot's messages in Discord's look, so that somebody can look at them: DISCORD_PICTURES names the folder."""

from __future__ import annotations

import os
import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from discord_answers import QUESTION, answer, saying
from discord_emulator.drawing import modal_page, page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from discord_emulator import Server
    from discord_fixtures import Stage

    Draw = Callable[[str, str], None]

pytestmark = pytest.mark.services
WIDTH = 760
FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]


@pytest.fixture(scope="module")
def draw(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Draw]:
    """Yield a way to photograph a page under a name; nothing on it is wider than the window."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    folder = Path(os.environ.get("DISCORD_PICTURES") or tmp_path_factory.mktemp("discord-pictures"))
    folder.mkdir(parents=True, exist_ok=True)
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS, chromium_sandbox=False)
        window = browser.new_page(viewport={"width": WIDTH, "height": 200})

        def photograph(name: str, html: str) -> None:
            window.set_content(html)
            window.screenshot(path=folder / f"{name}.png", full_page=True)
            assert window.evaluate("document.documentElement.scrollWidth") <= WIDTH
            assert window.evaluate("document.body.innerText.trim().length") > 0

        yield photograph
        browser.close()


def test_an_answer(cafe: Server, draw: Draw) -> None:
    """An answer, its quotes and the form behind the thumb."""
    ana = cafe.user("Ana")
    seen = answer(ana.slash("ask", question=QUESTION))
    draw("answer", page([seen]))
    pages = ana.click(seen, "Quotes").reply()
    ana.click(pages, "Next").acknowledged()
    pages.until(lambda quotes: "Lo que" in quotes.text, what="the second quote")
    draw("quotes", page([pages]))
    draw("form", modal_page(ana.click(seen, "👎").modal()))


def test_an_answer_in_another_language(cafe: Server, draw: Draw) -> None:
    """German words around it, Arabic inside it."""
    german = answer(cafe.user("Bea", locale="de").slash("ask", question=QUESTION))
    arabic = answer(cafe.user("Nour").slash("ask", question="[arabic] كيف أبدأ؟"))
    draw("languages", page([german, arabic]))


def test_a_refusal(cafe: Server, draw: Draw) -> None:
    """Nearest topics as buttons."""
    draw("refusal", page([answer(cafe.user("Ana").slash("ask", question="[refuse] How do I become a beekeeper?"))]))


def test_waiting_and_progress(stage: Stage, cafe: Server, draw: Draw) -> None:
    """What is read while one waits."""
    stage.service.hold()
    asked = [cafe.user(f"Person {n}").slash("ask", question=f"{QUESTION} {n}") for n in range(5)]
    first, last = (stage.emulator.until(partial(saying, asked, words), what=words)[0] for words in ("Pick one", "position"))
    draw("progress", page([first, last]))
    stage.service.release()
    for one in asked:
        answer(one)


def test_errors(cafe: Server, draw: Draw) -> None:
    """What went wrong, in a line each."""
    failed = [cafe.user(word).slash("ask", question=f"[{word}] {QUESTION}") for word in ("fail", "unready")]
    for one in failed:
        one.reply().until(lambda seen: "⚠" in seen.content, "the error")
    draw("errors", page([one.messages[0] for one in failed]))


def test_lists(cafe: Server, draw: Draw) -> None:
    """Sources, about, settings and numbers."""
    ana, owner = cafe.user("Ana"), cafe.owner()
    draw("sources", page([ana.slash("sources").reply(), ana.slash("about").reply()]))
    draw("moderators", page([owner.slash("config show").reply(), owner.slash("stats").reply()]))


def test_hostile_and_long(cafe: Server, draw: Draw) -> None:
    """Markup stays words; a long answer stays readable."""
    draw("hostile", page([answer(cafe.user("Ana").slash("ask", question=f"[hostile] {QUESTION}"))]))
