"""After installation nothing needs the network: an answer comes about in a process that cannot open a connection."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from invented_corpus import ingest_texts

from ingest.embed import open_embedder
from ingest.weights import models_dir

if TYPE_CHECKING:
    from pathlib import Path

COVERED = "How did Nora Vale become a robotics engineer?"
PROGRAM = """
import socket, sys

def refuse(*arguments, **_):
    sys.stderr.write(f"tried to use the network: {arguments!r}")
    import os
    os._exit(99)

for name in ("connect", "connect_ex", "sendto", "bind"):
    setattr(socket.socket, name, refuse)
for name in ("getaddrinfo", "gethostbyname", "create_connection"):
    setattr(socket, name, refuse)

from bot.cli.ask import main
main()
"""


def ask_offline(home: Path, **settings: str) -> dict[str, Any]:
    """Return the answer of `ask --json` in a process of its own whose sockets end it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CAREERBOT_LLM")}
    environment = kept | {f"CAREERBOT_{name.upper()}": value for name, value in settings.items()}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "--json", "--home", str(home), COVERED],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    payload: dict[str, Any] = json.loads(done.stdout)
    return payload


def test_the_guard_guards(tmp_path: Path) -> None:
    """A process that does open a connection is caught: the next tests would notice."""
    program = PROGRAM.replace("from bot.cli.ask import main\nmain()", 'socket.create_connection(("127.0.0.1", 9))')
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 99
    assert "tried to use the network" in done.stderr


def test_quotes_without_the_network(tmp_path: Path) -> None:
    """With the hash embedder and no language model a question is answered offline."""
    payload = ask_offline(ingest_texts(tmp_path), embedder="hash", llm="none")
    assert payload["status"] == "answered"
    assert payload["citations"][0]["speaker"] == "Nora Vale"


@pytest.mark.models
def test_the_bundled_models_without_the_network(tmp_path: Path) -> None:
    """With the bundled embedder and language model a question is answered offline."""
    embedder = open_embedder(None, models_dir=models_dir())
    payload = ask_offline(ingest_texts(tmp_path, embedder=embedder), llm="qwen")
    assert payload["status"] == "answered"
    assert payload["models"]["llm"] != "none"
    assert any("Tallinn" in citation["quote"] for citation in payload["citations"])
