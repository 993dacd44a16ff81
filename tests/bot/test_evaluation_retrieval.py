"""The suites that measure searches, on invented rankings and transcripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from bot.evaluation.ranking import first_hit, measure
from bot.evaluation.suites.interviews import guests_alone
from bot.evaluation.suites.xquad import paragraph
from ingest.errors import NotReadyError

if TYPE_CHECKING:
    from pathlib import Path

TRANSCRIPT = """---
title: An invented show, episode {n}
transcript:
- header: Beginnings
- line: What did you do before?
  sec: 10
  who: Quizmaster
- line: I kept bees in {place}.
  who: {guest}
- line: Then I sold the honey.
  sec: 40
  who: {guest}
---
"""


def test_figures_of_a_ranking() -> None:
    """A hit at place two counts for R@5, not for R@1, and half for MRR; a question without any relevant passage is a miss."""
    figures = measure({"one": ["a", "b"], "two": ["c", "d"], "three": ["e"]}, {"one": {"b"}, "two": {"c", "z"}, "three": set()})
    assert figures["R@1"] == pytest.approx(1 / 3)
    assert figures["R@5"] == figures["R@10"] == pytest.approx(2 / 3)
    assert figures["MRR"] == pytest.approx((0.5 + 1.0 + 0.0) / 3)
    assert first_hit(["a", "b"], {"b"}) == 2
    assert first_hit(["a"], ()) is None


def test_the_host_is_taken_out_and_times_are_carried_on(tmp_path: Path) -> None:
    """Nothing the host said is left in the files, and a line without a time has that of the line before it."""
    source, target = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    target.mkdir()
    for n, (guest, place) in enumerate((("Ada", "Ulm"), ("Bo", "Bath"))):
        (source / f"{n}.md").write_text(TRANSCRIPT.format(n=n, guest=guest, place=place), "utf-8")
    times = dict(guests_alone(source, target))
    text = (target / "0.md").read_text("utf-8")
    assert "before?" not in text
    lines = yaml.safe_load(text.split("---")[1])["transcript"]
    assert [line.get("sec") for line in lines] == [None, 10, 40]
    assert times["0.md"]["I kept bees in Ulm."] == 10.0


def test_without_transcripts_the_suite_says_so(tmp_path: Path) -> None:
    """An empty folder is an error in words."""
    with pytest.raises(NotReadyError, match="no transcripts"):
        list(guests_alone(tmp_path, tmp_path))


def test_a_paragraph_is_one_passage(tmp_path: Path) -> None:
    """However long it is, with its sentences and nothing else as key."""
    path = tmp_path / "p1.txt"
    path.write_text("Bees dance in the dark of the hive. " * 60 + "They always do so.", "utf-8")
    (passage,) = paragraph(path, "en").passages
    assert passage.key(path.read_text("utf-8")) == path.read_text("utf-8")
    assert len(passage.sentences) == 61
