"""The evaluation texts: where they lie, and how their files are read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import bot
from ingest.errors import NotReadyError


def find_data(given: Path | None = None) -> Path:
    """Return the folder of the evaluation texts: `given`, else `../shared/eval` beside a checkout.

    Raises:
        NotReadyError: it is not there.
    """
    folder = given or Path(bot.__file__).parents[2] / "shared" / "eval"
    if not folder.is_dir():
        raise NotReadyError(f"no evaluation texts in {folder}: name their folder with --data or CAREERBOT_EVAL")
    return folder


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Read a file of one JSON object a line.

    Raises:
        NotReadyError: the file is not among the evaluation texts.
    """
    if not path.is_file():
        raise NotReadyError(f"{path} is missing: this suite needs it; name other suites, or another folder with --data")
    # Not `splitlines`: strings may hold other separators, such as U+2028 and U+0085.
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
