"""Times further apart than words take to say mean that somebody else spoke."""

from __future__ import annotations

from ingest.pace import stretches


def test_a_line_that_comes_late_begins_another_stretch() -> None:
    """Forty words take sixteen seconds; a minute and a half has room for a question, twenty seconds have not."""
    assert list(stretches([10.0, 30.0], [40, 8])) == [0, 0]
    assert list(stretches([10.0, 100.0, 103.0], [40, 8, 8])) == [0, 1, 1]


def test_all_words_since_the_last_time_count() -> None:
    """Lines under one time, or without any, take their time together and are never late themselves."""
    assert list(stretches([10.0, 10.0, None, 50.0], [40, 40, 20, 5])) == [0, 0, 0, 0]
    assert list(stretches([10.0, None, 50.0, None], [20, 20, 5, 5])) == [0, 0, 1, 1]


def test_text_without_times_is_one_stretch() -> None:
    """Nothing is known, so nothing is parted; times that go back part nothing either."""
    assert list(stretches([None, None, 900.0], [1, 1, 1])) == [0, 0, 0]
    assert list(stretches([900.0, 3.0], [1, 1])) == [0, 0]
    assert list(stretches([], [])) == []
