"""A corpus folder of invented interviews, a home, and a sync between the two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from small_index import STAGES, CountingEmbedder

from ingest.home import Home
from ingest.index.check import check
from ingest.index.reader import open_index
from ingest.progress import Silent
from ingest.sync import SyncReport, sync

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.stages import Stages

ADA_TEXT = "Ada en\nHow did it start?|I took a radio apart. Then I mended it.\nWhat now?|I build small robots.\n"
BO_TEXT = "Bo en\nDo degrees matter?|Nobody ever asked for mine. They asked for code.\n"
ADA_ZH_TEXT = "Ada zh ada-en\n怎么开始的?|我拆了一台收音机。\n"


class World:
    """A corpus folder, a home, and a sync between the two."""

    def __init__(self, folder: Path) -> None:
        self.corpus = folder / "corpus"
        self.corpus.mkdir()
        self.home = Home(folder / "home")
        self.embedder = CountingEmbedder()
        self.stages = STAGES

    def write(self, name: str, text: str) -> Path:
        """Put a text into the corpus."""
        path = self.corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def sync(
        self, *paths: Path | str, rebuild: bool = False, stages: Stages | None = None, many_may_go: bool = False
    ) -> SyncReport:
        """Bring the home in step with `paths`, by default the corpus."""
        self.embedder.embedded.clear()
        return sync(
            paths or (self.corpus,),
            home=self.home,
            embedder=self.embedder,
            stages=stages or self.stages,
            report=Silent(),
            rebuild=rebuild,
            many_may_go=many_may_go,
        )

    def ids(self) -> list[str]:
        """Return the ids of all sources in the served index, which is checked through and through."""
        assert [str(result) for result in check(self.home) if result.faults] == []
        with open_index(self.home) as index:
            return [source.id for source in index.sources()]
