"""The starter corpus keeps its own rules, takes nobody else's sentences, and `docs/corpus.md` is what its files say."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.corpus.check import check
from bot.corpus.copies import copies
from bot.corpus.page import page
from bot.corpus.source_check import read_source_checks, source_check_faults
from bot.corpus.whole import read_corpus

ROOT = Path(__file__).parents[1]
RECORD = ROOT / "docs" / "corpus-source-check.toml"
CORPUS, UNREADABLE = read_corpus(ROOT / "corpus")


def test_the_corpus_keeps_its_rules() -> None:
    """What `make corpus-check` checks, but for copied sentences."""
    assert [str(fault) for fault in (*UNREADABLE, *check(CORPUS), *source_check_faults(RECORD, CORPUS))] == []


def test_the_page_is_up_to_date() -> None:
    """Whoever changes the corpus runs `python tools/corpus_check.py --write`."""
    assert (ROOT / "docs" / "corpus.md").read_text(encoding="utf-8") == page(CORPUS, read_source_checks(RECORD))


@pytest.mark.shared
def test_no_digest_copies_a_source(shared: Path) -> None:
    """No ten words in a row (sixteen characters of Chinese) stand in the seeds or in any of the interviews at hand."""
    assert [str(fault) for fault in copies(CORPUS.digests, [shared / "seeds", shared / "eval" / "interviews"])] == []
