"""Which documents are worth comparing: few for each, found by one vector and one sketch a document.

All documents are looked at each time, so that what is compared depends on what the index holds and never on the order in which
it came. That costs one product of matrices, a row a document; what is heavy, comparing sentences, is done once for each pair.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from ingest.kinship.bitext import may_be_linked
from ingest.kinship.families import may_be_kin

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ingest.index.rows import StoredProfile
    from ingest.values import Source

NEAREST = 2
"""Documents of each other language that a document is compared with."""
LEAST_LIKE = 0.8
"""Cosine of two documents' vectors below which they are not compared. Measured: of translations 0.90 and more."""
FEWEST_HASHES = 4
"""Hashes that the sketches of two texts have in common for them to be compared: about a sixteenth of their runs of words."""
MOST_HOLDERS = 20
"""Texts that may share a hash; one that more share is of a series' standing phrases."""
_ROWS = 2048

Pair = tuple[str, str]
"""Two source ids, the lower first."""


def candidates(sources: Sequence[Source], profiles: Mapping[str, StoredProfile], links: Mapping[str, str]) -> list[Pair]:
    """Return the pairs of documents to compare, in order.

    Args:
        sources: as their files state them.
        profiles: of those sources that hold anything that may be cited.
        links: originals by translation, as metadata names them.
    """
    by_id = {source.id: source for source in sources if source.id in profiles}
    found = {*_across_languages(by_id, profiles), *_copies(profiles)}
    return sorted(pair for pair in found if may_be_kin(by_id[pair[0]], by_id[pair[1]], links))


def _across_languages(sources: Mapping[str, Source], profiles: Mapping[str, StoredProfile]) -> Iterator[Pair]:
    groups: dict[tuple[bool, str], list[str]] = defaultdict(list)
    for source in sources.values():
        groups[source.digest_of is not None, source.language].append(source.id)
    matrices = {group: np.stack([profiles[one].vector for one in ids]) for group, ids in groups.items()}
    for group, ids in groups.items():
        for other, others in groups.items():
            if other[0] == group[0] and other[1] != group[1]:
                for start in range(0, len(ids), _ROWS):
                    likeness = matrices[group][start : start + _ROWS] @ matrices[other].T
                    yield from _nearest(ids[start : start + _ROWS], others, likeness, profiles)


def _nearest(
    ids: Sequence[str], others: Sequence[str], likeness: np.ndarray, profiles: Mapping[str, StoredProfile]
) -> Iterator[Pair]:
    """Yield each document with the nearest of the others, those of about its size."""
    best = np.argsort(-likeness, axis=1, kind="stable")[:, :NEAREST]
    for row, columns in enumerate(best):
        for column in columns:
            one, other = ids[row], others[int(column)]
            sized = may_be_linked(profiles[one].sentences, profiles[other].sentences)
            if sized and likeness[row, column] >= LEAST_LIKE:
                yield min(one, other), max(one, other)


def _copies(profiles: Mapping[str, StoredProfile]) -> Iterator[Pair]:
    """Yield the pairs whose sketches have enough hashes in common, whatever their languages are thought to be."""
    holders: dict[int, list[str]] = defaultdict(list)
    for source_id, profile in profiles.items():
        for value in profile.sketch.tolist():
            holders[value].append(source_id)
    shared = Counter(pair for ids in holders.values() if len(ids) <= MOST_HOLDERS for pair in combinations(sorted(ids), 2))
    yield from (pair for pair, count in shared.items() if count >= FEWEST_HASHES)
