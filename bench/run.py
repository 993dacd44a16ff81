"""Run the benchmarks and rewrite docs/benchmarks.md.

    python bench/run.py [--xquad DIR]

The embedding comparison needs XQuAD as retrieval (`../shared/eval/xquad` beside the repository); without it that part is left
out and the page says so.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
XQUAD = ROOT.parent / "shared" / "eval" / "xquad"
QUESTIONS = "300"
"""Of the 1,190: enough to tell half a point, and done in minutes."""


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--xquad", type=Path, default=XQUAD)
    xquad: Path = parser.parse_args().xquad
    embedding = (
        _run("embedding.py", "--xquad", str(xquad), "--queries", QUESTIONS)
        if xquad.is_dir()
        else "Not measured: XQuAD is not on this machine.\n"
    )
    page = PAGE_TEXT.format(date=datetime.now(UTC).date(), machine=_machine(), embedding=embedding, answers=_run("answers.py"))
    PAGE.write_text(page, encoding="utf-8")
    print(page)


PAGE_TEXT = """# Benchmarks

Written by `make bench` on {date}. Machine: {machine}. Other work on the machine moves the absolute figures;
ratios were taken in one run. No test depends on any of them.

## Embedding

XQuAD (English) as retrieval: 240 paragraphs, every engine in turn on the same slices.

{embedding}
## Answers

The starter corpus, bundled models. Cold: a new process for each question, from its start. Warm: one process, models loaded.

{answers}"""


def _run(script: str, *arguments: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(Path(__file__).parent / script), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout


def _machine() -> str:
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        names = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0] if names else model
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
