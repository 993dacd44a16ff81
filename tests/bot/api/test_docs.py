"""The documentation: its examples run, its page is what the service says of itself, and the service keeps to it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from api_service import COVERED, application, service, willing
from hypothesis import HealthCheck, Phase, given, settings
from patience import PATIENCE
from schemathesis.specs.openapi.checks import positive_data_acceptance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api_service import Service

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "docs" / "quickstart"


def test_the_page_of_the_api_is_up_to_date() -> None:
    """`docs/http-api.md` is generated; nobody edits it by hand or forgets to make it anew."""
    result = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "http_docs.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")


def test_every_example_is_run(request: pytest.FixtureRequest) -> None:
    """An example that is added is a test that is added."""
    del request
    assert {path.name for path in EXAMPLES.iterdir() if path.name != "README.md"} == {*RUNNERS}


RUNNERS = {
    "ask.sh": ["sh"],
    "ask.mjs": ["node"],
    **{name: [sys.executable] for name in ("ask_client.py", "ask_httpx.py", "ask_openai.py", "ask_langchain.py")},
}


@pytest.fixture(scope="module")
def running(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Yield a service that all examples ask."""
    own = tmp_path_factory.mktemp("examples") / "home"
    shutil.copytree(home, own)
    with service(own) as started:
        yield started


@pytest.mark.services
@pytest.mark.enable_socket
@pytest.mark.parametrize("name", RUNNERS)
def test_an_example_runs(running: Service, name: str) -> None:
    """It prints the answer and ends well."""
    program = shutil.which(RUNNERS[name][0])
    if program is None:
        pytest.skip(f"{RUNNERS[name][0]} is not on this machine")
    environment = {**os.environ, "CAREERBOT_URL": running.url, "NO_PROXY": "127.0.0.1"}
    result = subprocess.run(
        [program, str(EXAMPLES / name), COVERED], capture_output=True, text=True, check=False, timeout=PATIENCE, env=environment
    )
    assert result.returncode == 0, result.stderr
    assert "I moved to Tallinn in 2011" in result.stdout


def operations(app: Any) -> list[Any]:
    """Return every operation that the service describes."""
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    return [result.ok() for result in schema.get_all_operations()]  # type: ignore[union-attr]


@pytest.mark.services
@pytest.mark.enable_socket
@pytest.mark.filterwarnings("ignore")
def test_the_service_keeps_to_its_description(own_home: Path) -> None:
    """Requests made from the description, valid and invalid, get no 5xx and nothing that the description does not hold."""
    app = application(own_home, model=willing(), public=True)
    found = operations(app)
    assert len(found) >= 12
    for operation in found:
        _exercise(operation)


def _exercise(operation: Any) -> None:
    @settings(
        max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
    )
    @given(case=operation.as_strategy())
    def send(case: Any) -> None:
        case.headers = {**(case.headers or {}), "host": "localhost"}
        # That the last message has to be the user's question cannot be said in a schema.
        spared = [positive_data_acceptance] if operation.path == "/v1/chat/completions" else []
        case.call_and_validate(base_url="http://localhost", excluded_checks=spared)

    send()
