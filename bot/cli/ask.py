"""`ask`: one question, or a small conversation, on the command line.

Exit codes: 0 answered, 3 refused (not in the corpus), 2 usage, 4 not ready (no index, model missing), 1 failure.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from bot import __version__
from bot.errors import BotError, exit_code
from ingest.errors import IngestError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.answer import Asked, Services
    from bot.events import Event
    from bot.settings import BotSettings
    from bot.values import Answer, Turn

REFUSED = 3
FAILED = 1
_LAST_TURNS = 6


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.argument("question", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one JSON object.")
@click.option(
    "--sources", "-n", type=click.IntRange(1, 12), default=5, show_default=True, help="How many statements and sources at most."
)
@click.option("--language", "-l", metavar="CODE", help="Language to answer in (en, zh, es, …); default: the question's.")
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="Folder of the index. [env: CAREERBOT_HOME]")
@click.option(
    "--llm", metavar="MODEL", help="qwen, gemma, smollm2, none, a GGUF file, or the URL of an OpenAI-compatible server."
)
@click.option(
    "--embedder", metavar="MODEL", help="sentence-transformers model the index was made with; default: the bundled one."
)
@click.option("--stream/--no-stream", default=True, help="Show statements as they are verified, or all at the end.")
@click.version_option(__version__, prog_name="careerbot")
def ask(
    *,
    question: str | None,
    as_json: bool,
    sources: int,
    language: str | None,
    home: Path | None,
    llm: str | None,
    embedder: str | None,
    stream: bool,
) -> None:
    """Answer a career QUESTION from interviews, every statement cited to a person's exact words.

    "-" reads the question from standard input. Without a question a small conversation opens.

    \b
    ask "how do I get into CV?"
    ask --json "do I need a PhD?" | jq .claims
    """  # noqa: D301 - \b is click's mark for lines that keep their breaks
    text = sys.stdin.read() if question == "-" or (question is None and not sys.stdin.isatty()) else question
    session = _Session(as_json=as_json, sources=sources, language=language, stream=stream)
    if text is not None:
        refuse_empty(text)
    settings = settings_from(home=home, llm=llm, embedder=embedder)
    services = _open(settings)
    if text is not None:
        raise SystemExit(session.ask(text, services))
    session.converse(services, settings)


class _Session:
    """The options of one run and the turns so far."""

    def __init__(self, *, as_json: bool, sources: int, language: str | None, stream: bool) -> None:
        self._as_json, self._sources, self._language, self._stream = as_json, sources, language, stream
        self._history: list[Turn] = []

    def ask(self, text: str, services: Services) -> int:
        """Answer one question; return the exit code."""
        from bot.answer import Asked, answer  # noqa: PLC0415 - `--help` must not wait for NumPy
        from bot.llm import Cancellation  # noqa: PLC0415

        cancellation = Cancellation()
        asked = Asked(text=text, language=self._language, history=tuple(self._history), sources=self._sources)
        return self._show(answer(asked, services, cancellation), asked)

    def converse(self, services: Services, settings: BotSettings) -> None:
        """Ask and answer until an empty line or the end of input, each time from the index that is published then."""
        from bot import strings  # noqa: PLC0415
        from bot.api.served import Served  # noqa: PLC0415
        from ingest.home import Home  # noqa: PLC0415

        served = Served(Home.resolve(settings.home), services.embedder.fingerprint, services.index)
        prompt = strings.text("heading.ask", self._language or "en")
        while line := _read_line(f"{prompt}\n> "):
            with served.lease() as corpus:
                self.ask(line, replace(services, index=corpus.index))
        served.close()

    def _show(self, events: Iterator[Event], asked: Asked) -> int:
        from bot.events import Done, Failed, Refused  # noqa: PLC0415
        from bot.values import Turn  # noqa: PLC0415

        show = _json_printer() if self._as_json else _terminal_printer(stream=self._stream)
        for event in events:
            show(event)
            match event:
                case Failed(error=error):
                    return exit_code(error)
                case Done(answer=finished) | Refused(answer=finished):
                    # What was refused was asked all the same: "and what does he do?" may follow.
                    self._history = [*self._history, Turn(question=asked.text, answer=finished)][-_LAST_TURNS:]
                    return REFUSED if isinstance(event, Refused) else 0
                case _:
                    pass
        return FAILED


def refuse_empty(text: str) -> None:
    """Stop before anything is loaded where nothing was asked.

    Raises:
        click.UsageError: `text` holds no letter and no digit.
    """
    if not any(character.isalnum() for character in text):
        raise click.UsageError('the question is empty; ask something like: ask "how do I get into CV?"')


def _open(settings: BotSettings) -> Services:
    from bot.wiring import build  # noqa: PLC0415 - `--help` must not wait for NumPy

    return build(settings, progress=unpacking_display())


def settings_from(**options: Path | str | None) -> BotSettings:
    """Return the settings of the environment with the options that were given.

    Raises:
        click.UsageError: a variable of the environment has no valid value.
    """
    from pydantic import ValidationError  # noqa: PLC0415

    from bot.settings import BotSettings, unknown_variables  # noqa: PLC0415

    if unknown := unknown_variables(os.environ):
        raise click.UsageError(f"no setting is called {', '.join(unknown)}; see: bot doctor")
    try:
        return BotSettings(**{name: value for name, value in options.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "CAREERBOT_" + "_".join(str(part) for part in first["loc"]).upper()
        raise click.UsageError(f"{name}: {first['msg']}") from error


def _json_printer() -> Callable[[Event], None]:
    import json  # noqa: PLC0415

    from bot.events import Done, Failed, Refused  # noqa: PLC0415
    from bot.render.payload import to_payload  # noqa: PLC0415

    def show(event: Event) -> None:
        match event:
            case Done(answer=answer) | Refused(answer=answer):
                click.echo(_dump(answer))
            case Failed(error=error):
                click.echo(str(error), err=True)
            case _:
                pass

    def _dump(answer: Answer) -> str:
        return json.dumps(to_payload(answer), ensure_ascii=False)

    return show


def _terminal_printer(*, stream: bool) -> Callable[[Event], None]:
    import shutil  # noqa: PLC0415

    from bot.render.terminal import WIDTH, TerminalRenderer  # noqa: PLC0415

    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    width = min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns)
    return TerminalRenderer(sys.stdout, sys.stderr, stream=stream, colour=colour, width=width).show


def unpacking_display() -> Callable[[int, int], None]:
    """Return a progress display for the first run, when 1.1 GB of weights are put together."""
    shown = {"percent": -1}

    def progress(done: int, total: int) -> None:
        percent = 100 * done // total if total else 100
        if percent == shown["percent"] or (percent % 10 and not sys.stderr.isatty()):
            return
        shown["percent"] = percent
        end = "\n" if percent >= 100 or not sys.stderr.isatty() else "\r"  # noqa: PLR2004
        click.echo(f"Unpacking the language model (first run only): {percent} %{end}", nl=False, err=True)

    return progress


def _read_line(prompt: str) -> str:
    click.echo(prompt, nl=False, err=True)
    try:
        return input().strip()
    except EOFError:
        return ""


def main() -> None:
    """Run `ask`; errors end as one line on standard error and the right exit code."""
    run(ask)


def run(command: click.Command, *, diagnostics: TextIO | None = None) -> None:
    """Run a click command with this project's errors and exit codes.

    Args:
        command: what to run.
        diagnostics: where the line of an error goes; standard error by default.
    """
    try:
        sys.exit(command.main(standalone_mode=False))
    except click.ClickException as error:
        error.show(diagnostics)
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(exit_code(KeyboardInterrupt()))
    except (BotError, IngestError) as error:
        click.echo(str(error), file=diagnostics or sys.stderr)
        sys.exit(exit_code(error))
