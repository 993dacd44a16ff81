"""Real web servers on loopback with invented pages, and a network whose names lead to them."""

from __future__ import annotations

import contextlib
import shutil
import socket
import ssl
import subprocess
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from ingest.fetch.network import Network

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PAGE = """<!doctype html><html lang="en"><head><title>Ada Quill on small robots</title>
<meta name="author" content="Bo Stern"><meta property="article:published_time" content="2022-03-04"></head><body>
<nav><a href="/">Home</a> <a href="/login">Log in</a></nav><article><h1>Ada Quill on small robots</h1>
<p>Ada Quill is a robotics engineer in Tallinn who took apart her first radio at six and asks how things work.</p>
<h2>How did you start?</h2>
<p>I took a radio apart. Then I mended it, and a neighbour paid me with a box of screws, which I still have on my desk.</p>
<h2>What now?</h2>
<p>I build small robots that sort buttons. It is slow work, and I would not trade it for anything that pays more.
My first one dropped every button on the floor, and the second one sorted them by the noise they made.</p>
</article></body></html>"""
"""An invented interview."""


@dataclass(slots=True)
class Answer:
    """What the server says to one path."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html; charset=utf-8"})
    act: Callable[[BaseHTTPRequestHandler], None] | None = None
    """Takes the connection over instead."""


@dataclass(slots=True)
class Site:
    """A server that runs."""

    port: int
    answers: dict[str, Answer]
    asked: list[tuple[str, str]] = field(default_factory=list)
    """(Host, path) of each request."""
    headers: list[dict[str, str]] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    """The paths whose `act` came to its end, where the other side did not leave in the middle of it."""


@contextlib.contextmanager
def site(answers: dict[str, Answer], *, certificate: Path | None = None) -> Iterator[Site]:
    """Run a server with these answers; all other paths are 404."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.server.site.asked.append((self.headers.get("Host", ""), self.path))  # type: ignore[attr-defined]
            self.server.site.headers.append(dict(self.headers))  # type: ignore[attr-defined]
            if length := int(self.headers.get("Content-Length", 0)):
                self.rfile.read(length)
            answer = answers.get(self.path.partition("?")[0], Answer(b"not here", 404))
            if answer.act:
                answer.act(self)
                self.server.site.finished.append(self.path)  # type: ignore[attr-defined]
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    running = Site(port=server.server_address[1], answers=answers)
    server.site = running  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Names:
    """A resolver with a table, which counts how often it is asked; a list of lists is what it says time after time."""

    def __init__(self, table: dict[str, list[list[str]]]) -> None:
        self.table = table
        self.asked: list[str] = []

    def __call__(self, name: str, port: int) -> list[str]:
        """Return the addresses of a name."""
        del port
        self.asked.append(name)
        if name not in self.table:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        turns = self.table[name]
        return turns.pop(0) if len(turns) > 1 else turns[0]


@dataclass(slots=True)
class Dialler:
    """Connects to a server on loopback whatever the port, and records what it was asked to connect to."""

    ports: dict[int, int]
    """The real port by the port that was asked for."""
    dialled: list[tuple[str, int]] = field(default_factory=list)

    def __call__(self, address: str, port: int, seconds: float) -> socket.socket:
        """Return the connection."""
        self.dialled.append((address, port))
        return socket.create_connection(("127.0.0.1", self.ports[port]), timeout=seconds)


def network(names: Names, dialler: Dialler) -> Network:
    """Return a network in which public-looking names and addresses lead to servers on loopback."""
    return Network(resolve=names, dial=dialler)


def made_certificate(folder: Path, *names: str) -> Path:
    """Return a fresh key with a certificate for these names; skip, visibly, where there is no openssl."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl is not on this machine")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subject = ["-subj", f"/CN={names[0]}", "-addext", "subjectAltName=" + ",".join(f"DNS:{name}" for name in names)]
    made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    subprocess.run([program, *made, *subject, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_text(certificate.read_text() + key.read_text())
    return both
