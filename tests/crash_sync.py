"""Change an index of invented interviews in processes that can be killed: a server that forks one for each request.

Forking a process that has everything loaded takes milliseconds where starting one takes seconds. Requests are lines of JSON on
stdin, `{"home", "corpus", "task", "kill_at"}`; the answers on stdout are the child's process id and, once it is dead, a line of
JSON: its `signal`, the number of `boundaries` it passed, and whether it had `acknowledged` that all was done.

With `kill_at` the child kills itself with SIGKILL at that durable boundary, counted from 1. With `largest` it may write no file
larger than so many bytes. With `fault_at` its n-th call to the system that writes below the home fails with `errno`, and all
later ones do; with `short` that call writes half of what it should. The latter two need the library of `faults.c` preloaded.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from small_index import STAGES, CountingEmbedder

from ingest.forget import forget
from ingest.home import Home
from ingest.index import durable
from ingest.progress import Silent
from ingest.reembed import reembed
from ingest.sync import remove, sync

OTHER = "hash-32"


def run(home: Home, corpus: str, task: str) -> None:
    """Do the task: `sync`, `rebuild`, `reembed`, `remove ID` or `forget ID`."""
    name, _, argument = task.partition(" ")
    if name in ("sync", "rebuild"):
        sync(
            [corpus],
            home=home,
            embedder=CountingEmbedder(),
            stages=STAGES,
            report=Silent(),
            rebuild=name == "rebuild",
            many_may_go=True,
        )
    elif name == "reembed":
        reembed(home=home, embedder=CountingEmbedder(OTHER, 32), stages=STAGES, report=Silent())
    elif name == "remove":
        remove([argument], home=home)
    else:
        assert forget([argument], home=home).proof.found == ()


def count_boundaries(kill_at: int, pipe: int) -> None:
    """Install the hook: it writes a byte for each boundary, and kills the process at one of them."""
    passed = 0

    def hook(_operation: str, _path: Path) -> None:
        nonlocal passed
        passed += 1
        os.write(pipe, b".")
        if passed == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    durable.hook = hook


def limit(request: dict[str, Any]) -> ctypes.CDLL | None:
    """Make the system fail as the request wants it; return the library that counts calls, where it is loaded."""
    if request.get("largest") is not None:
        import resource  # noqa: PLC0415 (Windows has none)

        resource.setrlimit(resource.RLIMIT_FSIZE, (request["largest"], request["largest"]))
    if "LD_PRELOAD" not in os.environ:
        return None
    library = ctypes.CDLL(None)
    fault = (request.get("fault_at", 0), request.get("errno", 0), request.get("short", 0))
    library.fault_arm(request["home"].encode(), *fault)
    return library


def child(request: dict[str, Any], pipe: int) -> None:
    """Do what was asked and leave without tidying up."""
    facts: dict[str, object] = {"error": None, "message": ""}
    count_boundaries(request.get("kill_at", 0), pipe)
    library = limit(request)
    try:
        run(Home(Path(request["home"])), request["corpus"], request["task"])
    except BaseException as error:  # noqa: BLE001 (told to the parent)
        facts = {"error": type(error).__name__, "message": str(error)}
    calls = library.fault_count() if library else 0
    os.write(pipe, b"!" + json.dumps({**facts, "calls": calls}).encode())
    os._exit(0)


def serve() -> None:
    """Answer requests until stdin ends."""
    import faiss  # noqa: F401, PLC0415 (loaded once, for all children)

    for line in sys.stdin:
        request = json.loads(line)
        reading, writing = os.pipe()
        process = os.fork()
        if process == 0:
            child(request, writing)
        os.close(writing)
        sys.stdout.write(f"{process}\n")
        sys.stdout.flush()
        _, status = os.waitpid(process, 0)
        with os.fdopen(reading, "rb") as file:
            passed = file.read()
        boundaries, _, told = passed.partition(b"!")
        facts = {
            "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
            "boundaries": len(boundaries),
            "acknowledged": False,
        }
        if told:
            outcome = json.loads(told)
            facts |= {**outcome, "acknowledged": outcome["error"] is None}
        sys.stdout.write(f"{json.dumps(facts)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
