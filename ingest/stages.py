"""The stages before the index as `sync` calls them, so that tests can put others in their place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from ingest.values import Alignment, Ingested, Matrix, Source

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.cage import Limits
    from ingest.kinship.profile import Profile

Embed = Callable[[Sequence[str]], Matrix]
"""Turns texts into rows of one vector space, shape (texts, dimension), L2-normalised."""
PARSER_VERSION = "5"
"""Raise it whenever loading, cleaning, segmenting or chunking gives other results: every file is then read again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """What turns files into sources, and sources into linked and aligned ones."""

    parse: Callable[[Path, Path], Ingested]
    """Turns (file, folder being read) into a source with its passages."""
    accepts: Callable[[Path], bool]
    """Tells whether a file in a folder is of a kind that can be read."""
    version: str
    """Of parser, chunker and registry: files read by another version are read again."""
    link: Callable[[Sequence[Source], Mapping[str, Collection[str]]], Sequence[Source]]
    """Turns (sources as their files state them, headings by source id) into sources with `translation_of` filled in."""
    align: Callable[[Ingested, Ingested, Embed], Iterable[Alignment]]
    """Pairs stretches of an original (first) with stretches of its translation or copy (second)."""
    compare: Callable[[Profile, Profile], float] | None = None
    """Tells which share two documents have in common (`ingest.kinship.alike`); with None only metadata links."""


def real_stages(registry_path: Path | None, *, limits: Limits | None = None) -> Stages:
    """Return the stages that read real files, each in a cage: a child process under limits, started with the first file.

    Args:
        registry_path: TOML file with facts about sources that do not state them, or None.
        limits: what one file may cost; the cage's own if None.

    Raises:
        IngestError: the registry cannot be read.
    """
    from ingest.cage import Cage  # noqa: PLC0415
    from ingest.kinship.alike import align, compare  # noqa: PLC0415
    from ingest.load import SUFFIXES  # noqa: PLC0415
    from ingest.registry import Registry  # noqa: PLC0415
    from ingest.translations import complete, link  # noqa: PLC0415

    Registry.load(registry_path)  # a registry that cannot be read is refused here, not once for every file
    cage = Cage(registry_path, limits=limits)
    known = sha256(registry_path.read_bytes()).hexdigest()[:8] if registry_path else "none"
    return Stages(
        parse=cage.parse,
        accepts=lambda path: path.suffix.lower() in SUFFIXES,
        version=f"parser {PARSER_VERSION}, registry {known}",
        link=lambda sources, headings: complete(sources, link(sources, headings)),
        align=align,
        compare=compare,
    )
