"""Measure the HTTP service on loopback: its overhead over an answer in this process, quick answers, fifty askers at once.

    python bench/http_service.py HOME [--embedder hash] [--llm none] [--answers 400] [--questions FILE]

HOME holds an index made with the same embedder. The figures of one run are printed as JSON. With --answers nothing else is done
but to ask so many questions one after the other and to look at the memory after each fifty.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from bot.answer import Asked, answer
from bot.settings import BotSettings
from bot.wiring import build

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

QUESTIONS = (
    "How do I get into computer vision?",
    "Do I need a PhD?",
    "What should a beginner learn first?",
    "How do I prepare for an interview?",
    "Which hardware do I need?",
)
EVENTS = {"accept": "text/event-stream"}
SETTLE_SECONDS = 0.1
"""Between measurements: libraries' threads of one process go on spinning for a moment on the other's core."""
PATIENCE_SECONDS = 5.0
LOOK_EVERY = 50
WARM = 5
"""Answers that are not counted: caches fill."""


def main() -> None:
    """Run all measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--embedder")
    parser.add_argument("--llm", default="none")
    parser.add_argument("--askers", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--answers", type=int, default=0)
    parser.add_argument("--questions", type=Path, help="a text file with one question a line, for --answers")
    options = parser.parse_args()
    print(json.dumps(_steady(options) if options.answers else _all(options), indent=1))


def _all(options: argparse.Namespace) -> dict[str, Any]:
    with _service(options) as (url, process):
        found: dict[str, Any] = {"overhead": _overhead(url, options)} if options.llm == "none" else {}
        before = _memory(process.pid)
        found["together"] = _together(url, options.askers)
        found["quotes_while_busy"] = _one_by_one(url, options.rounds)
        found["again"] = _together(url, options.askers)
        time.sleep(PATIENCE_SECONDS)
        found["burst"] = asyncio.run(_burst(url, options.askers))
        found["memory_mb"] = {"before": before, "after": _memory(process.pid)}
    return found


def _steady(options: argparse.Namespace) -> dict[str, Any]:
    """Ask one question after the other; return the memory of the service after each fifty answers."""
    given: Path | None = options.questions
    questions = given.read_text(encoding="utf-8").splitlines() if given else QUESTIONS
    memory: list[float] = []
    with _service(options) as (url, process), httpx.Client(base_url=url, timeout=300) as client:
        for n in range(options.answers):
            if n % LOOK_EVERY == 0:
                memory.append(_memory(process.pid))
            client.post("/v1/ask", json={"question": questions[n % len(questions)]}).raise_for_status()
        memory.append(_memory(process.pid))
    return {"memory_mb_after_each_fifty": memory}


@contextlib.contextmanager
def _service(options: argparse.Namespace) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [
        sys.executable,
        "-c",
        "from bot.cli.bot import main; main()",
        "serve",
        "--port",
        "0",
        "--home",
        str(options.home),
    ]
    command += ["--llm", options.llm, *(["--embedder", options.embedder] if options.embedder else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - PIPE was asked for
            url = process.stdout.readline().split()[-1]
            while not _ready(url):
                if process.poll() is not None:
                    raise SystemExit(f"the service ended with code {process.returncode}; run: {' '.join(command[3:])}")
                time.sleep(0.1)
            yield url, process
        finally:
            process.terminate()


def _ready(url: str) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        return httpx.get(f"{url}/readyz", timeout=5).status_code == httpx.codes.OK
    return False


def _overhead(url: str, options: argparse.Namespace) -> dict[str, float]:
    """Alternate answers in this process with answers over HTTP, so that both meet the same machine."""
    services = build(BotSettings(home=options.home, embedder=options.embedder, llm="none"))
    inside: list[float] = []
    outside: list[float] = []
    added: list[float] = []
    with httpx.Client(base_url=url, timeout=60) as client:
        for n in range(options.rounds):
            question = QUESTIONS[n % len(QUESTIONS)]
            inside.append(_timed(list, answer(Asked(text=question), services)))
            time.sleep(SETTLE_SECONDS)
            began = time.perf_counter()
            response = client.post("/v1/ask", json={"question": question})
            outside.append((time.perf_counter() - began) * 1000)
            added.append(outside[-1] - response.json()["timings_ms"]["total"])
            time.sleep(SETTLE_SECONDS)
    names = {"in_process_ms": inside, "http_ms": outside, "http_less_the_answers_own_time_ms": added}
    return {name: round(statistics.median(times[WARM:]), 1) for name, times in names.items()}


def _one_by_one(url: str, rounds: int) -> dict[str, float]:
    """Ask for quotes, one question after the other, while another asker keeps the model busy."""
    over = threading.Event()

    def keep_busy() -> None:
        while not over.is_set():
            httpx.post(f"{url}/v1/ask", json={"question": QUESTIONS[0]}, timeout=300)

    busy = threading.Thread(target=keep_busy, daemon=True)
    busy.start()
    with httpx.Client(base_url=url, timeout=300, headers=EVENTS) as client:
        times = [_timed(_first_quotes, client, QUESTIONS[n % len(QUESTIONS)]) for n in range(rounds)]
    over.set()
    return {"first_quotes_p50_ms": statistics.median(times), "first_quotes_p95_ms": _p95(times)}


def _first_quotes(client: httpx.Client, question: str) -> None:
    with client.stream("POST", "/v1/ask", json={"question": question}) as response:
        for line in response.iter_lines():
            if line in {"event: evidence", "event: refused"}:
                return


def _together(url: str, askers: int) -> dict[str, Any]:
    """Ask all at once; count what came of each, and how long refusals took."""
    outcomes: list[tuple[str, float, float]] = []
    begin = threading.Barrier(askers)

    def ask(n: int) -> None:
        with httpx.Client(base_url=url, timeout=600, headers=EVENTS) as client:
            client.get("/healthz")
            begin.wait()
            began = time.monotonic()
            body = {"question": QUESTIONS[n % len(QUESTIONS)]}
            with client.stream("POST", "/v1/ask", json=body) as response:
                first = time.monotonic() - began
                text = response.read().decode()
            last = "refused: queue full" if response.is_error else text.rsplit("event: ", 1)[1].split("\n", 1)[0]
            outcomes.append((last, first * 1000, (time.monotonic() - began) * 1000))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(askers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "outcomes": dict(Counter(last for last, _, _ in outcomes)),
        "lost": askers - len(outcomes),
        "first_byte_p95_ms": _p95([first for _, first, _ in outcomes]),
        "slowest_answer_ms": round(max(whole for _, _, whole in outcomes)),
    }


async def _burst(url: str, askers: int) -> dict[str, Any]:
    """Send all questions in the same moment over connections that stand, and time each first line that comes back.

    Plain sockets: fifty threads with an HTTP library each take longer to look at their answers than the service to refuse them.
    """
    address = urlsplit(url)
    body = json.dumps({"question": QUESTIONS[0]})
    head = f"Host: {address.netloc}\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\n"
    request = f"POST /v1/ask HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()
    lines = [await asyncio.open_connection(address.hostname, address.port) for _ in range(askers)]
    began = time.perf_counter()

    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[int, float]:
        writer.write(request)
        status = int((await reader.readline()).split()[1])
        return status, (time.perf_counter() - began) * 1000

    answers = await asyncio.gather(*(ask(*line) for line in lines))
    for _, writer in lines:
        writer.close()
    times = {status: sorted(took for found, took in answers if found == status) for status in {found for found, _ in answers}}
    return {
        str(status): {"count": len(took), "p50_ms": round(statistics.median(took), 1), "p95_ms": _p95(took)}
        for status, took in times.items()
    }


def _timed(action: Callable[..., Any], *arguments: object) -> float:
    began = time.perf_counter()
    action(*arguments)
    return round((time.perf_counter() - began) * 1000, 2)


def _p95(times: list[float]) -> float:
    return round(sorted(times)[max(0, round(0.95 * len(times)) - 1)], 1)


def _memory(process_id: int) -> float:
    """Return the memory of a process and its children, in MB (Linux)."""
    total = 0.0
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):
            facts = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
            if process_id in {int(facts["Pid"]), int(facts["PPid"])}:
                total += int(facts.get("VmRSS", "0 kB").split()[0]) / 1000
    return round(total, 1)


if __name__ == "__main__":
    main()
