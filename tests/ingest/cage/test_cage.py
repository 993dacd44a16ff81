"""The cage: what a reader may not do, what becomes of a file whose reader does it, and that the next file is read."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from patience import until

from ingest.cage import Cage, Limits
from ingest.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.services  # real processes that are limited and killed

MEBIBYTE = 1024 * 1024
LIMITS = Limits(memory_bytes=96 * MEBIBYTE, cpu_seconds=1, wall_seconds=60, files_per_child=5, kept_growth_bytes=16 * MEBIBYTE)
linux = pytest.mark.skipif(sys.platform != "linux", reason="what the system enforces is Linux's")


@pytest.fixture(scope="module")
def cage() -> Iterator[Cage]:
    """Yield a cage whose reader misbehaves as files tell it to."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[2])
    with Cage(None, limits=LIMITS, reader="caged_readers:misbehaving") as made:
        yield made
    os.environ.pop("PYTHONPATH")
    if before is not None:
        os.environ["PYTHONPATH"] = before


def reason(cage: Cage, folder: Path, words: str) -> str:
    """Return why a file with these words cannot be read; afterwards an honest file can."""
    path = folder / "deed.txt"
    path.write_text(words, encoding="utf-8")
    with pytest.raises(UnreadableError) as caught:
        cage.parse(path, folder)
    honest(cage, folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def honest(cage: Cage, folder: Path) -> None:
    """Read a file that means no harm."""
    path = folder / "honest.txt"
    path.write_text("nothing", encoding="utf-8")
    assert cage.parse(path, folder).source.id == "ada-en"


@linux
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("hog 8", "deed.txt: takes more than 96 MB of memory to read; split it or remove it"),
        ("hog 4000", "deed.txt: takes more than 96 MB of memory to read; split it or remove it"),
        ("spin", "deed.txt: takes more than 1 s of processor time to read; split it or remove it"),
        ("crash", "deed.txt: crashes its reader (SIGSEGV); save it again or remove it"),
        ("kill", "deed.txt: was given up: the system killed the process that read it (out of memory?); split it or remove it"),
        ("unreadable holds nothing", "deed.txt: holds nothing"),
    ],
)
def test_what_costs_too_much_gets_a_reason(cage: Cage, tmp_path: Path, words: str, expected: str) -> None:
    """Memory, processor time, time, a crash and a kill each end one file with one line, and the next file is read."""
    assert reason(cage, tmp_path, words) == expected


@linux
def test_what_takes_too_long_gets_a_reason(tmp_path: Path, cage: Cage) -> None:
    """A reader that waits for ever, without using the processor, is ended too."""
    del cage  # its fixture says where the readers are
    limits = Limits(wall_seconds=3.0)
    with Cage(None, limits=limits, reader="caged_readers:misbehaving") as hasty:
        assert reason(hasty, tmp_path, "sleep 600") == "deed.txt: takes longer than 3 s to read; split it or remove it"


def test_endless_recursion_gets_a_reason(cage: Cage, tmp_path: Path) -> None:
    """A reader that runs out of stack ends its file, not the batch."""
    assert "deed.txt: cannot be read (RecursionError" in reason(cage, tmp_path, "recurse")


def test_a_reader_that_lies_is_replaced(cage: Cage, tmp_path: Path) -> None:
    """Whatever a child writes that is no message costs it its file and its life."""
    assert "the process that read it broke off (a message of" in reason(cage, tmp_path, "lie")


@pytest.mark.enable_socket
def test_the_network_is_out_of_reach(cage: Cage, tmp_path: Path) -> None:
    """A server on this machine that we can reach is not reached from the cage, from Python or from native code."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert "PermissionError: socket." in reason(cage, tmp_path, f"connect {port}")
        if cage.protections.get("network_namespace"):
            assert "cannot be read (OSError" in reason(cage, tmp_path, f"native-connect {port}")
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_nothing_is_written_and_nothing_is_run(cage: Cage, tmp_path: Path) -> None:
    """Python code in the cage neither writes files nor runs programs; what it prints is no message."""
    assert "PermissionError: open is refused" in reason(cage, tmp_path, f"write {tmp_path / 'new'}")
    assert "PermissionError" in reason(cage, tmp_path, "run true")
    assert not (tmp_path / "new").exists()
    path = tmp_path / "talk.txt"
    path.write_text("print words", encoding="utf-8")
    assert cage.parse(path, tmp_path).source.id == "ada-en"


@linux
def test_native_code_cannot_write_either(cage: Cage, tmp_path: Path) -> None:
    """The system lets no file grow."""
    assert "File too large" in reason(cage, tmp_path, f"native-write {tmp_path / 'new'}")
    assert (tmp_path / "new").stat().st_size == 0


@linux
def test_memory_goes_back_to_where_it_was(cage: Cage, tmp_path: Path) -> None:
    """A child that kept what it read is replaced: after each file the worker is as small as before."""
    honest(cage, tmp_path)
    path = tmp_path / "keep.txt"
    path.write_text("keep 40", encoding="utf-8")
    sizes = []
    for _ in range(3):
        cage.parse(path, tmp_path)
        honest(cage, tmp_path)
        sizes.append(resident(cage))
    assert max(sizes) < 2 * 40 * MEBIBYTE + resident_of(cage.pid or 0)
    assert sizes[-1] < sizes[0] + 20 * MEBIBYTE


def resident(cage: Cage) -> int:
    """Return the memory of a worker and its child, in bytes."""
    pid = cage.pid or 0
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return resident_of(pid) + sum(resident_of(int(child)) for child in children)


def resident_of(pid: int) -> int:
    """Return the memory of one process, in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


@linux
def test_the_parsers_are_loaded_once(cage: Cage, tmp_path: Path) -> None:
    """Files, and files that kill their reader, are all served by the one worker that was started first."""
    honest(cage, tmp_path)
    worker = cage.pid
    for _ in range(6):
        honest(cage, tmp_path)
    reason(cage, tmp_path, "crash")
    assert cage.pid == worker


def test_a_file_is_given_up_only_when_everything_is_loaded(cage: Cage, tmp_path: Path) -> None:
    """A fresh worker, which has not loaded all it can, reads a file that needs more the second time, unseen from outside."""
    cage.close()
    path = tmp_path / "needy.txt"
    path.write_text("need it", encoding="utf-8")
    for _ in range(2):
        assert cage.parse(path, tmp_path).source.id == "ada-en"


def test_a_worker_that_somebody_ended_is_started_again(cage: Cage, tmp_path: Path) -> None:
    """Ending the worker from outside costs nobody a file."""
    honest(cage, tmp_path)
    cage.close()
    assert cage.pid is None
    honest(cage, tmp_path)


def test_a_worker_that_does_not_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A parser that is not installed is named."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    path = tmp_path / "file.txt"
    path.write_text("nothing", encoding="utf-8")
    with Cage(None, reader="caged_readers:broken") as cage, pytest.raises(UnreadableError, match="no such parser"):
        cage.parse(path, tmp_path)


@linux
def test_nothing_is_left_of_a_cage_that_went_out_of_scope() -> None:
    """When a process ends, even by a signal, its worker and the worker's child end too."""
    program = (
        "import sys; from pathlib import Path; from ingest.cage import Cage\n"
        "cage = Cage(None, reader='caged_readers:misbehaving')\n"
        "cage.parse(Path(sys.argv[1]), Path(sys.argv[1]).parent)\n"
        "print(cage.pid, flush=True)\n"
        "sys.stdin.read()"
    )
    tests = Path(__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(tests), str(tests.parent)))}
    command = [sys.executable, "-c", program, str(tests / "caged_readers.py")]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    worker = int(process.stdout.readline())
    process.kill()
    process.communicate()
    until(lambda: not Path(f"/proc/{worker}").exists())
