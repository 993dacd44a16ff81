"""The command `ask`, run in this process with the hash embedder and no language model."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import click
import pytest
from invented_corpus import FILES, BilingualEmbedder, ingest_texts

from bot.cli import ask as command
from bot.cli.ask import run, unpacking_display
from bot.errors import ModelError
from ingest.home import Home
from ingest.progress import Silent
from ingest.rollback import rollback
from ingest.stages import real_stages
from ingest.sync import sync

if TYPE_CHECKING:
    from pathlib import Path

COVERED = "How did Nora Vale become a robotics engineer?"
UNKNOWN = "What does Mary Poppins earn?"


class Result:
    """What a command left behind."""

    def __init__(self, code: int, out: str, error: str) -> None:
        self.code, self.out, self.error = code, out, error


class Ask:
    """Runs `ask` as the console script does."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._patch, self._captured = monkeypatch, capsys
        for name, value in {"HOME": str(home), "EMBEDDER": "hash", "LLM": "none"}.items():
            monkeypatch.setenv(f"CAREERBOT_{name}", value)

    def __call__(self, *arguments: str, typed: str | None = None) -> Result:
        """Run with these arguments; `typed` is what a person types at a terminal."""
        self._patch.setattr(sys, "argv", ["ask", *arguments])
        if typed is not None:
            self._patch.setattr(sys, "stdin", Terminal(typed))
        with pytest.raises(SystemExit) as leaving:
            command.main()
        captured = self._captured.readouterr()
        return Result(int(leaving.value.code or 0), captured.out, captured.err)

    def pipe(self, text: str, *arguments: str) -> Result:
        """Run with `text` on standard input that is no terminal."""
        self._patch.setattr(sys, "stdin", io.StringIO(text))
        return self(*arguments)


class Terminal(io.StringIO):
    """Standard input with a person behind it."""

    def isatty(self) -> bool:
        """Say yes."""
        return True


@pytest.fixture
def run_ask(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Return the command, set up for the invented corpus."""
    return Ask(home, monkeypatch, capsys)


@pytest.mark.parametrize("flag", ["--stream", "--no-stream"])
def test_an_answer_is_on_stdout_and_leaves_with_0(run_ask: Ask, flag: str) -> None:
    """A covered question is answered with its sources, plainly where nobody looks at colours."""
    result = run_ask(COVERED, flag)
    assert result.code == 0
    assert "Nora Vale, Robotics Engineer, Tin Works, said in 2019" in result.out
    assert "Sources" in result.out
    assert "\x1b" not in result.out + result.error


def test_a_refusal_leaves_with_3(run_ask: Ask) -> None:
    """What the corpus does not hold is refused on stdout: a refusal is an answer."""
    result = run_ask(UNKNOWN)
    assert result.code == 3
    assert "Nobody called Mary Poppins" in result.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("  ",), "the question is empty"),
        (("x" * 2000,), "characters"),
        ((COVERED, "--language", "tlh"), "choose one of"),
        ((COVERED, "--sources", "0"), "--sources"),
        ((COVERED, "--colour"), "--colour"),
        (("two", "questions"), "unexpected extra argument"),
    ],
)
def test_wrong_usage_leaves_with_2(run_ask: Ask, arguments: tuple[str, ...], words: str) -> None:
    """What is wrong with the request is one message on stderr and nothing on stdout."""
    result = run_ask(*arguments)
    assert (result.code, result.out) == (2, "")
    assert words in result.error
    assert "Traceback" not in result.error


def test_a_wrong_variable_leaves_with_2(run_ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting of the environment that makes no sense is named."""
    monkeypatch.setenv("CAREERBOT_THREADS", "many")
    result = run_ask(COVERED)
    assert result.code == 2
    assert "CAREERBOT_THREADS" in result.error


def test_no_index_leaves_with_4(run_ask: Ask, tmp_path: Path) -> None:
    """Before anything was ingested the message says what to run, in one line."""
    result = run_ask(COVERED, "--home", str(tmp_path))
    assert (result.code, result.out) == (4, "")
    assert "ingest sync" in result.error
    assert len(result.error.splitlines()) == 1


def test_no_model_leaves_with_4(run_ask: Ask, tmp_path: Path) -> None:
    """A model file that is not there is one line that lists the choices."""
    result = run_ask(COVERED, "--llm", str(tmp_path / "absent.gguf"))
    assert (result.code, result.out) == (4, "")
    assert "none" in result.error


@pytest.mark.parametrize(("asked", "code", "status"), [(COVERED, 0, "answered"), (UNKNOWN, 3, "refused")])
def test_json_is_one_object(run_ask: Ask, asked: str, code: int, status: str) -> None:
    """Stdout holds one JSON object on one line, readable characters in it, and nothing else."""
    result = run_ask("--json", asked)
    assert result.code == code
    assert len(result.out.splitlines()) == 1
    payload = json.loads(result.out)
    assert (payload["question"], payload["status"]) == (asked, status)
    assert result.error == ""


def test_json_keeps_other_scripts_readable(run_ask: Ask) -> None:
    """Chinese characters are written as such."""
    assert "塔林" in run_ask("--json", "你是怎么成为机器人工程师的？").out


def test_json_failure_has_an_empty_stdout(run_ask: Ask) -> None:
    """A failure is a line on stderr; a program finds nothing to parse."""
    result = run_ask("--json", "?")
    assert (result.code, result.out) == (2, "")
    assert "empty" in result.error


def test_a_dash_reads_standard_input(run_ask: Ask) -> None:
    """`-` takes the question from a pipe; so does no argument at all when there is a pipe."""
    assert run_ask.pipe(f"{COVERED}\n", "-").code == 0
    assert "Nora Vale" in run_ask.pipe(COVERED).out
    assert run_ask.pipe("", "-").code == 2


def test_a_conversation_remembers(run_ask: Ask) -> None:
    """Without a question a conversation opens; the second turn knows whom "she" means; an empty line ends it."""
    result = run_ask(typed=f"{COVERED}\nand what hardware does she use?\n\n")
    assert result.code == 0
    assert "oscilloscopes" in result.out
    assert result.out.count("Sources") == 2


def test_a_conversation_remembers_what_it_could_not_answer(run_ask: Ask) -> None:
    """Whom a refused question named is whom the next one means."""
    result = run_ask(typed=f"{UNKNOWN}\nand what hardware does she use?\n\n")
    assert result.out.count("Nobody called Mary Poppins") == 2
    assert "oscilloscopes" not in result.out


def test_a_conversation_follows_the_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Between two questions an interview is added, and a step back taken: the answers follow, without a restart."""
    home = ingest_texts(tmp_path, {"omar.md": FILES["omar.md"]})
    ask = Ask(home, monkeypatch, capsys)
    (tmp_path / "corpus" / "nora.md").write_text(FILES["nora.md"], encoding="utf-8")

    def publish() -> None:
        sync([tmp_path / "corpus"], home=Home(home), embedder=BilingualEmbedder(), stages=real_stages(None), report=Silent())

    lines = iter((COVERED, COVERED, COVERED, ""))
    between = iter((lambda: None, publish, lambda: rollback(Home(home)), lambda: None))
    monkeypatch.setattr(command, "_read_line", lambda _: (next(between)(), next(lines))[1])
    result = ask(typed="")
    first, *said, last = result.out.partition("Nora Vale, Robotics Engineer, Tin Works, said in 2019")
    assert said
    assert result.out.count("Nobody called Nora Vale") == 2
    assert "Nobody called Nora Vale" in first
    assert "Nobody called Nora Vale" in last
    assert result.code == 0


def test_a_conversation_ends_with_the_input(run_ask: Ask) -> None:
    """End of input is a polite goodbye, in the language asked for."""
    assert run_ask("--language", "de", typed=f"{UNKNOWN}\n").code == 0


def test_the_language_can_be_chosen(run_ask: Ask) -> None:
    """The words around the quotes are in the language asked for."""
    assert "Quellen" in run_ask(COVERED, "--language", "de").out


def test_version_and_help_leave_with_0(run_ask: Ask) -> None:
    """Both are answers."""
    assert run_ask("--version").out.startswith("careerbot, version ")
    assert "--json" in run_ask("--help").out


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [(KeyboardInterrupt(), 130, ""), (click.Abort(), 130, ""), (ModelError("the model is gone"), 4, "the model is gone\n")],
)
def test_every_error_has_its_exit_code(error: BaseException, code: int, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors that reach the top are one line and the right code; a key press is silent."""

    @click.command()
    def fail() -> None:
        raise error

    diagnostics = io.StringIO()
    monkeypatch.setattr(sys, "argv", ["fail"])
    with pytest.raises(SystemExit) as leaving:
        run(fail, diagnostics=diagnostics)
    assert leaving.value.code == code
    assert diagnostics.getvalue() == words


def test_unpacking_is_shown_in_steps(capsys: pytest.CaptureFixture[str]) -> None:
    """In a log each tenth is one line; nothing is said twice."""
    progress = unpacking_display()
    for done in range(0, 1001, 5):
        progress(done, 1000)
    progress(0, 0)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == len(set(lines)) == 11
    assert lines[-1].endswith("100 %")
