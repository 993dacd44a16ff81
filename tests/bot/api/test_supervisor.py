"""What keeps the processes alive, and the processes' own beginnings."""

from __future__ import annotations

import io
import json
import logging
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from api_service import SlowModel
from patience import PATIENCE, until

from bot.api import host, logs, service, worker
from bot.api.full_sign import FullSign
from bot.api.gate import Gate
from bot.api.host_client import HostGate
from bot.api.settings import ServeSettings
from bot.api.supervisor import Child, Supervisor
from bot.api.worker import Post, build
from bot.errors import BotError, ModelError
from bot.settings import BotSettings

if TYPE_CHECKING:
    from pathlib import Path

    from scripted import ScriptedModel

FORK = multiprocessing.get_context("fork")
"""Quick to start; the service itself spawns."""
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork.*:DeprecationWarning")


def child(name: str, target: Any, *arguments: Any, **options: Any) -> Child:
    """Return a child that runs a function."""

    def start() -> Any:
        process = FORK.Process(target=_as_spawned, args=(target, *arguments))
        process.start()
        return process

    return Child(name=name, start=start, **options)


def _as_spawned(target: Any, *arguments: Any) -> None:
    """Run a function without the supervisor's own signal handlers, which a fork takes along and a spawned process has not."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    target(*arguments)


def die_twice(counts: Path) -> None:
    """Die at the first two starts, then stay."""
    with counts.open("a") as file:
        file.write("x")
    if counts.stat().st_size < 3:
        os._exit(1)
    time.sleep(60)


def stay_until_told(notes: Path, name: str) -> None:
    """Stay until SIGTERM, and note the end. That it listens is noted beside."""

    def end(*_: object) -> None:
        with notes.open("a") as file:
            file.write(f"{name} ")
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    listening(notes).mkdir(exist_ok=True)
    (listening(notes) / str(os.getpid())).touch()
    while True:
        time.sleep(1)


def listening(notes: Path) -> Path:
    """Return the folder in which each child notes that a signal will be heard."""
    return notes.with_name("listening")


def listen(notes: Path, count: int) -> bool:
    """Tell whether so many children will hear a signal."""
    return listening(notes).is_dir() and len(list(listening(notes).iterdir())) == count


def once(condition: Any, then: Any) -> None:
    """Do something as soon as a condition holds, in a thread beside the test."""

    def run() -> None:
        try:
            until(condition)
        finally:
            then()

    threading.Thread(target=run, daemon=True).start()


@pytest.mark.services
def test_what_dies_is_started_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A child that dies comes back, after a pause where it died at once; the end of each is reported."""
    counts, ended = tmp_path / "counts", list[int]()
    supervisor = Supervisor(children=[child("weak", die_twice, counts, ended=ended.append)], drain=1)

    once(lambda: counts.exists() and counts.stat().st_size == 3, supervisor.stop)
    with caplog.at_level(logging.WARNING, "bot.api"):
        assert supervisor.run() == 0
    assert caplog.messages == ["restarting", "restarting"]
    assert len(ended) == 3


def test_what_cannot_be_mended_ends_the_service(tmp_path: Path) -> None:
    """A child that lacks something installed ends all, with its exit code."""
    notes = tmp_path / "notes"
    bystander = child("bystander", stay_until_told, notes, "bystander")
    assert Supervisor(children=[bystander, child("hopeless", lack, notes)], drain=PATIENCE).run() == 4
    assert notes.read_text() == "bystander "


def lack(notes: Path) -> None:
    """End as what lacks something installed does, once the other child runs."""
    until(lambda: listen(notes, 1))
    os._exit(4)


def test_a_signal_ends_the_children_in_order(tmp_path: Path) -> None:
    """Web workers finish first, the model they need last."""
    notes = tmp_path / "notes"
    children = [
        child("model", stay_until_told, notes, "model", last=True),
        child("web-1", stay_until_told, notes, "web"),
        child("web-2", stay_until_told, notes, "web"),
    ]
    once(lambda: listen(notes, 3), lambda: os.kill(os.getpid(), signal.SIGTERM))
    assert Supervisor(children=children, drain=PATIENCE).run() == 0
    assert notes.read_text() == "web web model "


def deaf(notes: Path) -> None:
    """Ignore SIGTERM, and say so."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    notes.touch()
    time.sleep(2 * PATIENCE)


def test_what_does_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its time, a child that does not end is ended."""
    monkeypatch.setattr("bot.api.supervisor._KILL_SECONDS", 0.2)
    notes, codes = tmp_path / "notes", list[int | None]()
    one = child("deaf", deaf, notes)
    one.ended = lambda _: codes.append(one.process.exitcode if one.process else None)
    supervisor = Supervisor(children=[one], drain=0.2)
    once(notes.exists, supervisor.stop)
    assert supervisor.run() == 0
    assert codes == [-signal.SIGKILL]


def test_the_children_of_a_service(tmp_path: Path) -> None:
    """A local model has a process of its own; a remote one and none at all need none. What is handed over can be pickled."""
    listening: Any = object()
    for llm, names in (
        ("none", ["web-1", "web-2"]),
        ("http://127.0.0.1:1/v1", ["web-1", "web-2"]),
        ("qwen", ["model", "web-1", "web-2"]),
    ):
        found = service._children(ServeSettings(workers=2), BotSettings(llm=llm), listening, tmp_path, None)
        assert [one.name for one in found] == names
        assert [one.last for one in found] == [name == "model" for name in names]
    pickle.dumps(partial(service.load_model, BotSettings()))


def test_an_address_that_is_taken_is_one_line() -> None:
    """The operator reads what is wrong."""

    class Taken:
        def __init__(self, *_: object) -> None: ...
        def setsockopt(self, *_: object) -> None: ...
        def close(self) -> None: ...
        def bind(self, _: object) -> None:
            raise OSError(98, "Address already in use")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("socket.socket", Taken)
        with pytest.raises(service.AddressError, match="port 80: Address already in use"):
            service.bind("127.0.0.1", 80)


def test_addresses_are_written_as_browsers_take_them() -> None:
    """IPv6 addresses stand in brackets."""

    class Bound:
        def __init__(self, *name: object) -> None:
            self._name = name

        def getsockname(self) -> tuple[object, ...]:
            return self._name

    assert service.web_address(Bound("127.0.0.1", 80)) == "http://127.0.0.1:80"  # type: ignore[arg-type]
    assert service.web_address(Bound("::1", 80, 0, 0)) == "http://[::1]:80"  # type: ignore[arg-type]


def test_a_worker_is_built_from_settings(own_home: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The door fits the model; an index that is not there yet is said, not fatal."""
    bot = BotSettings(home=own_home, embedder="hash", llm="none")
    app = build(Post(serve=ServeSettings(), bot=bot, address=None, key=b"", sign=FullSign()))
    assert isinstance(app.state.careerbot.desk.door, Gate)
    assert worker._door(Post(serve=ServeSettings(), bot=bot, address="x", key=b"", sign=FullSign())).__class__ is HostGate
    remote = BotSettings(llm="http://127.0.0.1:1/v1", llm_model="m")
    far = worker._door(Post(serve=ServeSettings(), bot=remote, address=None, key=b"", sign=FullSign()))
    assert far.ping() == "m at http://127.0.0.1:1/v1"
    empty = BotSettings(home=tmp_path / "empty", embedder="hash", llm="none")
    with caplog.at_level(logging.WARNING, "bot.api"):
        build(Post(serve=ServeSettings(), bot=empty, address=None, key=b"", sign=FullSign()))
    assert "not ready" in caplog.messages
    # What a worker prepares beside its first questions must not be in the middle of an import when the next test forks.
    until(lambda: not [thread for thread in threading.enumerate() if thread.name == "language"])


def no_model() -> ScriptedModel:
    """Fail to load."""
    raise ModelError("no weights here")


def test_a_model_process_that_cannot_load_says_why(tmp_path: Path) -> None:
    """Its exit code tells the supervisor that a restart is no use."""
    process = FORK.Process(target=host.run_host, args=(no_model, str(tmp_path / "m"), b"key", 1, FullSign()))
    process.start()
    process.join(PATIENCE)
    assert process.exitcode == 4


def test_a_model_process_serves_and_ends(tmp_path: Path) -> None:
    """It takes over the address of a predecessor that was killed."""
    address = str(tmp_path / "m")
    for _ in range(2):
        process = FORK.Process(target=host.run_host, args=(SlowModel, address, b"key", 1, FullSign()))
        process.start()
        until(partial(answers, address))
        process.kill()
        process.join()


def answers(address: str) -> bool:
    """Tell whether a model process listens there."""
    try:
        return HostGate(address, b"key", FullSign(), 17).ping() == "slow"
    except BotError:
        return False


def test_there_has_to_be_a_model_to_serve() -> None:
    """The model process is not started for none; if it were, it would say so."""
    with pytest.raises(BotError):
        service.load_model(BotSettings(llm="none"))


def test_log_lines_are_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line is one object with its fields, a traceback in it where there is one."""
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    before = {name: (logging.getLogger(name).handlers, logging.getLogger(name).propagate) for name in ("bot.api", "uvicorn")}
    try:
        logs.configure()
        logging.getLogger("bot.api").info("request", extra={"fields": {"status": 200}})
        try:
            int("x")
        except ValueError:
            logging.getLogger("bot.api").exception("bug")
    finally:
        for name, (handlers, propagate) in before.items():
            logging.getLogger(name).handlers, logging.getLogger(name).propagate = handlers, propagate
            logging.getLogger(name).setLevel(logging.NOTSET)
    first, second = map(json.loads, out.getvalue().splitlines())
    assert (first["event"], first["level"], first["status"]) == ("request", "info", 200)
    assert "ValueError" in second["traceback"]
