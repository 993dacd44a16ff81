"""How much one changed file costs beside the first ingest: real parsers over invented interviews, by default hashed vectors.

    python bench/sync.py [--documents 1000] [--embedder hash] [--profile]

The count of embedded passages is the promise that the tests keep; the times below are of this machine. With a real embedder the
first ingest takes many times longer and the change hardly more, so that the hashed figures are the unfavourable ones.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import os
import pstats
import random
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ingest.embed import open_embedder
from ingest.home import Home
from ingest.progress import Silent
from ingest.settings import default_registry
from ingest.stages import real_stages
from ingest.sync import SyncReport, sync
from ingest.weights import models_dir

SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "qui", "ro", "su", "ta", "ve", "wi", "zu")
TURNS, SENTENCES = 26, 6
"""About 16,000 characters: the median of real interviews and transcripts."""


@dataclass(frozen=True, slots=True)
class Run:
    """One sync: what it says of itself, and the processor time it took with its child processes, in seconds."""

    name: str
    report: SyncReport
    processor: float


def main() -> None:
    """Ingest, change one file, sync again; print the figures as rows of a Markdown table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--embedder", default="hash")
    parser.add_argument("--profile", action="store_true", help="print where the time of the change goes")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        corpus, home = Path(folder, "corpus"), Home(Path(folder, "home"))
        corpus.mkdir()
        for number in range(chosen.documents):
            (corpus / f"talk-{number:05}.md").write_text(interview(number), encoding="utf-8")
        first = run("first ingest", corpus, home, chosen.embedder)
        still = run("nothing changed", corpus, home, chosen.embedder)
        changed = corpus / "talk-00001.md"
        changed.write_text(interview(1) + "\n**Host:** And now?\n\n**Guest Person:** I rest a little.\n", encoding="utf-8")
        profile = cProfile.Profile()
        if chosen.profile:
            profile.enable()
        second = run("one file changed", corpus, home, chosen.embedder)
        profile.disable()
        show(first, still, second)
        if chosen.profile:
            pstats.Stats(profile, stream=sys.stdout).sort_stats("cumulative").print_stats(45)


def run(name: str, corpus: Path, home: Home, embedder: str) -> Run:
    """Sync once, with parsers that have to be loaded as in a new process."""
    opened = open_embedder(embedder, engine="auto", models_dir=models_dir(None))
    before = sum(os.times()[:4])
    report = sync([corpus], home=home, embedder=opened, stages=real_stages(default_registry()), report=Silent())
    gc.collect()  # the process of the parsers ends, and its time counts
    return Run(name, report, sum(os.times()[:4]) - before)


def show(first: Run, *others: Run) -> None:
    """Print the figures."""
    print("| run | seconds | of the first | processor seconds | of the first | passages embedded |")
    print("| --- | --- | --- | --- | --- | --- |")
    for one in (first, *others):
        shares = f"{one.report.seconds / first.report.seconds:.2%}", f"{one.processor / first.processor:.2%}"
        figures = f"{one.report.seconds:.2f} | {shares[0]} | {one.processor:.2f} | {shares[1]} | {one.report.embedded}"
        print(f"| {one.name} | {figures} |")


def interview(number: int) -> str:
    """Return an invented interview of made-up words, the same one for the same number."""
    dice = random.Random(number)  # noqa: S311
    words = ["".join(dice.choices(SYLLABLES, k=dice.randint(1, 4))) for _ in range(400)]

    def sentence(end: str) -> str:
        return " ".join(dice.choices(words, k=dice.randint(6, 20))).capitalize() + end

    turns = (
        f"**Host:** {sentence('?')}\n\n**Guest Person:** {' '.join(sentence('.') for _ in range(SENTENCES))}\n"
        for _ in range(TURNS)
    )
    return f"# An invented talk number {number}\n\nBy Host, {1990 + number % 30}-01-02\n\n" + "\n".join(turns)


if __name__ == "__main__":
    main()
