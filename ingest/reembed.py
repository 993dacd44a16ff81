"""Change the embedder: give every passage of the index its vector in another model's space, while the old index serves.

What is embedded is remembered group by group (`ingest.embed.resuming`), so that a run that is killed goes on where it stopped.
No file is read: the texts and passages stay as they are in the index.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ingest.changes import Changes
from ingest.embed.resuming import drop_memories
from ingest.errors import NoIndexError
from ingest.index.generation import find_base
from ingest.write import Writer

if TYPE_CHECKING:
    from ingest.embed.protocol import Embedder
    from ingest.home import Home
    from ingest.index.manifest import Manifest
    from ingest.progress import Reporter
    from ingest.stages import Stages

_NO_FILE = Changes(
    parsed=(),
    moved={},
    entries=(),
    gone=(),
    removed=frozenset(),
    lost=frozenset(),
    troubles=(),
    tried=(),
    unchanged=0,
    steps=(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReembedReport:
    """What a change of embedder did."""

    before: Manifest
    manifest: Manifest
    """Of the generation now served: the one before where the embedder was the index's own."""
    embedded: int = 0
    """Passages."""
    resumed: int = 0
    """Texts, passages and sentences, that an interrupted run had embedded."""
    seconds: float = 0.0

    @property
    def published(self) -> bool:
        """Whether there was anything to do."""
        return self.manifest is not self.before


def reembed(*, home: Home, embedder: Embedder, stages: Stages, report: Reporter) -> ReembedReport:
    """Publish a generation with the same passages and the vectors of `embedder`; nothing to do where they are its own.

    Args:
        home: where the index is.
        embedder: what turns texts into vectors from now on.
        stages: what aligns translations, which depends on vectors too.
        report: told how far it is.

    Raises:
        NoIndexError: there is no index.
        HomeBusyError: somebody else is writing to this home.
        IndexDamagedError: no whole generation is left to build on.
    """
    started = time.perf_counter()
    with home.lock(f"embeds everything again with {embedder.id}"):
        base = find_base(home)
        if base is None:
            raise NoIndexError(f"there is no index in {home.path} to embed again; run: ingest sync PATH")
        before = base.manifest
        if before.embedder.fingerprint == embedder.fingerprint:
            drop_memories(home.path, embedder.fingerprint)  # of a run that was killed when all was published
            return ReembedReport(before=before, manifest=before)
        work = Writer(embedder, replace(stages, version=before.chunker), report, before.embedder.dimension)
        manifest = work.publish(home, base, _NO_FILE, rebuild=True)
        drop_memories(home.path)
    return ReembedReport(
        before=before,
        manifest=manifest,
        embedded=work.embedded,
        resumed=work.resumed,
        seconds=time.perf_counter() - started,
    )
