"""What stands in docker/: files that other programs read have to be what those programs expect, and true to this one."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from patience import PATIENCE

from bot.api.metrics import Metrics
from bot.chat.settings import variables
from bot.settings import BotSettings, unknown_variables

DOCKER = Path(__file__).parents[2] / "docker"
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
OWN = ("api", "discord", "ingest")
SHELL = sorted([*DOCKER.rglob("*.sh"), *(DOCKER.parent / "tools").glob("*.sh")])
ENTRYPOINT = {"API_KEY_FILE", "INTERVIEWS"}
"""Variables that docker/entrypoint.sh reads itself."""


def tool(name: str) -> str:
    """Return a program's path; the test skips where it is not installed."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not on this machine")
    return found


@pytest.mark.services
def test_compose_follows_its_schema() -> None:
    """The Compose specification's own JSON schema accepts the file."""
    subprocess.run(
        [tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", DOCKER / "compose.yaml"],
        check=True,
        timeout=PATIENCE,
    )


@pytest.mark.parametrize("name", OWN)
def test_our_services_are_confined(name: str) -> None:
    """Read-only root, no capabilities, limits, rotated logs, restarts, secrets as files."""
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["restart"] == "unless-stopped"
    assert {"cpus", "memory"} <= service["deploy"]["resources"]["limits"].keys()
    assert "max-size" in service["logging"]["options"]
    assert not any(re.search("TOKEN$|KEY$|PASSWORD$", variable) for variable in service.get("environment", {}))


def test_compose_sets_only_variables_that_exist() -> None:
    """A misspelt setting would be ignored in silence."""
    named = {variable for name in OWN for variable in COMPOSE["services"][name].get("environment", {})}
    known = {f"CAREERBOT_{field.upper()}" for field in BotSettings.model_fields} | set(variables()) | ENTRYPOINT
    assert named <= known
    assert unknown_variables(named) == []


def test_every_variable_of_the_file_is_explained() -> None:
    """docker/.env.example has each variable that compose.yaml reads, with the same default."""
    text = (DOCKER / "compose.yaml").read_text(encoding="utf-8")
    asked = dict(re.findall(r"\$\{([A-Z_]+):-([^}]*)\}", text))
    explained = dict(re.findall(r"^([A-Z_]+)=(.*)$", (DOCKER / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert explained == asked


def test_the_dockerfile_is_well_made() -> None:
    """Hadolint has nothing to say."""
    subprocess.run([tool("hadolint"), DOCKER / "Dockerfile"], check=True, timeout=PATIENCE)


@pytest.mark.parametrize("script", SHELL, ids=lambda path: path.name)
def test_shell_scripts_are_well_made(script: Path) -> None:
    """Shellcheck has nothing to say."""
    subprocess.run([tool("shellcheck"), script], check=True, timeout=PATIENCE)


@pytest.mark.parametrize("script", SHELL, ids=lambda path: path.name)
def test_no_shell_script_stops_reading_a_pipe(script: Path) -> None:
    """Under `pipefail` a writer that meets a closed pipe ends the script, now and then: read to the end with `sed -n`."""
    early = re.compile(r"\|\s*(?:head|grep (?:-\w*[qm]|--quiet|--max-count)|sed \S*q\b).*")
    assert early.findall(script.read_text(encoding="utf-8")) == []


def test_alerts_and_dashboard_read_metrics_that_exist() -> None:
    """Each name in a rule or a panel is one that the service exports."""
    exported = re.findall(r"^# TYPE (\w+) (\w+)", Metrics().text().decode(), re.MULTILINE)
    names = {name for name, _ in exported} | {f"{name}_bucket" for name, kind in exported if kind == "histogram"}
    rules = (DOCKER / "monitoring" / "alerts.yml").read_text(encoding="utf-8")
    board = (DOCKER / "monitoring" / "grafana" / "dashboards" / "careerbot.json").read_text(encoding="utf-8")
    assert set(re.findall(r"careerbot_\w+", rules)) <= names
    assert set(re.findall(r"careerbot_\w+", board)) <= names
    assert all(panel["targets"] for panel in json.loads(board)["panels"])


def test_alert_rules_are_accepted_by_prometheus() -> None:
    """Prometheus' own checker reads them."""
    subprocess.run([tool("promtool"), "check", "rules", DOCKER / "monitoring" / "alerts.yml"], check=True, timeout=PATIENCE)


def test_alerts_come_when_they_should() -> None:
    """Prometheus runs the rules over invented series: a healthy service, one that is gone, one that refuses everything."""
    done = subprocess.run(
        [tool("promtool"), "test", "rules", DOCKER / "monitoring" / "alerts_test.yml"],
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_units_are_accepted_by_systemd(tmp_path: Path) -> None:
    """Systemd's own checker reads them; the program they start stands for the one that is not installed here."""
    for unit in (DOCKER / "systemd").glob("*.service"):
        text = re.sub(r"^ExecStart=\S+", f"ExecStart={shutil.which('true')}", unit.read_text("utf-8"), flags=re.MULTILINE)
        (tmp_path / unit.name).write_text(text, "utf-8")
    done = subprocess.run(
        [tool("systemd-analyze"), "verify", "--man=no", *tmp_path.iterdir()],
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "alert", re.findall(r'docs/operations.md, \\"(.+?)\\"', (DOCKER / "monitoring" / "alerts.yml").read_text())
)
def test_alerts_point_at_a_section_that_exists(alert: str) -> None:
    """Whoever is woken finds the page."""
    assert f"### {alert}\n" in (DOCKER.parent / "docs" / "operations.md").read_text(encoding="utf-8")


@pytest.fixture
def start(tmp_path: Path) -> Any:
    """Return a function that runs the entry point with commands that only say how they were called."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("bot", "ingest", "ask"):
        fake = programs / name
        fake.write_text(f'#!/bin/sh\necho "{name} $*"\n[ "$1" != import ] || touch "$CAREERBOT_HOME/CURRENT"\n')
        fake.chmod(0o755)

    def run(*words: str, **variables: str) -> list[str]:
        environment = {"PATH": f"{programs}:{os.environ['PATH']}", "CAREERBOT_HOME": str(tmp_path), **variables}
        done = subprocess.run(
            [DOCKER / "entrypoint.sh", *words], env=environment, capture_output=True, text=True, check=True, timeout=PATIENCE
        )
        return done.stdout.splitlines()

    return run


def test_the_first_start_brings_the_starter_corpus_and_later_ones_do_not(start: Any) -> None:
    """An index that is there is never replaced."""
    assert [line.split()[:2] for line in start("api")] == [["ingest", "import"], ["bot", "serve"]]
    assert [line.split()[:2] for line in start("api")] == [["bot", "serve"]]


def test_the_discord_bot_brings_no_index(start: Any) -> None:
    """It asks the API; an index in its volume would only take room."""
    assert start("discord") == ["bot discord"]


def test_each_service_starts_what_it_should(start: Any) -> None:
    """Options are passed on; other words are commands."""
    start("true")
    assert start("api", "--workers", "2") == ["bot serve --host 0.0.0.0 --port 8765 --workers 2"]
    assert (
        start("api", API_KEY_FILE="/run/secrets/k")[0]
        == "bot keys add compose --scope ask --scope admin --secret-file /run/secrets/k"
    )
    assert start("discord") == ["bot discord"]
    assert start("ingest", INTERVIEWS="/talks") == ["ingest watch /talks"]
    assert start("ingest") == ["ingest watch /interviews"]
    assert start("ingest", "sync", "/x") == ["ingest sync /x"]
    assert start("ask", "do I need a PhD?") == ["ask do I need a PhD?"]
