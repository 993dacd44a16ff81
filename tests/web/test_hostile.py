"""Documents that try to become markup, scripts or links stay words on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from web.invented_answers import HOSTILE, MARKDOWN, MARKUP

if TYPE_CHECKING:
    from web.conftest import Visit

pytestmark = pytest.mark.services

LINKS = "[...document.querySelectorAll('a')].map((link) => link.protocol)"
FOREIGN = "document.querySelectorAll('main img, main script, dialog img, dialog script, main b').length"


def test_nothing_from_a_document_executes(visit: Visit) -> None:
    """Stored HTML and Markdown are shown as they are written; the fixture checks that no script ran and no policy tripped."""
    visit.ask(f"[hostile] {MARKUP}")
    visit.finished()
    page = visit.page
    assert MARKUP in page.locator(".asked").inner_text()
    assert MARKDOWN in page.locator(".statement").first.inner_text()
    visit.open_citation(4)
    page.locator(".passage", has_text="before").wait_for()
    assert HOSTILE.quote in page.locator("dialog mark").inner_text()
    assert page.evaluate(FOREIGN) == 0


def test_an_unsafe_address_never_becomes_a_link(visit: Visit) -> None:
    """A `javascript:` address from a document is left out, in the sources and in the panel."""
    visit.ask("[hostile]")
    visit.finished()
    visit.open_citation(4)
    assert set(visit.page.evaluate(LINKS)) == {"http:"}
    assert visit.page.locator("dialog a").count() == 0
    assert "null" not in visit.page.locator("dialog").inner_text()


def test_a_topic_with_markup_is_asked_as_it_is_written(visit: Visit) -> None:
    """The topics of a refusal come from documents too."""
    visit.ask("[refuse]")
    visit.finished()
    visit.page.locator(".topics button").nth(1).click()
    visit.finished()
    assert MARKUP in visit.page.locator(".turn:last-child .asked").inner_text()
    assert visit.page.evaluate(FOREIGN) == 0


def test_a_link_with_markup_is_only_a_question(visit: Visit) -> None:
    """Somebody else's link can ask a question and nothing more."""
    visit.page.evaluate("(markup) => { location.hash = 'q=' + encodeURIComponent(markup); }", MARKUP)
    visit.page.locator(".turn").wait_for()
    visit.finished()
    assert visit.page.evaluate(FOREIGN) == 0


def test_very_long_words_do_not_widen_the_page(visit: Visit) -> None:
    """A word longer than a phone is wide is broken."""
    visit.page.set_viewport_size({"width": 320, "height": 640})
    visit.ask("[hostile]")
    visit.finished()
    assert visit.page.evaluate("document.documentElement.scrollWidth") == 320
