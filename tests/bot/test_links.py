"""Links lead to the second of a video, to a page, or nowhere."""

from __future__ import annotations

import pytest
from invented_values import citation, source

from bot.links import at_second, clock, link, web_address

WATCH = "https://www.youtube.com/watch?v=invented123"


def test_a_video_opens_at_its_second() -> None:
    """The link of a timed quote starts the video there."""
    assert link(citation(source(url=WATCH), second=65.9)) == f"{WATCH}&t=65s"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"{WATCH}&t=3s", f"{WATCH}&t=65s"),
        ("https://youtu.be/invented123", "https://youtu.be/invented123?t=65s"),
        ("https://example.org/page?a=1", "https://example.org/page?a=1"),
        ("https://notyoutube.com/watch?v=1", "https://notyoutube.com/watch?v=1"),
    ],
)
def test_only_videos_get_a_time(url: str, expected: str) -> None:
    """An old time is replaced, a page without times is left alone."""
    assert at_second(url, 65) == expected


def test_a_page_is_linked_as_it_is() -> None:
    """Without a time the address is shown unchanged."""
    assert link(citation(source(url=WATCH))) == WATCH


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://[",
        "http://",
        "https://bank@evil.example",
    ],
)
def test_other_schemes_are_refused(url: str | None) -> None:
    """Only web addresses become links."""
    assert link(citation(source(url=url))) is None


def test_an_address_cannot_end_the_link_it_stands_in() -> None:
    """Brackets, spaces and backslashes are encoded; letters of any script stay readable."""
    assert web_address("https://a.example/> [b](c\\ ü") == "https://a.example/%3E%20[b](c%5C%20ü"


def test_clock() -> None:
    """Times read as on a video player."""
    assert [clock(value) for value in (0, 65.9, 3723)] == ["0:00", "1:05", "1:02:03"]
