"""Every rule at once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.corpus.copies import copies
from bot.corpus.corpus_rules import Size, corpus_faults
from bot.corpus.digest_rules import Rules, digest_faults

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from bot.corpus.faults import Fault
    from bot.corpus.whole import Corpus


def check(corpus: Corpus, *, texts: Sequence[Path] = (), size: Size | None = None, today: date | None = None) -> list[Fault]:
    """Return all that the rules find in a corpus, in the order of files and lines.

    Args:
        corpus: what could be read of it; `read_corpus` says what could not.
        texts: folders of texts from which no run of words may be taken.
        size: how much there has to be; None for what the project promises.
        today: the day after which nothing can have been read; None for this day.
    """
    rules = Rules(corpus=corpus, today=today or datetime.now(UTC).date())
    faults = [fault for digest in corpus.digests for fault in digest_faults(digest, rules)]
    faults += corpus_faults(corpus, size or Size())
    faults += copies(corpus.digests, texts)
    return sorted(faults)
