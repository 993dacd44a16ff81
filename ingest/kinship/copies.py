"""Near-duplicates: the same text from two sites or files, and which of their sentences are the same.

Runs of words that stand once in each of two texts, and in the same order in both, mark what they share: the anchors of Bram
Cohen's patience diff over the shingles of Broder, "On the resemblance and containment of documents" (1997).
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ingest.kinship.chain import longest_chain
from ingest.sentences import CJK
from ingest.values import Alignment, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

RUN, CJK_RUN = 5, 6
"""Words (Chinese and Japanese characters) in a row that two texts share when they have them in common."""
COPIED = 0.4
"""Share of the words of the longer of two texts that have to stand in the other, in order, for them to be one text twice."""
SKETCH = 64
"""Hashes kept of a text."""
SAME_SENTENCE = 0.5
"""Share of the shorter of two sentences that has to stand in the other for them to say the same."""
_BEGINNING = 4000
"""Characters by which a text's script is told."""
_TOKEN = re.compile(rf"[{CJK}]|[^\W_{CJK}]+(?:['’][^\W_{CJK}]+)*")
_CJK_CHARACTER = re.compile(f"[{CJK}]")


@dataclass(frozen=True, slots=True)
class Shared:
    """What two texts have in common, word by word."""

    here: Sequence[Span]
    """The words of the first text, as spans of its characters."""
    there: Sequence[Span]
    words: dict[int, int]
    """Which word of the first text is which of the second, by their numbers, in the order of both."""

    @property
    def of_longer(self) -> float:
        """The share of the longer text that the shorter one holds too."""
        return len(self.words) / max(1, len(self.here), len(self.there))


def sketch(text: str) -> NDArray[np.uint32]:
    """Return the `SKETCH` smallest hashes of a text's runs of words, rising.

    Of two texts, the share of hashes in common is about the share of runs in common (Broder 1997).
    """
    words = [word.of(text).casefold().replace("’", "'") for word in _spans(text)]
    run = _run(text)
    hashes = {zlib.crc32("\0".join(words[start : start + run]).encode()) for start in range(len(words) - run + 1)}
    return np.array(sorted(hashes)[:SKETCH], dtype="<u4")


def compare(here: str, there: str) -> Shared:
    """Return the words that two texts share in order; time and memory grow with their lengths."""
    mine, theirs = _spans(here), _spans(there)
    run = _run(here)
    first, second = _once(here, mine, run), _once(there, theirs, run)
    pairs = [(place, second[words]) for words, place in first.items() if words in second]
    shared: dict[int, int] = {}
    for place, other in longest_chain(sorted(pairs)):
        shared.update((place + n, other + n) for n in range(run))
    return Shared(mine, theirs, shared)


def _run(text: str) -> int:
    beginning = text[:_BEGINNING]
    return CJK_RUN if len(_CJK_CHARACTER.findall(beginning)) > len(beginning) / 4 else RUN


def _spans(text: str) -> list[Span]:
    return [Span(match.start(), match.end()) for match in _TOKEN.finditer(text)]


def _once(text: str, words: Sequence[Span], run: int) -> dict[tuple[str, ...], int]:
    """Return where each run of words begins that stands once in the text."""
    folded = [word.of(text).casefold().replace("’", "'") for word in words]
    runs = [tuple(folded[start : start + run]) for start in range(len(folded) - run + 1)]
    counted = Counter(runs)
    return {words: start for start, words in enumerate(runs) if counted[words] == 1}


def align_copies(here: tuple[str, Sequence[Span]], there: tuple[str, Sequence[Span]], shared: Shared) -> Iterator[Alignment]:
    """Yield which sentences of two copies are the same, in order.

    Args:
        here: source id and sentences of the first text.
        there: the same of the second.
        shared: what `compare` found.
    """
    mine, theirs = _numbers(here[1], shared.here), _numbers(there[1], shared.there)
    lengths, others = Counter(mine.values()), Counter(theirs.values())
    common = Counter((mine[word], theirs[other]) for word, other in shared.words.items() if word in mine and other in theirs)
    for (sentence, other), words in sorted(common.items()):
        if words >= SAME_SENTENCE * min(lengths[sentence], others[other]):
            yield Alignment(source_id=here[0], span=here[1][sentence], other_id=there[0], other_span=there[1][other])


def _numbers(sentences: Sequence[Span], words: Sequence[Span]) -> dict[int, int]:
    """Return in which sentence each word lies; words outside all of them are left out."""
    found: dict[int, int] = {}
    at = 0
    for number, sentence in enumerate(sentences):
        while at < len(words) and words[at].start < sentence.start:
            at += 1
        while at < len(words) and words[at].end <= sentence.end:
            found[at] = number
            at += 1
    return found
