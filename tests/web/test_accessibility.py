"""No serious violation of accessibility rules (axe-core), in both themes, on a phone and at a desk; with screenshots.

axe-core is found at the path in `AXE_CORE`, or at `node_modules/axe-core/axe.min.js` (`npm install --no-save axe-core`).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from web.invented_answers import QUESTION

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from web.conftest import Visit

pytestmark = pytest.mark.services

ROOT = Path(__file__).parents[2]
AXE = Path(os.environ.get("AXE_CORE") or ROOT / "node_modules" / "axe-core" / "axe.min.js")
RUN = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .filter(({impact}) => impact === "serious" || impact === "critical")
    .map(({id, nodes}) => `${id}: ${nodes.map(({html}) => html.slice(0, 120)).join(" | ")}`)"""
SIZES = {"phone": {"width": 320, "height": 640}, "desk": {"width": 1280, "height": 860}}


@pytest.fixture(scope="module")
def axe() -> str:
    """Return the source of axe-core; skip, visibly, where it is absent."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (npm install --no-save axe-core, or set AXE_CORE)")
    return AXE.read_text("utf-8")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_violation(
    visiting: Callable[..., AbstractContextManager[Visit]], axe: str, pictures: Path, theme: str, size: str
) -> None:
    """Every state of the page passes, and none is wider than the window."""
    with visiting(color_scheme=theme, viewport=SIZES[size]) as visit:
        visit.page.evaluate(axe)
        for state, reach in STATES.items():
            reach(visit)
            visit.page.screenshot(path=pictures / f"{state}-{theme}-{size}.png")
            assert visit.page.evaluate(RUN) == [], state
            assert visit.page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"], state


@pytest.mark.parametrize("locale", ["ar", "hi"])
def test_no_serious_violation_in_other_scripts(
    visiting: Callable[..., AbstractContextManager[Visit]], axe: str, pictures: Path, locale: str
) -> None:
    """The same from right to left, and in a script that needs room."""
    with visiting(locale=locale, viewport=SIZES["phone"]) as visit:
        visit.page.evaluate(axe)
        visit.page.screenshot(path=pictures / f"empty-{locale}.png")
        visit.page.locator("#question").fill("[arabic]")
        visit.page.keyboard.press("Enter")
        visit.finished()
        visit.page.screenshot(path=pictures / f"answered-{locale}.png", full_page=True)
        assert visit.page.evaluate(RUN) == []
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 320


def _empty(visit: Visit) -> None:
    visit.page.locator("#examples button").first.wait_for()


def _reading(visit: Visit) -> None:
    visit.ask(f"{QUESTION} [evidence]")
    visit.page.locator(".reading li").first.wait_for()


def _answered(visit: Visit) -> None:
    visit.page.locator("#stop").click()
    visit.page.locator("#new").click()
    visit.ask(QUESTION)
    visit.finished()


def _panel(visit: Visit) -> None:
    visit.open_citation(2)
    visit.page.locator("dialog .passage", has_text="Al principio").wait_for()


def _voting(visit: Visit) -> None:
    visit.page.keyboard.press("Escape")
    visit.page.get_by_role("button", name="Not helpful").click()


def _refused(visit: Visit) -> None:
    visit.ask("[refuse] How do I cook noodles?")
    visit.page.locator(".refusal").wait_for()


def _failed(visit: Visit) -> None:
    visit.ask("[busy] Is it too late for me?")
    visit.page.locator(".problem").wait_for()


STATES = {
    "empty": _empty,
    "reading": _reading,
    "answered": _answered,
    "panel": _panel,
    "voting": _voting,
    "refused": _refused,
    "failed": _failed,
}
