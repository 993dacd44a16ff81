"""`load` on the real evaluation texts: furniture gone, people and dates right, words verbatim."""

from __future__ import annotations

import importlib.util
import re
from datetime import date
from typing import TYPE_CHECKING

import pytest

from ingest.errors import UnreadableError
from ingest.load import SUFFIXES, load
from ingest.registry import Registry
from ingest.values import Kind, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ingest.blocks import Block, Loaded

pytestmark = pytest.mark.shared

_REFERENCE = re.compile(r"\]\[[^\[\]]*\]")
_ESCAPE = re.compile(r"\\(?=[\\`*_{}\[\]()#+\-.!~&$])")
_LEAST_SHARE = 0.99


def scorer_norm(shared: Path) -> Callable[[str], str]:
    """Return the normal form that the scorer compares in."""
    spec = importlib.util.spec_from_file_location("score_answers", shared / "eval" / "score_answers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    norm: Callable[[str], str] = module.norm
    return norm


def samples(shared: Path) -> Iterator[Path]:
    """Yield the seeds and two texts of each folder of interviews."""
    yield from sorted((shared / "seeds").glob("*.txt"))
    for folder in sorted((shared / "eval" / "interviews").iterdir()):
        if folder.is_dir() and folder.name != "datatalks":  # its words lie inside YAML, folded and quoted
            yield from sorted(path for path in folder.iterdir() if path.suffix != ".vtt")[:2]


def read(path: Path) -> Loaded:
    """Return a file as loaded."""
    return load(path, registry=Registry())


def test_blocks_are_verbatim(shared: Path) -> None:
    """At least 99 % of the blocks are substrings of the raw file under the scorer's own normal form."""
    norm = scorer_norm(shared)
    lost: list[str] = []
    total = 0
    for path in samples(shared):
        raw = path.read_text(encoding="utf-8").replace("Â\n", "\n")
        text = norm(_ESCAPE.sub("", _REFERENCE.sub("]", raw)))
        words = [norm(block.text) for block in read(path).blocks if block.text]
        total += len(words)
        lost += [f"{path.name}: {word[:80]}" for word in words if word not in text]
    print(f"{total - len(lost)} of {total} blocks verbatim")  # noqa: T201
    assert len(lost) <= (1 - _LEAST_SHARE) * total, lost[:10]


EXPECTED = {
    "000": (Kind.INTERVIEW, "en", None, {"Gary Song": Role.INTERVIEWEE, "Adrian Rosebrock": Role.INTERVIEWER}),
    "001": (Kind.INTERVIEW, "zh", date(2021, 4, 14), {"Gary Song": Role.INTERVIEWEE, "Adrian": Role.INTERVIEWER}),
    "002": (Kind.TRANSCRIPT, "en", date(2020, 3, 24), {}),
    "003": (Kind.ARTICLE, "en", date(2020, 7, 27), {"Richmond Alake": Role.AUTHOR}),
    "004": (Kind.ARTICLE, "en", None, {"BowTiedHal": Role.AUTHOR}),
}


@pytest.mark.parametrize("number", sorted(EXPECTED))
def test_seeds(shared: Path, number: str) -> None:
    """Each seed has the kind, language, date and people that it states itself."""
    found = read(next((shared / "seeds").glob(f"{number}*"))).metadata
    people = {person.name: person.role for person in found.people}
    assert (found.kind, found.language, found.published, people) == EXPECTED[number]


def test_no_furniture_in_the_seeds(shared: Path) -> None:
    """None of the scorer's marks of boilerplate is left in any block."""
    marks = (
        "newsletter",
        "unsplash",
        "resource guide",
        "comment section",
        "full catalog",
        "related videos",
        "1:1 help",
        "work in progress",
        "image licence",
        "iemoji",
        "min read",
    )
    left = [block.text for path in (shared / "seeds").glob("*.txt") for block in read(path).blocks if is_marked(block, marks)]
    assert left == []


def is_marked(block: Block, marks: tuple[str, ...]) -> bool:
    """Tell whether a block holds a mark of boilerplate."""
    return any(mark in block.text.lower() for mark in marks)


def test_every_file_loads_or_says_why_not(shared: Path) -> None:
    """Each real file gives blocks, or one line that names it; nothing else is raised."""
    folders = [shared / "eval" / "files", *(path for path in (shared / "eval" / "interviews").iterdir() if path.is_dir())]
    refused = []
    for folder in folders:
        for path in sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)[:25]:
            reason = why_not(path)
            assert not reason or path.name in reason
            refused += [path.name] if reason else []
    assert sorted(refused) == [
        "an-interview-with-peter-ip-chief-data-scientist.md",
        "encrypted.pdf",
        "late_mask_reference.pdf",
        "shared_resources.pdf",
        "shredded_strips.pdf",
    ]


def why_not(path: Path) -> str:
    """Return why a file cannot be read; nothing where it can."""
    try:
        return "" if read(path).blocks else f"{path}: no blocks"
    except UnreadableError as error:
        return str(error)
