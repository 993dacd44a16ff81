"""`docs/corpus.md` says what the files say: who speaks to what, in which languages, and what was checked."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from invented_digests import write_corpus

from bot.corpus.page import BAR, page
from bot.corpus.source_check import SourceCheck
from bot.corpus.whole import read_corpus

if TYPE_CHECKING:
    from pathlib import Path

CHECK = SourceCheck(
    id="nora-vale-2019",
    date=date(2020, 2, 3),
    method="read | beside the source",
    statements=36,
    faults=1,
    corrected=["a year was one too late"],
)


def test_the_page_maps_topics_to_people(tmp_path: Path) -> None:
    """The widest topic has the longest bar, and each name leads to its digest."""
    corpus, _ = read_corpus(write_corpus(tmp_path))
    assert f"| robots en | 1 | {'█' * BAR} | [Nora Vale](../corpus/nora-vale-2019.md) |" in page(corpus, [])


def test_the_page_counts_and_lists_digests(tmp_path: Path) -> None:
    """By year, language and publication; one line a digest, with its translations and its original."""
    corpus, _ = read_corpus(write_corpus(tmp_path))
    lines = page(corpus, []).splitlines()
    assert any(
        line.startswith("1 digests of what 1 people said or wrote, 2 translations: 1 digests are there in") for line in lines
    )
    assert [line for line in lines if line.startswith(("| 2019 | 1 |", "| Spanish | 1 |", "| Robot Letter | 1 |"))]
    (row,) = [line for line in lines if "[Robot Letter](<https://example.org/2019/05/nora-vale>)" in line]
    assert "[en](../corpus/nora-vale-2019.md) [zh](../corpus/nora-vale-2019-zh.md) [es](../corpus/nora-vale-2019-es.md)" in row


def test_the_record_of_checks_is_shown_where_there_is_one(tmp_path: Path) -> None:
    """With its sums; text from the record never becomes markup."""
    corpus, _ = read_corpus(write_corpus(tmp_path))
    assert "held against" not in page(corpus, [])
    shown = page(corpus, [CHECK])
    assert "1 digests, 36 statements, 1 of them wrong or beyond the source" in shown
    assert r"| 2020-02-03 | read \| beside the source | 36 | 1 | a year was one too late |" in shown
