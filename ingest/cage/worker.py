"""The caged side: a process that loads the parsers once and forks a child that reads files until it dies or is replaced.

The first process never sees a file. Its child does; when that is killed by a limit, the next is forked from memory in
milliseconds, with the parsers loaded and nothing left of the file before. Without `fork` (Windows) one process does both.

So that a folder of plain files need not wait for the parsers of all others, the first child loads what it needs as it goes.
When a file fails or kills it, the first process loads the rest, once, and a file that failed is read again.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.cage import isolation
from ingest.cage.frames import Frame, Tag, receive, send
from ingest.cage.limits import Limits
from ingest.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.values import Ingested

_PARSERS = ("trafilatura", "pypdf", "docx", "webvtt", "ftfy", "yaml", "ingest.cage.answer")
_UNCLEAR = "Ada Tallinn robot"
"""Words of no language in particular: the model that decides is loaded, which takes a temporary file."""
_FINISHED, _RECYCLED, _UNREADY = 0, 3, 4
"""How a child ends of itself: nobody wants anything any more; it is due for a change; a file failed that may need more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What a worker does."""

    read: Callable[[Path, Path], Ingested]
    """Turns (file, folder) into a source; raises `UnreadableError`, or anything."""
    load: Callable[[], None]
    """Loads whatever reading may load on its way."""


def main() -> None:
    """Serve on the standard streams. The argument is JSON: limits, registry, and `module:function` that makes the reader."""
    asked = json.loads(sys.argv[1])
    limits = Limits(**asked["limits"])
    requests, replies = os.dup(0), os.dup(1)
    os.dup2(2, 1)  # whatever a parser prints must not pass for a message
    separate = isolation.leave_network()
    isolation.give_up_privileges()
    try:
        module, _, maker = asked["reader"].partition(":")
        reader: Reader = getattr(import_module(module), maker)(asked["registry"])
    except Exception as error:  # noqa: BLE001 (the parent prints it)
        send(replies, Frame(Tag.FAILED, f"{type(error).__name__}: {error}".encode()))
        return
    send(replies, Frame(Tag.READY, json.dumps({"network_namespace": separate}).encode()))
    with contextlib.suppress(BrokenPipeError):
        if hasattr(os, "fork"):
            _keep_a_child(requests, replies, reader, limits)
        else:
            reader.load()
            _serve(requests, replies, reader, limits, ready=True)


def parser(registry_path: str | None) -> Reader:
    """Return what reads files with the parsers of `ingest.load`."""
    from ingest.parse import parse  # noqa: PLC0415 (after the network is gone)
    from ingest.registry import Registry  # noqa: PLC0415

    registry = Registry.load(Path(registry_path) if registry_path else None)
    return Reader(read=lambda path, folder: parse(path, registry=registry, root=folder), load=_load_parsers)


def _load_parsers() -> None:
    from ingest.language import detect  # noqa: PLC0415

    for name in _PARSERS:
        import_module(name)
    detect(_UNCLEAR)


def _keep_a_child(requests: int, replies: int, reader: Reader, limits: Limits) -> None:
    ready = False
    while True:
        gc.freeze()  # what is loaded stays shared with the child
        child = os.fork()
        if child == 0:
            status = _RECYCLED
            try:
                status = _serve(requests, replies, reader, limits, ready=ready)
            finally:
                os._exit(status)
        _, outcome = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(outcome)
        if code == _FINISHED:
            return
        if not ready and code != _RECYCLED:
            reader.load()
            ready = True
        if code == _UNREADY:
            send(replies, Frame(Tag.AGAIN))
        elif code != _RECYCLED:
            send(replies, Frame(Tag.DIED, str(code).encode()))


def _serve(requests: int, replies: int, reader: Reader, limits: Limits, *, ready: bool) -> int:
    isolation.limit(limits)
    isolation.refuse_the_world()
    before = isolation.resident_bytes()
    for _ in range(limits.files_per_child):
        asked = receive(requests)
        if asked is None:
            return _FINISHED
        isolation.start_clock(limits)
        reply = _read(asked, reader)
        if not ready and reply.tag in {Tag.UNREADABLE, Tag.FAILED}:
            return _UNREADY
        send(replies, reply)
        isolation.stop_clock()
        if reply.tag is Tag.MEMORY or isolation.resident_bytes() > before + limits.kept_growth_bytes:
            break
    return _RECYCLED


def _read(asked: Frame, reader: Reader) -> Frame:
    from ingest.cage.answer import to_bytes  # noqa: PLC0415 (with the parsers)

    names = json.loads(asked.body)
    try:
        return Frame(Tag.PARSED, to_bytes(reader.read(Path(names["path"]), Path(names["folder"]))))
    except MemoryError:
        return Frame(Tag.MEMORY)
    except UnreadableError as error:
        cause = error.__cause__
        return Frame(Tag.MEMORY) if isinstance(cause, MemoryError) else Frame(Tag.UNREADABLE, str(error).encode())
    except Exception as error:  # noqa: BLE001 (whatever a parser stumbles over is one file's trouble)
        text = " ".join(str(error).split())[:300]
        return Frame(Tag.FAILED, f"{type(error).__name__}: {text}".encode(errors="replace"))
