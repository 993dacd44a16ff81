"""The command `ingest`, with real files, real parsers and an embedder made of hashes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from ingest import cli, settings
from ingest.commands import options
from ingest.home import Home

TEXT = """\
# An invented talk with Nell Brook

**Interviewer:** How did you learn to program?

**Nell Brook:** I copied listings from library books. It took me two winters to understand them.
"""


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return what the test starts from."""
    monkeypatch.setenv("CAREERBOT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CAREERBOT_EMBEDDER", "hash")
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "nell.md").write_text(TEXT, encoding="utf-8")
    return folder


def run(*arguments: str | Path) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(cli.cli, [str(argument) for argument in arguments])


def test_sync_status_verify_and_remove(corpus: Path) -> None:
    """Sync status verify and remove."""
    synced = run("sync", corpus)
    assert synced.exit_code == 0, synced.stderr
    assert "An invented talk with Nell Brook" in synced.stdout
    assert "embedding: " in synced.stderr
    facts = json.loads(run("status", "--json").stdout)
    assert facts["sources"][0]["title"] == "An invented talk with Nell Brook"
    assert facts["manifest"]["embedder"]["id"] == "hash"
    assert "embedder   hash" in run("status").stdout
    verified = run("verify")
    assert verified.exit_code == 0
    assert all(line.startswith("ok") for line in verified.stdout.splitlines())
    removed = run("remove", facts["sources"][0]["id"])
    assert removed.stdout.endswith("0 sources, 0 passages remain\n")
    assert run("verify").exit_code == 0


def test_results_as_json_and_quiet(corpus: Path) -> None:
    """Results as JSON and quiet."""
    result = json.loads(run("sync", corpus, "--json").stdout)
    assert (result["published"], len(result["sources"]), result["skipped"]) == (True, 1, [])
    quiet = run("sync", corpus, "--quiet")
    assert (quiet.stdout, quiet.stderr, quiet.exit_code) == ("", "", 0)


def test_an_unreadable_file_is_named_once_and_the_rest_goes_in(corpus: Path) -> None:
    """An unreadable file is named once and the rest goes in."""
    (corpus / "empty.txt").write_text("", encoding="utf-8")
    result = run("sync", corpus, "--quiet")
    assert result.exit_code == 0
    assert "empty.txt" in result.stderr
    (corpus / "nell.md").unlink()
    assert run("sync", corpus, "--home", corpus.parent / "other").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("status",), 4, "ingest sync PATH"),
        (("verify",), 4, "ingest sync PATH"),
        (("sync", "nowhere.md"), 2, "no such file"),
        (("sync",), 2, "nothing was ingested yet"),
        (("remove", "nobody"), 2, "no index"),
    ],
)
@pytest.mark.usefixtures("corpus")
def test_errors_are_one_line_with_their_exit_code(arguments: tuple[str, ...], code: int, words: str) -> None:
    """Errors are one line with their exit code."""
    result = run(*arguments)
    assert result.exit_code == code
    assert words in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_wrong_setting_is_a_usage_error(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong setting is a usage error."""
    monkeypatch.setenv("CAREERBOT_ENGINE", "steam")
    monkeypatch.setenv("CAREERBOT_EMBEDDER", str(corpus))
    result = run("sync", corpus)
    assert result.exit_code == 2
    assert "steam" in result.stderr


def test_damage_is_shown_by_status_and_verify(corpus: Path) -> None:
    """Damage is shown by status and verify."""
    run("sync", corpus)
    (corpus / "more.md").write_text(TEXT.replace("Nell Brook", "Otto Reed"), encoding="utf-8")
    run("sync", corpus)
    home = Home.resolve()
    (home.folder(str(home.current())) / "vectors.faiss").write_bytes(b"noise")
    assert "vectors.faiss is damaged" in run("status").stderr
    verified = run("verify")
    assert verified.exit_code == 1
    assert verified.stdout.startswith("FAILED  checksums of all files")


def test_an_interruption_is_clean(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interruption is clean."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(options, "stages_of", interrupted)
    result = run("sync", corpus)
    assert result.exit_code == 130
    assert "interrupted" in result.stderr


def test_a_failing_disk_is_one_line(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failing disk is one line."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", str(corpus))

    monkeypatch.setattr(options, "stages_of", full)
    result = run("sync", corpus)
    assert (result.exit_code, result.stderr) == (1, f"ingest: No space left on device: {corpus}\n")


def test_help_answers_at_once() -> None:
    """Nothing heavy is imported to print a page of help."""
    heavy = {"numpy", "faiss", "openvino", "torch", "trafilatura", "langchain_core", "pydantic", "sqlite3", "watchfiles"}
    program = f"""
import sys
from ingest.cli import main
try:
    main()
finally:
    print("imported:", *sorted(set(sys.modules) & {heavy!r}))
"""
    command = [sys.executable, "-c", program, "--help"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert "sync" in done.stdout
    assert done.stdout.splitlines()[-1] == "imported:"


def test_the_registry_is_found_in_a_checkout_and_in_an_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The registry is found in a checkout and in an installation."""
    monkeypatch.setattr(settings, "_PACKAGE", tmp_path / "ingest")
    assert settings.default_registry() is None
    installed = tmp_path / "bot" / "data" / "corpus" / "sources.toml"
    checkout = tmp_path / "corpus" / "sources.toml"
    for path in (installed, checkout):
        path.parent.mkdir(parents=True)
        path.touch()
        assert settings.default_registry() == path


def test_every_command_of_the_table_exists() -> None:
    """Every command of the table exists."""
    context = click.Context(cli.cli)
    for name in cli.cli.list_commands(context):
        found = cli.cli.get_command(context, name)
        assert found is not None, name
        assert found.name == name
    assert cli.cli.get_command(context, "nonsense") is None
