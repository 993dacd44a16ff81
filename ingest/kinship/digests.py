"""Digests of interviews that are in the index themselves: the person's own words win, and the digest belongs to them."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from ingest.kinship.families import heads
from ingest.registry import normalise_url
from ingest.values import Kind, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_CAMPAIGN = re.compile(r"utm_\w+|\w*clid|mc_[ce]id|ref|source|share|si|sk|gi", re.IGNORECASE)
"""Parameters of a URL that say where a reader came from, not what is read."""


def collapsed(sources: Iterable[Source], speaks: Callable[[str], bool]) -> dict[str, str]:
    """Return the ids of digests that nothing is answered from, each with the id of the original it sums up.

    The original is a text at the address that the digest is about, but no machine translation whose original is not here.
    Translations and copies of a digest go where it goes. Which texts are there decides, not the order in which they came.

    Args:
        sources: all that is in the index, linked.
        speaks: tells whether a source has passages: one that has none takes nobody's place.
    """
    by_id = {source.id: source for source in sources}
    if not any(source.digest_of for source in by_id.values()):
        return {}
    originals = _Originals(by_id, speaks)
    found = ((source_id, _summed_up(_taken_from(source_id, by_id), originals)) for source_id in by_id)
    return {source_id: original for source_id, original in found if original is not None}


def _summed_up(texts: Iterable[Source], originals: _Originals) -> str | None:
    """Return the original that the first of `texts`, or a digest that it is taken from, sums up; None where it is not here."""
    for source in texts:
        if source.id in originals:
            return None  # an original stays one, even where it names a digest as what it was translated from
        if source.digest_of and (found := originals.at(source.digest_of)):
            return found
    return None


class _Originals:
    """The texts that may be an original, by address."""

    def __init__(self, by_id: Mapping[str, Source], speaks: Callable[[str], bool]) -> None:
        families = heads(by_id.values())
        self._speaks = speaks
        self._by_address: defaultdict[str, list[str]] = defaultdict(list)
        for source in by_id.values():
            if source.url and not _is_digest(source) and not by_id[families[source.id]].machine_translated:
                self._by_address[_address(source.url)].append(source.id)
        self._ids = frozenset(one for ids in self._by_address.values() for one in ids)

    def __contains__(self, source_id: str) -> bool:
        return source_id in self._ids

    def at(self, url: str) -> str | None:
        """Return the first of those at `url` that has passages, in the order of ids."""
        return next(filter(self._speaks, sorted(self._by_address.get(_address(url), ()))), None)


def _taken_from(source_id: str, by_id: Mapping[str, Source]) -> Iterator[Source]:
    """Yield a text, what it translates or copies, and so on."""
    seen: set[str] = set()
    while source_id in by_id and source_id not in seen:
        seen.add(source_id)
        source = by_id[source_id]
        yield source
        source_id = source.translation_of or source.copy_of or ""


def _is_digest(source: Source) -> bool:
    return source.kind is Kind.DIGEST or source.digest_of is not None


def _address(url: str) -> str:
    """Return a key equal for all ways to write one address; unlike `normalise_url` it tells `?episode=1` from `?episode=2`."""
    key, query = normalise_url(url), urlsplit(url).query
    if not query or key.startswith("youtube:"):
        return key
    said = sorted((name, value) for name, value in parse_qsl(query, keep_blank_values=True) if not _CAMPAIGN.fullmatch(name))
    return f"{key}?{urlencode(said)}" if said else key
