"""Work on the index that somebody with an admin key asked for: one job at a time, each in a process of its own.

A job is a small file in the home, so that every worker can tell how it stands.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bot.api.errors import BadRequestError, BusyError, UnknownThingError
from ingest.errors import FetchError, HomeBusyError
from ingest.fetch.network import Network
from ingest.home import Home
from ingest.index import rows
from ingest.index.generation import find_base

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FOLDER = "jobs"
MOST_QUEUED = 8
KEPT = 200
_WAIT_SECONDS = 0.5
_PROGRAM = "import sys; from ingest.cli import main; main()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """How a piece of work stands."""

    id: str
    kind: Literal["sync", "add", "forget"]
    status: Literal["queued", "running", "done", "failed"]
    created: str
    arguments: tuple[str, ...] = ()
    """Of the command `ingest KIND --json`, without home and embedder."""
    finished: str | None = None
    result: dict[str, Any] | None = None
    detail: str | None = None


class IngestJobs:
    """The jobs of one home.

    Args:
        home: the folder of the index.
        roots: folders that may be read besides those the index was made from.
        options: options of `ingest sync` that choose the embedder.
    """

    def __init__(self, home: Home, *, roots: Sequence[Path] = (), options: Sequence[str] = ()) -> None:
        self._home, self._roots, self._options = home, tuple(roots), tuple(options)
        self._folder = home.path / FOLDER
        self._runner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ingest-job")
        self._stopping = threading.Event()
        self._pending = 0
        self._child: subprocess.Popen[str] | None = None

    def enqueue(self, paths: Sequence[str] | None, *, rebuild: bool) -> Job:
        """Return a new job that brings the index in step with these paths; with all that was read before if there are none.

        Raises:
            BadRequestError: a path is not there, or not below a folder that may be read.
            BusyError: too many jobs are waiting.
        """
        chosen = tuple(self._checked(paths if paths is not None else ()))
        if paths is None and not self._known_roots():
            chosen = tuple(str(root) for root in self._roots)
            if not chosen:
                raise BadRequestError("nothing was ingested yet and no --ingest-root was given: there is nothing to read")
        return self._queue("sync", (*self._options, *(["--rebuild"] if rebuild else []), "--", *chosen))

    def add(self, url: str, facts: Mapping[str, str | None], people: Sequence[tuple[str, str]] = ()) -> Job:
        """Return a new job that fetches a page or the captions of a video.

        Args:
            url: its address; where the name in it leads is checked when the job runs.
            facts: what is stated about it, by the names of the options of `ingest add`.
            people: names with roles.

        Raises:
            BadRequestError: an address that is never fetched.
            BusyError: too many jobs are waiting.
        """
        try:
            Network().check_url(url)
        except FetchError as error:
            raise BadRequestError(str(error)) from error
        stated = [f"--{name}={value}" for name, value in facts.items() if value]
        spoken = [f"--person={name}={role}" for name, role in people]
        return self._queue("add", (*self._options, *stated, *spoken, "--", url))

    def forget(self, source_id: str, *, translations: bool) -> Job:
        """Return a new job that takes a source out of everything that is stored.

        Raises:
            BusyError: too many jobs are waiting.
        """
        return self._queue("forget", (*(["--translations"] if translations else []), "--", source_id))

    def _queue(self, kind: Literal["sync", "add", "forget"], arguments: Sequence[str]) -> Job:
        if self._pending >= MOST_QUEUED:
            raise BusyError(f"{self._pending} jobs are waiting", retry_after=30)
        job = Job(id=secrets.token_hex(8), kind=kind, status="queued", created=_now(), arguments=tuple(arguments))
        self._save(job)
        self._pending += 1
        self._runner.submit(self._run, job)
        return job

    def find(self, job_id: str) -> Job:
        """Return a job.

        Raises:
            UnknownThingError: there is none with this id.
        """
        if not job_id.isalnum():
            raise UnknownThingError("there is no such job")
        try:
            return Job(**json.loads((self._folder / f"{job_id}.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise UnknownThingError("there is no such job") from error

    def close(self) -> None:
        """Stop a running job, which leaves the index as it was, and drop the waiting ones."""
        self._stopping.set()
        if child := self._child:
            child.terminate()
        self._runner.shutdown(wait=True)  # each of the waiting ones notes that it was dropped

    def _checked(self, paths: Sequence[str]) -> list[str]:
        allowed = [root.resolve() for root in (*self._roots, *self._known_roots())] if paths else []
        checked = []
        for given in paths:
            try:
                path = Path(given).resolve(strict=True)
            except (OSError, ValueError, RuntimeError):
                path = None
            # One message for both: whoever may not read a folder learns nothing about what lies in it.
            if path is None or not any(path.is_relative_to(root) for root in allowed):
                raise BadRequestError("a path does not exist, or is not below a folder that this service may read")
            checked.append(str(path))
        return checked

    def _known_roots(self) -> list[Path]:
        base = find_base(self._home)
        if base is None:
            return []
        with contextlib.closing(base.connect()) as connection:
            return [Path(root) for root in dict.fromkeys(entry.root for entry in rows.read_ledger(connection).values())]

    def _run(self, job: Job) -> None:
        try:
            with self._turn():
                self._save(replace(job, status="running"))
                self._save(self._work(job))
        except Exception as error:  # noqa: BLE001 - a job that fails in an unforeseen way must say so, not run for ever
            self._save(replace(job, status="failed", finished=_now(), detail=type(error).__name__))
        finally:
            self._pending -= 1

    @contextlib.contextmanager
    def _turn(self) -> Any:  # noqa: ANN401 - a generator for `contextmanager`
        """Wait for the jobs of other workers: the lock of the folder of jobs is held while one runs."""
        place = Home(self._folder)
        with contextlib.ExitStack() as held:
            while not self._stopping.is_set():
                try:
                    held.enter_context(place.lock())
                    break
                except HomeBusyError:
                    time.sleep(_WAIT_SECONDS)
            yield

    def _work(self, job: Job) -> Job:
        if self._stopping.is_set():
            return replace(job, status="failed", finished=_now(), detail="the service was stopped")
        command = [sys.executable, "-c", _PROGRAM, job.kind, "--json", "--home", str(self._home.path), *job.arguments]
        self._child = child = subprocess.Popen(  # noqa: S603 - our own program; what callers wrote was checked, or follows `--` or `=`
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL
        )
        if self._stopping.is_set():  # since it was looked at above; then `close` may have found no child to end
            child.terminate()
        out, errors = child.communicate()
        code, self._child = child.returncode, None
        result = _read(out)
        if code == 0:
            return replace(job, status="done", finished=_now(), result=result)
        last = errors.strip().splitlines()[-1:] or [f"ended with code {code}"]
        return replace(job, status="failed", finished=_now(), result=result, detail=last[0])

    def _save(self, job: Job) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        aside = self._folder / f".{job.id}.{os.getpid()}"
        aside.write_text(json.dumps(asdict(job), ensure_ascii=False), encoding="utf-8")
        aside.replace(self._folder / f"{job.id}.json")
        for old in sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
            old.unlink(missing_ok=True)


def _read(out: str) -> dict[str, Any] | None:
    try:
        result = json.loads(out)
    except ValueError:
        return None
    return result if isinstance(result, dict) else None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
