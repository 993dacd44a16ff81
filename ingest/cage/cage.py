"""The parent's side of the cage: hands files to the worker one at a time and turns whatever becomes of them into one line."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import weakref
from dataclasses import asdict
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final, Self

from ingest.cage.frames import BrokenFrameError, Frame, Tag, receive, send
from ingest.cage.limits import Limits
from ingest.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ingest.values import Ingested

_HERE: Final = Path(__file__).resolve().parents[2]
_PROGRAM: Final = "import sys; sys.path.insert(0, sys.argv.pop()); from ingest.cage.worker import main; main()"
PARSER: Final = "ingest.cage.worker:parser"
_START_SECONDS: Final = 120.0
_GRACE_SECONDS: Final = 10.0
"""The child is ended by its own alarm; if it is still silent after this, the whole worker is killed."""
_KEPT_VARIABLES: Final = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "LD_LIBRARY_PATH", "SYSTEMROOT", "PYTHONPATH", "HOME")
"""Keys and proxies of this process are no business of a parser."""


class Cage:
    """A worker that reads files under limits. It starts with the first file and is kept for the next ones.

    One file is read at a time, whoever asks. Close it, or let it go out of scope: the worker ends.

    Args:
        registry_path: facts about known sources, or None.
        limits: what one file may cost.
        reader: `module:function` that the worker calls with `registry_path` for the function that reads a file.
    """

    def __init__(self, registry_path: Path | None, *, limits: Limits | None = None, reader: str = PARSER) -> None:
        self._reader = reader
        self._registry = str(registry_path.resolve()) if registry_path else None
        self._limits = limits or Limits()
        self._turn = threading.Lock()
        self._worker: _Worker | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The process that holds the loaded parsers, where one was started."""
        return self._worker.process.pid if self._worker else None

    @property
    def protections(self) -> Mapping[str, bool]:
        """What the system grants this machine's workers: `network_namespace`. Empty before the first file."""
        return self._worker.protections if self._worker else {}

    def parse(self, path: Path, folder: Path) -> Ingested:
        """Return the source in the file at `path`, read by the worker.

        Args:
            path: the file.
            folder: the folder being read; paths in error messages are relative to it.

        Raises:
            UnreadableError: the file cannot be read, or costs more than the limits allow; the line says which.
        """
        shown = path.relative_to(folder) if path.is_relative_to(folder) else path
        with self._turn:
            reply = self._ask(path, folder)
        if reply.tag is Tag.PARSED:
            return self._understood(reply, shown)
        if reply.tag is Tag.UNREADABLE:
            raise UnreadableError(reply.body.decode(errors="replace"))
        raise UnreadableError(f"{shown}: {self._reason(reply)}")

    def close(self) -> None:
        """End the worker, if there is one."""
        if self._worker:
            self._worker.close()
        self._worker = None

    def _ask(self, path: Path, folder: Path) -> Frame:
        asked = Frame(Tag.READ, json.dumps({"path": str(path), "folder": str(folder)}).encode())
        for attempt in ("kept", "fresh"):
            try:
                worker = self._worker = self._worker or _Worker(self._reader, self._registry, self._limits)
                reply = worker.ask(asked, self._limits.wall_seconds + _GRACE_SECONDS)
            except (OSError, BrokenFrameError) as error:  # somebody ended it, or it talks nonsense
                self.close()
                if attempt == "fresh" or isinstance(error, BrokenFrameError):
                    return Frame(Tag.FAILED, f"the process that read it broke off ({error})".encode())
                continue
            except BaseException:  # an interrupted question must not get the answer to the next one
                self.close()
                raise
            if reply is None:
                self.close()
                return Frame(Tag.DIED, str(-signal.SIGALRM if hasattr(signal, "SIGALRM") else 1).encode())
            return reply
        raise AssertionError("unreachable")

    def _understood(self, reply: Frame, shown: Path) -> Ingested:
        from ingest.cage.answer import from_bytes  # noqa: PLC0415 (pydantic takes its time)

        try:
            return from_bytes(reply.body)
        except BrokenFrameError as error:
            raise UnreadableError(f"{shown}: its reader returned {error}; save it again or remove it") from error

    def _reason(self, reply: Frame) -> str:
        limits = self._limits
        if reply.tag is Tag.MEMORY:
            return f"takes more than {limits.memory_bytes // 1024 // 1024:,} MB of memory to read; split it or remove it"
        if reply.tag is Tag.FAILED:
            return f"cannot be read ({reply.body.decode(errors='replace')}); save it again or remove it"
        code = int(reply.body or b"0")
        name = signal.Signals(-code).name if code < 0 else f"code {code}"
        if name == "SIGXCPU":
            return f"takes more than {limits.cpu_seconds} s of processor time to read; split it or remove it"
        if name == "SIGALRM":
            return f"takes longer than {limits.wall_seconds:.0f} s to read; split it or remove it"
        if name == "SIGKILL":
            return "was given up: the system killed the process that read it (out of memory?); split it or remove it"
        return f"crashes its reader ({name}); save it again or remove it"


class _Worker:
    """A started worker, and the thread that listens to it so that waiting can end."""

    def __init__(self, reader: str, registry: str | None, limits: Limits) -> None:
        argument = json.dumps({"limits": asdict(limits), "registry": registry, "reader": reader})
        kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        self.process = subprocess.Popen(  # noqa: S603 (our own program)
            [sys.executable, "-P", "-c", _PROGRAM, argument, str(_HERE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=kept | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"},
            start_new_session=True,  # an interrupt at the keyboard is the parent's to handle
        )
        self._heard: SimpleQueue[Frame | Exception | None] = SimpleQueue()
        threading.Thread(target=_listen, args=(self.process, self._heard), daemon=True, name="cage-listener").start()
        self.close = weakref.finalize(self, _end, self.process)
        ready = self.receive(_START_SECONDS)
        if ready is None or ready.tag is not Tag.READY:
            self.close()
            raise BrokenFrameError(ready.body.decode(errors="replace") if ready else "it does not start")
        self.protections: dict[str, bool] = json.loads(ready.body)

    def ask(self, frame: Frame, seconds: float) -> Frame | None:
        """Hand a message over and return the answer; None where none came in time.

        Raises:
            OSError: the worker is gone.
            BrokenFrameError: what came is no message.
        """
        if self.process.stdin is None:
            raise BrokenPipeError
        send(self.process.stdin.fileno(), frame)
        answer = self.receive(seconds)
        if answer is not None and answer.tag is Tag.AGAIN:  # said once in a worker's life
            send(self.process.stdin.fileno(), frame)
            answer = self.receive(seconds)
        return answer

    def receive(self, seconds: float) -> Frame | None:
        """Return the next message; None where none came in time.

        Raises:
            OSError: the worker is gone.
            BrokenFrameError: what came is no message.
        """
        try:
            heard = self._heard.get(timeout=seconds)
        except Empty:
            return None
        if heard is None:
            raise BrokenPipeError("it ended")
        if isinstance(heard, Exception):
            raise heard
        return heard


def _listen(process: subprocess.Popen[bytes], heard: SimpleQueue[Frame | Exception | None]) -> None:
    """Pass on what the worker says until it ends."""
    if process.stdout is None:
        return
    with process.stdout as stream:
        try:
            while frame := receive(stream.fileno()):
                heard.put(frame)
        except (OSError, BrokenFrameError) as error:
            heard.put(error)
    heard.put(None)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        with contextlib.suppress(OSError):
            process.stdin.close()
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)  # its child too
        else:
            process.kill()
    process.wait()
