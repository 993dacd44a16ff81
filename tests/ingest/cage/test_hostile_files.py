"""Real parsers in the cage against files that were made to hurt them: a result or a reason for each, and nothing else."""

from __future__ import annotations

import random
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import hostile_files as hostile
import pytest

from ingest.cage import Cage, Limits
from ingest.errors import UnreadableError
from ingest.load import SUFFIXES
from ingest.settings import default_registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ingest.values import Ingested

pytestmark = pytest.mark.services  # real workers that take real blows: some seconds
MEBIBYTE = 1024 * 1024
LIMITS = Limits(memory_bytes=512 * MEBIBYTE, cpu_seconds=20, wall_seconds=120)
_MOST_SHARED = 60


@pytest.fixture(scope="module")
def cage() -> Iterator[Cage]:
    """Yield a cage with the real parsers."""
    with Cage(None, limits=LIMITS) as made:
        yield made


def read(cage: Cage, path: Path) -> Ingested | str:
    """Return what is in a file, or the line that says why nothing is."""
    try:
        return cage.parse(path, path.parent)
    except UnreadableError as error:
        line = str(error)
    assert "\n" not in line
    assert path.name in line
    return line


REFUSED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "a zip bomb": ("a.docx", hostile.zip_bomb, "as a zip bomb does"),
    "a crowded zip": ("a.docx", hostile.crowded_zip, "parts, over the limit"),
    "a zip that lies about sizes": ("a.docx", hostile.lying_zip, "damaged DOCX"),
    "a billion laughs": ("a.docx", hostile.laughing_xml, "a.docx"),
    "tables in tables": ("a.docx", hostile.deep_xml, "a.docx"),
    "no zip at all": ("a.docx", lambda: b"PK\x03\x04 and nothing", "is not a DOCX"),
    "a PDF bomb": ("a.pdf", hostile.pdf_bomb, "as a bomb does"),
    "a PDF bomb in layers": ("a.pdf", lambda: hostile.pdf_bomb(4), "as a bomb does"),
    "a PDF of brackets": ("a.pdf", hostile.pdf_of_brackets, "a.pdf"),
    "a PDF of many pages": ("a.pdf", hostile.pdf_of_many_pages, "over the limit of 2,000"),
    "a PDF in circles": ("a.pdf", hostile.pdf_in_circles, "a.pdf"),
    "half a PDF": ("a.pdf", lambda: hostile.pdf_in_circles()[:300], "damaged PDF"),
    "bytes called text": ("a.txt", lambda: bytes(range(256)) * 40, "a.txt: is "),
    "too many characters": ("a.txt", lambda: b"word " * 1_100_000, "characters are over the limit"),
    "broken captions": ("a.vtt", lambda: b"WEBVTT\n\n00:00:0x --> later\nwords\n", "a.vtt"),
    "captions without end": ("a.vtt", lambda: b"WEBVTT\n\n" + b"00:00:01.000 --> \n" * 9, "a.vtt"),
    "deep HTML": ("a.html", lambda: b"<html><body>" + b"<div>" * 200_000, "a.html"),
    "nothing but a script": ("a.html", lambda: b"<html><body><script>" + b"x" * 99_999 + b"</script></body></html>", "a.html"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_hostile_is_refused_with_a_reason(cage: Cage, tmp_path: Path, case: str) -> None:
    """Each ends with one line that names the file, within the limits, and leaves the worker running."""
    name, make, expected = REFUSED[case]
    path = tmp_path / name
    path.write_bytes(make())
    outcome = read(cage, path)
    assert isinstance(outcome, str), outcome.source
    assert expected in outcome


TAKEN: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "nested archives": ("a.docx", hostile.nested_zip, "small robot"),
    "parts that want out": ("a.docx", hostile.traversing_zip, "small robot"),
    "a billion laughs in YAML": ("a.md", hostile.yaml_bomb, "laughs, and builds"),
    "captions out of order": ("a.vtt", lambda: hostile.captions([9, 3, 6]), "Word number 3. Word number 6. Word number 9."),
    "Windows-1252": ("a.txt", lambda: "Ada Quill says “robots” are worth a café visit.".encode("cp1252"), "“robots”"),
    "UTF-16": ("a.txt", lambda: "Ada Quill builds robots in Tallinn.".encode("utf-16"), "robots in Tallinn"),
    "broken UTF-8": ("a.txt", lambda: b"Ada Quill builds \xc3\x28 robots in Tallinn.", "robots in Tallinn"),
}


@pytest.mark.parametrize("case", TAKEN)
def test_what_is_only_odd_is_read(cage: Cage, tmp_path: Path, case: str) -> None:
    """Oddities that do no harm cost nobody the words around them."""
    name, make, expected = TAKEN[case]
    path = tmp_path / name
    path.write_bytes(make())
    outcome = read(cage, path)
    assert not isinstance(outcome, str), outcome
    assert expected in " ".join(outcome.document.text.split())
    assert [found.name for found in tmp_path.rglob("*")] == [name]


def test_a_document_cannot_quote_other_files(cage: Cage, tmp_path: Path) -> None:
    """An entity that points to another file brings none of its words."""
    secret = tmp_path / "secret.txt"
    secret.write_text("the password of the safe", encoding="utf-8")
    path = tmp_path / "a.docx"
    path.write_bytes(hostile.prying_xml(secret.as_uri()))
    outcome = read(cage, path)
    assert "password" not in (outcome if isinstance(outcome, str) else outcome.document.text)


def test_hidden_text_is_not_evidence(cage: Cage, tmp_path: Path) -> None:
    """Words that no reader of the page saw are in no passage; characters without width are gone."""
    path = tmp_path / "a.html"
    path.write_bytes(hostile.HIDDEN_PAGE)
    outcome = read(cage, path)
    assert not isinstance(outcome, str), outcome
    assert "Tallinn" in outcome.document.text
    assert "hidden man" not in outcome.document.text
    assert "zerowidth and turned words" in outcome.document.text


@pytest.mark.shared
def test_all_evaluation_files_give_a_result_or_a_reason(shared: Path, cage: Cage) -> None:
    """All files of `eval/files` and a sample of `eval/interviews`: no worker dies of them, and none grows past its limit."""
    folder = shared / "eval"
    files = sorted(path for path in (folder / "files").rglob("*") if path.suffix.lower() in SUFFIXES)
    interviews = sorted(path for path in (folder / "interviews").rglob("*") if path.suffix.lower() in SUFFIXES)
    chosen = [*files, *random.Random(6).sample(interviews, _MOST_SHARED)]  # noqa: S311 (a sample)
    outcomes = [read(cage, path) for path in chosen]
    assert len(files) >= 20
    reasons = [outcome for outcome in outcomes if isinstance(outcome, str)]
    assert len(reasons) <= len(files) / 2, reasons
    assert not [line for line in reasons if "crashes its reader" in line or "given up" in line]


@pytest.mark.shared
@pytest.mark.skipif(sys.platform != "linux", reason="measures Linux processes")
def test_the_cage_costs_little(shared: Path, tmp_path: Path) -> None:
    """Reading caged takes at most twice the processor time of reading uncaged, once the parsers are loaded."""
    from ingest.parse import parse  # noqa: PLC0415
    from ingest.registry import Registry  # noqa: PLC0415

    del shared
    files = []
    for number in range(200):
        files.append(tmp_path / f"{number}.md")
        files[-1].write_text(f"# Talk {number}\n\n**Bo:** How?\n\n**Ada:** I took radio {number} apart. Then I mended it.\n")
    registry = Registry.load(None)
    parse(files[0], registry=registry, root=tmp_path)
    uncaged = caged = 0.0
    with Cage(default_registry(), limits=LIMITS) as cage:
        cage.parse(files[0], tmp_path)
        # In turns, so that what else the machine does makes both dearer.
        for first in range(0, len(files), 20):
            before = time.process_time()
            for path in files[first : first + 20]:
                parse(path, registry=registry, root=tmp_path)
            uncaged += time.process_time() - before
            before = _processor_time(cage)
            for path in files[first : first + 20]:
                cage.parse(path, tmp_path)
            caged += _processor_time(cage) - before
    assert caged <= 2 * uncaged + 0.2


def _processor_time(cage: Cage) -> float:
    """Return the seconds that this process, the worker and its child have used."""
    pid = cage.pid or 0
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    ticks = sum(
        sum(map(int, Path(f"/proc/{one}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[11:15]))
        for one in (str(pid), *children)
    )
    used = resource.getrusage(resource.RUSAGE_SELF)
    return ticks / 100 + used.ru_utime + used.ru_stime
