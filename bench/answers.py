"""Time whole questions: a new process each (cold), then one process for many (warm), with peak memory.

    python bench/answers.py [--home DIR]

Reads an index that exists (the starter corpus by default, in a temporary home). Prints a Markdown table. The machine's state
decides the figures; no test depends on them.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answer import Asked, answer
from bot.events import ClaimReady, Done, Event, EvidenceFound, Refused
from bot.resources import corpus_dir
from bot.settings import BotSettings
from bot.wiring import build

if TYPE_CHECKING:
    from collections.abc import Iterator

QUESTIONS = (
    "how do I get into CV?",
    "Do I need a PhD to work in machine learning?",
    "Should I buy my own hardware or use the cloud?",
    "How can I make my resume stand out?",
    "¿Cómo puedo superar el síndrome del impostor?",
)
_SCRIPTS = Path(sys.executable).parent
_COLD = """
import json, resource, sys, time
start = float(sys.argv[1])
from pathlib import Path
from bot.answer import Asked, answer
from bot.settings import BotSettings
from bot.wiring import build
services = build(BotSettings(home=Path(sys.argv[2])))
seen = {"ready": time.time() - start}
for event in answer(Asked(text=sys.argv[3]), services):
    seen.setdefault(type(event).__name__, time.time() - start)
seen["total"] = time.time() - start
seen["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
print(json.dumps(seen))
"""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path)
    given: Path | None = parser.parse_args().home
    with tempfile.TemporaryDirectory() as temporary:
        home = given or _starter(Path(temporary))
        print("| question | evidence on screen | first statement | whole answer | peak memory |")
        print("| --- | ---: | ---: | ---: | ---: |")
        for question in QUESTIONS:
            print(_row(f"cold: {question}", _cold(home, question)))
        for row in _warm(home):
            print(row)


def _starter(home: Path) -> Path:
    subprocess.run([_SCRIPTS / "ingest", "sync", corpus_dir(), "--home", home, "--quiet"], check=True)
    return home


def _cold(home: Path, question: str) -> dict[str, float]:
    command = [sys.executable, "-c", _COLD, repr(time.time()), str(home), question]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seen: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return seen


def _warm(home: Path) -> Iterator[str]:
    services = build(BotSettings(home=home))
    list(answer(Asked(text=QUESTIONS[0]), services))
    runs = []
    for question in QUESTIONS:
        start = time.perf_counter()
        seen: dict[str, float] = {}
        for event in answer(Asked(text=question), services):
            seen.setdefault(_name(event), time.perf_counter() - start)
        seen["total"] = time.perf_counter() - start
        runs.append(seen)
        yield _row(f"warm: {question}", seen)
    median = {
        name: statistics.median(run[name] for run in runs if name in run) for name in ("EvidenceFound", "ClaimReady", "total")
    }
    median["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    yield _row("**warm, median**", median)


def _name(event: Event) -> str:
    names = {EvidenceFound: "EvidenceFound", ClaimReady: "ClaimReady", Done: "Done", Refused: "Refused"}
    return names.get(type(event), type(event).__name__)


def _row(title: str, seen: dict[str, float]) -> str:
    cells = [f"{seen[name]:.2f} s" if name in seen else "–" for name in ("EvidenceFound", "ClaimReady", "total")]
    memory = f"{seen['memory']:.2f} GB" if "memory" in seen else ""
    return f"| {title} | {' | '.join(cells)} | {memory} |"


if __name__ == "__main__":
    main()
