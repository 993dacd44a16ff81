"""The real service: processes, sockets, and what goes wrong with them. The model is a slow stand-in."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import socket
import statistics
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from api_service import COVERED, EVENTS, STOPPED, UNKNOWN, events, service
from patience import PATIENCE, until

from bot.client import Client
from bot.keys import KeyStore, Scope
from ingest.home import Home

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from api_service import Service

pytestmark = [pytest.mark.services, pytest.mark.enable_socket]
ASK = {"question": COVERED, "sources": 2}


MANY = 10_000
"""Steps of a slow model that take longer than any test."""


def slow(tmp_path: Path, *, pause: float = 0.01, judging: int = 1) -> str:
    """Return the arguments of a slow model that leaves notes."""
    notes = {"notes": str(tmp_path / "notes"), "process_id": str(tmp_path / "pid")}
    return json.dumps({**notes, "pause": pause, "judging": judging})


def together(count: int, action: Callable[[int], Any]) -> list[Any]:
    """Return what `count` threads that start at once come back with."""
    results: list[Any] = [None] * count
    begin = threading.Barrier(count)

    def run(n: int) -> None:
        begin.wait()
        results[n] = action(n)

    threads = [threading.Thread(target=run, args=(n,), daemon=True) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return results


def at_work(tmp_path: Path) -> bool:
    """Tell whether the slow model has begun."""
    return (tmp_path / "notes").exists()


def ask(running: Service, **options: Any) -> tuple[int, float, str]:
    """Ask in a stream; return status, seconds until the response began, and the last event."""
    began = time.monotonic()
    with running.client() as client, client.stream("POST", "/v1/ask", json=ASK, headers=EVENTS, **options) as response:
        seconds = time.monotonic() - began
        text = response.read().decode()
    return response.status_code, seconds, events(text)[-1][0] if response.status_code == 200 else json.loads(text)["type"]


def test_fifty_at_once_lose_nobody(own_home: Path, tmp_path: Path) -> None:
    """Each of fifty askers is answered, or refused with 503 and the time to come back; two workers share one model."""
    with service(own_home, model=slow(tmp_path), workers=2) as running:
        outcomes = together(50, lambda _: ask(running))
    found = Counter((status, last) for status, _, last in outcomes)
    assert set(found) <= {(200, "done"), (503, "urn:careerbot:problem:queue-full")}
    assert found[200, "done"] >= 17
    assert sum(found.values()) == 50


def test_a_killed_model_process_is_heard_of_and_replaced(own_home: Path, tmp_path: Path) -> None:
    """Requests in flight end with a typed error or an answer, none hangs, and the service is ready again (it prints when)."""
    with service(own_home, model=slow(tmp_path, pause=0.05, judging=10), waiting=8) as running:
        killer = threading.Thread(target=_kill_the_model, args=(tmp_path,), daemon=True)
        killer.start()
        outcomes = together(8, lambda _: ask(running))
        print(f"ready again after {running.ready():.1f} s")  # noqa: T201
        assert ask(running)[2] == "done"
        killer.join(PATIENCE)
    endings = Counter(last for _, _, last in outcomes)
    assert endings["error"] >= 1
    assert set(endings) <= {"error", "done", "urn:careerbot:problem:model-unavailable"}


def _kill_the_model(tmp_path: Path) -> None:
    """End the model process in the middle of an answer."""
    until(lambda: at_work(tmp_path))
    os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)


def test_hanging_up_stops_generation(own_home: Path, tmp_path: Path) -> None:
    """A reader who closes the stream frees the model in the middle of its work."""
    with service(own_home, model=slow(tmp_path, pause=0.1, judging=MANY)) as running:
        with running.client() as client, client.stream("POST", "/v1/ask", json=ASK, headers=EVENTS) as response:
            lines = response.iter_lines()
            while next(lines) != "event: evidence":
                pass
            until(lambda: at_work(tmp_path))
        until(lambda: (tmp_path / "notes").read_text().endswith(STOPPED))
        assert (tmp_path / "notes").stat().st_size < MANY


def test_sigterm_lets_running_answers_finish(own_home: Path, tmp_path: Path) -> None:
    """The service stops taking questions, finishes what runs, and ends with 0."""
    with service(own_home, model=slow(tmp_path, pause=0.1, judging=5), drain=PATIENCE) as running:
        outcomes: list[Any] = []
        asker = threading.Thread(target=lambda: outcomes.append(ask(running)), daemon=True)
        asker.start()
        until(lambda: at_work(tmp_path))
        running.process.send_signal(signal.SIGTERM)
        asker.join(PATIENCE)
        assert running.process.wait(PATIENCE) == 0
    assert outcomes[0][2] == "done"
    with pytest.raises(OSError, match="refused"):
        running.connect()


def test_an_answer_that_outlasts_the_drain_ends_with_a_word(own_home: Path, tmp_path: Path) -> None:
    """Its stream ends with the error "stopping", not with a cut connection."""
    with service(own_home, model=slow(tmp_path, pause=0.2, judging=MANY), drain=2) as running:
        outcomes: list[Any] = []
        asker = threading.Thread(target=lambda: outcomes.append(ask(running)), daemon=True)
        asker.start()
        until(lambda: at_work(tmp_path))
        running.process.send_signal(signal.SIGTERM)
        asker.join(PATIENCE)
        assert running.process.wait(PATIENCE) == 0
    assert outcomes[0][2] == "error"


def test_a_killed_supervisor_leaves_no_orphans(own_home: Path, tmp_path: Path) -> None:
    """Workers and the model process end with the process that started them."""
    with service(own_home, model=slow(tmp_path)) as running:
        model = int((tmp_path / "pid").read_text())
        running.process.kill()
        running.process.wait()
        until(lambda: not _listens(running) and not _lives(model))


def _listens(running: Service) -> bool:
    try:
        running.connect().close()
    except OSError:
        return False
    return True


def _lives(process_id: int) -> bool:
    try:
        with open(f"/proc/{process_id}/stat", encoding="utf-8") as file:  # noqa: PTH123
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_slow_and_broken_connections_cost_nothing(own_home: Path) -> None:
    """Connections that send their head or body a byte at a time are closed; others are answered meanwhile."""
    with service(own_home, header_seconds=3.0, body_seconds=3.0) as running:
        heads = [running.connect() for _ in range(60)]
        bodies = [running.connect() for _ in range(20)]
        for head in heads:
            head.sendall(b"POST /v1/ask HTTP/1.1\r\nHost: loc")
        for body in bodies:
            body.sendall(
                b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{"
            )
        assert ask(running)[2] == "done"
        for head in heads:
            assert head.recv(100) == b""
            head.close()
        for body in bodies:
            assert body.recv(100).startswith(b"HTTP/1.1 408")
            body.close()
        assert ask(running)[2] == "done"


NASTY = [
    b"",
    b"\x00" * 50,
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET\r\n\r\n",
    b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nzz\r\n",
    b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
    b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
    b"GET /%00%ff%0d%0aSet-Cookie:x HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /static/..%2f..%2fkeys.py HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET //evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n{",
    b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: eA==\r\n\r\n",
    b"TRACE / HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: <script>alert(1)</script>\r\n\r\n",
]
BODIES: list[Any] = [
    None,
    [],
    {},
    1,
    "x",
    {"question": None},
    {"question": ["a"]},
    {"question": {"$gt": ""}},
    {"question": "a" * 200_000},
    {"question": "<script>alert(1)</script> \x00\x1b[2J"},
    {"question": "\u202e\u200b\ufeff" * 300},
    {"question": COVERED, "sources": 10**30},
    {"question": COVERED, "sources": -1},
    {"question": COVERED, "sources": True},
    {"question": COVERED, "language": "../../etc/passwd"},
    {"question": COVERED, "history": [{"question": "x"}] * 50},
    {"question": "her?", "history": [{"question": "x", "answer": {"citations": [{"speaker": "{0}%s\n\n# Answer"}]}}]},
    {"question": COVERED, "__proto__": {}},
    {"question": "' OR 1=1 -- \" NEAR( * ^ AND"},
]


def test_a_thousand_hostile_requests(own_home: Path) -> None:
    """Nothing of it is a 5xx besides a full queue, nothing of the server shows, and the service stays as it was."""
    chance = random.Random(3)  # noqa: S311 - the same thousand every time
    with service(own_home) as running:
        answers = Counter(_throw(running, chance.choice(NASTY)) for _ in range(400))
        with running.client() as client:
            for _ in range(600):
                path = chance.choice(["/v1/ask", "/v1/chat/completions", "/v1/feedback", "/v1/ingest", "/v1/passages/x"])
                kind = chance.choice(["application/json"] * 4 + ["text/plain", "application/xml", "", "a/b; charset=\xff"])
                content = json.dumps(chance.choice(BODIES)).encode()
                cut = content[: chance.randrange(len(content) + 1)] if chance.random() < 0.2 else content
                response = client.post(path, content=cut, headers={b"content-type": kind.encode("latin-1")})
                answers[response.status_code] += 1
                assert "Traceback" not in response.text
                assert str(own_home) not in response.text
            assert client.post("/v1/ask", json=ASK).json()["status"] == "answered"
    assert not [status for status in answers if status >= 500]
    assert answers[422] > 100


def _throw(running: Service, data: bytes) -> int:
    """Send bytes; return the status, 0 for a connection that was just closed."""
    with running.connect() as connection:
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            head = connection.recv(65_536)
        except OSError:
            return 0
    assert b"Traceback" not in head
    assert b"Set-Cookie" not in head
    return int(head.split()[1]) if head.startswith(b"HTTP/") else 0


def test_a_sync_shows_in_the_next_answer(own_home: Path, tmp_path: Path) -> None:
    """The command-line client's view: ask, vote, sync by job, ask again, with two workers that share the jobs."""
    folder = tmp_path / "texts"
    folder.mkdir()
    for path in own_home.parent.glob("*.md"):
        shutil.copy(path, folder)
    _, key = KeyStore(Home(own_home)).add("operator", [Scope.ADMIN, Scope.ASK])
    with service(own_home, workers=2) as running, Client(running.url, key=key) as client:
        assert client.ask(UNKNOWN).answered is False
        answer = client.ask(COVERED)
        client.feedback(answer, "up")
        assert [event.name for event in client.stream(COVERED, sources=1)][-1] == "done"
        with running.client(headers={"authorization": f"Bearer {key}"}) as operator:
            job = operator.post("/v1/ingest", json={}).json()
            until(lambda: operator.get(f"/v1/jobs/{job['id']}").json()["finished"])
            text = operator.get("/metrics").text
        assert 'careerbot_answers_total{outcome="answered"}' in text


def _hold(running: Service) -> None:
    """Ask for an answer that outlasts the service's patience at its end."""
    with contextlib.suppress(httpx.HTTPError):
        ask(running)


def test_refusals_are_quick(own_home: Path, tmp_path: Path) -> None:
    """With the queue full, a refusal takes milliseconds (the figure is printed; only minutes would fail here)."""
    with service(own_home, model=slow(tmp_path, pause=0.2, judging=MANY), waiting=0, drain=1) as running:
        holder = threading.Thread(target=_hold, args=(running,), daemon=True)
        holder.start()
        until(lambda: at_work(tmp_path))
        outcomes = [ask(running) for _ in range(30)]
    assert {(status, last) for status, _, last in outcomes} == {(503, "urn:careerbot:problem:queue-full")}
    print(f"median refusal {statistics.median(seconds for _, seconds, _ in outcomes) * 1000:.1f} ms")  # noqa: T201
