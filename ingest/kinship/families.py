"""From pairs of documents that say the same to families: one original, its translations and its copies."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.registry import normalise_url
from ingest.values import Kind, Source

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence


def may_be_kin(one: Source, other: Source, links: Mapping[str, str]) -> bool:
    """Tell whether what two texts state of themselves leaves open that they are one text: metadata is never overruled.

    A digest is a summary: it is the same text as another digest of the same interview at most. Texts that name different
    originals, or an original that is not here, are not linked to another one; those that metadata has linked need no more.

    Args:
        one: as its file states it.
        other: the same.
        links: originals by translation, as metadata names them.
    """
    if _summed_up(one) != _summed_up(other):
        return False
    roots = {links.get(one.id, one.id), links.get(other.id, other.id)}
    if len(roots) == 1 or (one.id in links and other.id in links):
        return False
    if one.language == other.language:
        return True
    return not any(source.translation_of is not None and source.id not in links for source in (one, other)) and _same_original(
        one, other
    )


def _summed_up(source: Source) -> str | None:
    if source.digest_of:
        return normalise_url(source.digest_of)
    return "" if source.kind is Kind.DIGEST else None


def _same_original(one: Source, other: Source) -> bool:
    named = {normalise_url(source.original_url) for source in (one, other) if source.original_url}
    if one.original_url and other.original_url:
        return len(named) == 1
    own = {normalise_url(source.url) for source in (one, other) if source.url and not source.original_url}
    return not (named and own) or named == own


def relatives(
    sources: Sequence[Source], links: Mapping[str, str], pairs: Iterable[tuple[str, str]]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the originals of translations and of copies, by id, that follow from `pairs` beyond the `links` of metadata.

    Of texts that belong together the original is, by the first of these marks that tells them apart: one that names no original
    and is not marked as a machine translation; one that other texts name as theirs; the one published first, a date before
    none; one whose address is known; an English one, since most interviews that travel were held in English; the one that comes
    first in the order of ids. A text in the original's language is a copy of it, any other a translation.

    Args:
        sources: as their files state them.
        links: originals by translation, as metadata names them.
        pairs: source ids of texts that were found to be the same.
    """
    by_id = {source.id: source for source in sources}
    groups = _Groups()
    for translation, original in links.items():
        groups.join(translation, original)
    for one, other in pairs:
        groups.join(one, other)
    named = frozenset(links.values())
    translations: dict[str, str] = {}
    copies: dict[str, str] = {}
    for members in groups.all():
        free = sorted((by_id[one] for one in members if one not in links), key=lambda source: _rank(source, named))
        for source in free[1:]:
            kept = copies if source.language == free[0].language else translations
            kept[source.id] = free[0].id
    return translations, copies


def _rank(source: Source, named: Collection[str]) -> tuple[bool, bool, bool, str, bool, bool, str]:
    return (
        source.machine_translated or source.original_url is not None,
        source.id not in named,
        source.published is None,
        source.published.isoformat() if source.published else "",
        source.url is None,
        source.language != "en",
        source.id,
    )


class _Groups:
    """Disjoint sets (union by the lower id)."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def join(self, one: str, other: str) -> None:
        low, high = sorted((self._top(one), self._top(other)))
        self._above[high] = low

    def all(self) -> list[list[str]]:
        members: dict[str, list[str]] = defaultdict(list)
        for one in sorted(self._above):
            members[self._top(one)].append(one)
        return [members[top] for top in sorted(members)]

    def _top(self, one: str) -> str:
        self._above.setdefault(one, one)
        while self._above[one] != one:
            one = self._above[one]
        return one


def without(source: Source, gone: Collection[str]) -> Source:
    """Return `source` without links to sources that are not there any more."""
    return replace(
        source,
        translation_of=None if source.translation_of in gone else source.translation_of,
        copy_of=None if source.copy_of in gone else source.copy_of,
    )


def heads(sources: Iterable[Source]) -> dict[str, str]:
    """Return for each source id that of the head of its family: the text that it, its original or that one's is taken from."""
    above = {source.id: source.translation_of or source.copy_of for source in sources}
    return {source_id: _head(source_id, above) for source_id in above}


def _head(source_id: str, above: Mapping[str, str | None]) -> str:
    seen = {source_id}
    while (up := above.get(source_id)) is not None and up in above and up not in seen:
        source_id = up
        seen.add(up)
    return source_id
