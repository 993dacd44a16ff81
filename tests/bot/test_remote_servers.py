"""Servers of many makes: what each way of refusing means, and the one that comes with llama-cpp-python."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from socket import create_server
from typing import TYPE_CHECKING

import pytest
from chat_server import Script, serving

from bot.errors import ModelError
from bot.llm import Cancellation, Message, Prompt
from bot.llm.bundled import BUNDLED, locate
from bot.llm.remote import RemoteModel
from bot.settings import BotSettings
from bot.warm import warm
from ingest.weights import models_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("langchain_openai")
pytestmark = pytest.mark.services

PROMPT = Prompt(fixed=(Message(role="system", content="Be brief."),), asked="Why?")
SERVER = Path(__file__).parent.parent / "plain_llama_server.py"
WAIT_SECONDS = 120.0


def odds(model: RemoteModel) -> float | None:
    """Ask for the odds of "Yes"."""
    return model.yes_probability(PROMPT, cancellation=Cancellation())


def test_a_server_that_refuses_odds_is_asked_once() -> None:
    """One that says it has no log-probabilities gives None, is not asked again, and still writes."""
    with serving(script := Script(refuses_odds=True)) as address:
        model = RemoteModel(address)
        assert odds(model) is None
        asked = len(script.asked)
        assert odds(model) is None
        assert len(script.asked) == asked
        assert model.write(PROMPT, max_tokens=5, cancellation=Cancellation()) == "It works."


def test_a_server_without_odds_can_be_warmed_up(tmp_path: Path) -> None:
    """Preparing the models does not fail because a server cannot judge."""
    with serving(Script(refuses_odds=True)) as address:
        *_, last = warm(BotSettings(models=tmp_path, embedder="hash", llm=address))
    assert last.startswith("language model ready")


def test_a_server_that_leaves_odds_out() -> None:
    """None, not a guess."""
    with serving(Script(yes=None)) as address:
        assert odds(RemoteModel(address)) is None


@pytest.mark.parametrize(
    ("tokens", "low", "high"),
    [
        ((("Yes", -0.1), ("Sure", -3.0)), 0.9, 1.0),
        ((("No", -0.1), ("Maybe", -3.0)), 0.0, 0.1),
        ((("Yes", -0.7), (" no", -0.7)), 0.49, 0.51),
    ],
)
def test_a_word_that_is_not_listed(tokens: tuple[tuple[str, float], ...], low: float, high: float) -> None:
    """Where only one of the two words is among the likeliest the other counts as the last that is, never as impossible."""
    with serving(Script(yes=tokens)) as address:
        found = odds(RemoteModel(address))
    assert found is not None
    assert 0.0 < found < 1.0
    assert low <= found <= high


@pytest.mark.parametrize(
    ("status", "advice"), [(401, "CAREERBOT_LLM_KEY"), (404, "CAREERBOT_LLM_MODEL"), (400, "HTTP status 400")]
)
def test_what_went_wrong_is_said(status: int, advice: str) -> None:
    """A refused key, an unknown model and any other failure are each one line that says what mends it; the key is not told."""
    with serving(Script(status=status)) as address, pytest.raises(ModelError, match=advice) as failed:
        RemoteModel(address, model="m", key="sk-secret").write(PROMPT, max_tokens=5, cancellation=Cancellation())
    assert "\n" not in str(failed.value)
    assert "secret" not in str(failed.value)


@pytest.fixture(scope="module")
def weights() -> Path:
    """Return the file of a bundled model: the default one, which is always installed, else what is unpacked here."""
    for name in ("qwen", "smollm2", "gemma"):
        assert name in BUNDLED
        if found := locate(name, models_dir=models_dir()):
            return found
    pytest.skip("no bundled language model is unpacked here; run: bot models")


@pytest.fixture(scope="module", params=["true", "false"], ids=["with odds", "without odds"])
def llama_server(request: pytest.FixtureRequest, weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of llama-cpp-python's own server in a process of its own, with or without log-probabilities."""
    for needed in ("sse_starlette", "starlette_context"):
        if importlib.util.find_spec(needed) is None:
            pytest.skip(f"llama-cpp-python's server needs {needed}; run: pip install 'careerbot[dev]'")
    with create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    options = {"--model": str(weights), "--port": str(port), "--n_ctx": "512", "--logits_all": request.param}
    options |= {"--n_threads": "1", "--n_threads_batch": "1"}
    with ExitStack() as stack:
        log = stack.enter_context((tmp_path_factory.mktemp("server") / "log").open("w+"))
        process = stack.enter_context(
            subprocess.Popen(
                [sys.executable, str(SERVER), *(word for option in options.items() for word in option)],
                stdout=log,
                stderr=log,
                env=os.environ | {"OMP_WAIT_POLICY": "PASSIVE"},
            )
        )
        stack.callback(process.terminate)
        _wait(f"http://127.0.0.1:{port}/v1", process, Path(log.name))
        yield f"http://127.0.0.1:{port}/v1"


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/models", timeout=5):  # noqa: S310 - our own server
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"llama-cpp-python's server did not start:\n{log.read_text()[-2000:]}")


@pytest.mark.models
def test_llama_cpp_pythons_own_server(llama_server: str, request: pytest.FixtureRequest) -> None:
    """It writes the same words twice, and tells odds where it keeps logits; where it does not, it still writes."""
    model = RemoteModel(llama_server)
    prompt = Prompt(fixed=(Message(role="system", content="Answer with one word."),), asked="Is snow cold? Yes or No?")
    first = model.write(prompt, max_tokens=8, cancellation=Cancellation())
    assert first
    assert model.write(prompt, max_tokens=8, cancellation=Cancellation()) == first
    found = model.yes_probability(prompt, cancellation=Cancellation())
    if "with odds" in request.node.callspec.id:
        assert found is not None
        assert 0.0 < found < 1.0
    else:
        assert found is None
