"""One question over HTTP with the bundled models, end to end."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from patience import PATIENCE, until

ROOT = Path(__file__).parents[3]
SERVE = "from bot.cli.bot import main; main()"
DIGESTS = (
    "gary-song-2021",
    "gary-song-2021-zh",
    "vladimir-iglovikov-2020",
    "richmond-alake-2020",
    "bowtiedhal-guest-post",
    "adrian-rosebrock-2015",
    "jeff-bass-2019",
    "santiago-valdarrama-2021",
)
"""Some of the corpus: embedding all of it takes minutes."""
SYNC = "from ingest.cli import main; main()"


@pytest.mark.models
@pytest.mark.services
@pytest.mark.enable_socket
def test_an_answer_from_the_starter_corpus(tmp_path: Path) -> None:
    """The service that `bot serve` starts answers from the starter corpus with the bundled models, and ends when told."""
    corpus, home = tmp_path / "corpus", tmp_path / "home"
    corpus.mkdir()
    for name in DIGESTS:
        shutil.copy(ROOT / "corpus" / f"{name}.md", corpus)
    subprocess.run([sys.executable, "-c", SYNC, "sync", "--quiet", "--home", str(home), str(corpus)], check=True)
    command = [sys.executable, "-c", SERVE, "serve", "--port", "0", "--home", str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().split()[-1]
            transport = httpx.HTTPTransport(retries=3)
            with httpx.Client(base_url=url, timeout=PATIENCE, transport=transport) as client:
                _wait_until_ready(client)
                body = client.post("/v1/ask", json={"question": "How do I get into CV?", "sources": 2}).json()
        finally:
            process.terminate()
        assert process.wait(PATIENCE) == 0
    assert body["status"] == "answered"
    assert body["models"]["llm"] != "none"
    assert all(citation["quote"] and citation["passage_id"] for citation in body["citations"])


def _wait_until_ready(client: httpx.Client) -> None:
    until(lambda: client.get("/readyz").status_code == httpx.codes.OK)
