"""A stand-in server and a real browser, once for all tests of the page; a fresh visitor for each."""

from __future__ import annotations

import os
import shutil
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from patience import PATIENCE

from web.stand_in import StandIn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser, ConsoleMessage, Page

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MILLISECONDS = 1000 * PATIENCE
"""That an element may take to appear."""
WATCH = """
window.executed = null;
window.violations = [];
document.addEventListener("securitypolicyviolation", ({violatedDirective, blockedURI}) => {
    window.violations.push(`${violatedDirective} ${blockedURI}`);
});
"""


@dataclass(kw_only=True, slots=True)
class Visit:
    """One visitor's page, and what its browser noticed."""

    page: Page
    origin: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def ask(self, question: str) -> None:
        """Type a question and press Enter."""
        self.page.get_by_role("textbox", name="Your question").fill(question)
        self.page.keyboard.press("Enter")

    def finished(self) -> None:
        """Wait until the newest answer is whole."""
        self.page.locator(".turn:last-child:not([aria-busy])").wait_for()

    def open_citation(self, n: int) -> None:
        """Click citation [n] in the newest answer and wait for its passage."""
        self.page.locator(".turn:last-child .claims .number", has_text=f"[{n}]").first.click()
        self.page.locator("dialog[open] mark").wait_for()

    def check(self) -> None:
        """Nothing executed, no policy was violated, nothing was logged, and no request left the origin."""
        assert self.page.evaluate("window.executed") is None
        assert self.page.evaluate("window.violations") == []
        assert self.complaints == []
        assert [url for url in self.requests if not url.startswith(f"{self.origin}/")] == []

    def _heard(self, message: ConsoleMessage) -> None:
        # The browser reports each failed request of a test that is about failures; the page shows those itself.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def watch(self) -> None:
        """Begin to notice requests, console messages and uncaught errors."""
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self._heard(message))  # noqa: PLW0108 - Playwright marks bound methods, slots forbid it
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))


@pytest.fixture(scope="session")
def running_server() -> Iterator[StandIn]:
    """Run the stand-in on a free port."""
    with StandIn() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def server(running_server: StandIn) -> StandIn:
    """Return the stand-in with an empty memory."""
    running_server.forget()
    return running_server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the machine's own Chromium, headless, with an empty profile."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    with api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS, chromium_sandbox=False)
        api.expect.set_options(timeout=MILLISECONDS)
        yield started
        started.close()


@pytest.fixture
def visiting(browser: Browser, server: StandIn) -> Callable[..., AbstractContextManager[Visit]]:
    """Return a way to open the page: `path`, and anything that a browser context takes."""

    @contextmanager
    def visit(path: str = "/", **context: Any) -> Iterator[Visit]:
        settings = {"locale": "en-GB", "viewport": {"width": 1280, "height": 860}, "reduced_motion": "reduce"} | context
        opened = browser.new_context(**settings)
        try:
            opened.set_default_timeout(MILLISECONDS)
            opened.add_init_script(WATCH)
            visitor = Visit(page=opened.new_page(), origin=server.origin)
            visitor.watch()
            visitor.page.goto(server.origin + path)
            yield visitor
            visitor.check()
        finally:
            opened.close()

    return visit


@pytest.fixture
def visit(visiting: Callable[..., AbstractContextManager[Visit]]) -> Iterator[Visit]:
    """Open the page for an English reader at a desk; afterwards check that nothing executed or left the origin."""
    with visiting() as visitor:
        yield visitor


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder for screenshots: `PAGE_PICTURES`, or a temporary one."""
    folder = Path(os.environ.get("PAGE_PICTURES") or tmp_path_factory.mktemp("pictures"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
