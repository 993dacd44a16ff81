"""docs/operations.md holds true: its blocks run, its commands exist, and what is not run says why."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from invented_corpus import ingest_texts

from bot.cli.ask import ask
from bot.cli.bot import bot
from ingest.cli import cli as ingest
from ingest.embed.hashing import HashEmbedder
from ingest.home import Home
from ingest.progress import Silent
from ingest.stages import real_stages
from ingest.sync import sync

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
COMMANDS: dict[str, click.Command] = {"ask": ask, "bot": bot, "ingest": ingest}
FORGOTTEN = "tove-lund-digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block of the page."""

    language: str
    not_run: str | None
    """Why it is not run; None where it is."""
    text: str


def blocks(page: str) -> list[Block]:
    """Return the fenced blocks of a page in order."""
    found = re.findall(r'^```(\w*)(?: not-run="([^"\n]*)")?\n(.*?)^```$', page, re.MULTILINE | re.DOTALL)
    return [Block(language=language, not_run=reason or None, text=text) for language, reason, text in found]


SHELL = [block for block in blocks(PAGE) if block.language == "sh"]
RUN = [block for block in SHELL if block.not_run is None]


def test_no_block_escapes() -> None:
    """Each fence of the page opens or closes a block; those for a shell are run or say why not, the others are files."""
    assert len(re.findall(r"^```", PAGE, re.MULTILINE)) == 2 * len(blocks(PAGE))
    assert {block.language for block in blocks(PAGE)} <= {"sh", "toml"}
    assert all(len(block.not_run.split()) > 3 for block in blocks(PAGE) if block.not_run is not None)
    assert len(RUN) > 5


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with invented interviews (`corpus`) and their second index (`home`); not to be changed."""
    folder = tmp_path_factory.mktemp("operations")
    ingest_texts(folder, embedder=HashEmbedder())
    (folder / "corpus" / "later.md").write_text("# Later\n\n**Host:** What came later?\n\n**Ilse Ort:** A boat.\n", "utf-8")
    home, stages = Home(folder / "home"), real_stages(None)
    assert sync([folder / "corpus"], home=home, embedder=HashEmbedder(), stages=stages, report=Silent()).published
    return folder


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.services
@pytest.mark.parametrize("block", RUN, ids=lambda block: block.text.split("#")[0].split("\n")[0].strip()[:40])
def test_a_block_runs(block: Block, world: Path, tmp_path: Path) -> None:
    """In a home of its own, with an embedder made of hashes and no language model, no command of the block fails."""
    shutil.copytree(world / "home", tmp_path / "home")
    (tmp_path / "backup").mkdir()
    variables = {
        "HOME": str(tmp_path),
        "CAREERBOT_HOME": str(tmp_path / "home"),
        "CAREERBOT_MODELS": str(tmp_path / "models"),
        "CAREERBOT_EMBEDDER": "hash",
        "CAREERBOT_LLM": "none",
        "INTERVIEWS": str(world / "corpus"),
        "BACKUP": str(tmp_path / "backup"),
        "FORGET": FORGOTTEN,
        "PORT": str(free_port()),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block.text],
        env=os.environ | variables,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def inline(page: str) -> list[str]:
    """Return what stands between backticks in the prose and begins as one of our commands does."""
    prose = re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL)
    return [text for text in re.findall(r"`([^`\n]+)`", prose) if text.split()[0] in COMMANDS and len(text.split()) > 1]


@pytest.mark.parametrize("text", sorted({*inline(PAGE), *(line for block in SHELL for line in block.text.split("\n"))}))
def test_commands_and_options_exist(text: str) -> None:
    """Each command of ours that the page names, run or not, is one that there is, with options that it knows."""
    words = shlex.split(text, comments=True)
    while words and re.match(r"[A-Z_]+=", words[0]):
        words.pop(0)
    if not words or words[0] not in COMMANDS:
        return
    command: click.Command = COMMANDS[words.pop(0)]
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), words.pop(0))
        assert found is not None
        command = found
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    assert {word.split("=")[0] for word in words if word.startswith("--")} <= known
