"""`bot eval`: measure the answers on the evaluation texts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.ask import settings_from

if TYPE_CHECKING:
    from bot.evaluation.results import Results
    from bot.settings import BotSettings

_WIDTH = 140
"""Columns of what is written to a file or a pipe."""
_FILE = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("eval")
@click.argument("suites", nargs=-1)
@click.option("--data", type=_FOLDER, help="Folder of the evaluation texts. [env: CAREERBOT_EVAL; default: ../shared/eval]")
@click.option("--limit", type=click.IntRange(0), metavar="N", help="Cases of each kind at most; 0 for all of them.")
@click.option("--json", "results_file", type=_FILE, help="Write the figures here; suites that did not run keep theirs.")
@click.option("--baseline", type=_FILE, help="Show what moved against this file of an earlier run.")
@click.option("--write-page", "page", type=_FILE, help="Write what --json holds as a Markdown page.")
@click.option("--no-run", is_flag=True, help="Measure nothing: only read --json, compare and write the page.")
@click.option("--home", type=_FOLDER, help="Keep the indexes that are built here; default: a temporary folder.")
@click.option("--llm", metavar="MODEL", help="As for `ask`. [env: CAREERBOT_LLM]")
@click.option("--embedder", metavar="MODEL", help="As for `ask`. [env: CAREERBOT_EMBEDDER]")
def evaluate(
    *,
    suites: tuple[str, ...],
    data: Path | None,
    limit: int | None,
    results_file: Path | None,
    baseline: Path | None,
    page: Path | None,
    no_run: bool,
    home: Path | None,
    llm: str | None,
    embedder: str | None,
) -> None:
    """Measure answers, retrieval, refusals and verification on texts that nobody on the project wrote.

    SUITES are seeds, followups, translations, xquad, interviews, abstention, faithfulness, injection and corpus (the starter
    corpus, our own); all without any.
    What the models say is remembered, so that a second run takes seconds. Time is counted in work, not on the clock: figures
    do not depend on the machine's load.
    """
    from rich.console import Console  # noqa: PLC0415 - `--help` must not wait

    from bot.evaluation.results import moves, read_results, write_results  # noqa: PLC0415
    from bot.evaluation.table import print_moves  # noqa: PLC0415

    if no_run and results_file is None:
        raise click.UsageError("--no-run reads what an earlier run wrote: name it with --json")
    before = _existing(baseline) if baseline else None
    results = read_results(results_file) if results_file else {"schema": 1, "careerbot": "", "suites": {}}
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else _WIDTH)
    if not no_run:
        settings = settings_from(llm=llm, embedder=embedder)
        _measure(suites, results, settings, results_file, console, data=data, limit=limit, home=home)
    if results_file and not no_run:
        write_results(results, results_file)
    if before is not None:
        print_moves(moves(before, results), console)
    if page:
        from bot.evaluation.page import write_page  # noqa: PLC0415

        write_page(results, page)


def _existing(path: Path) -> Results:
    from bot.evaluation.results import read_results  # noqa: PLC0415

    if not path.is_file():
        raise click.UsageError(f"there is no baseline {path}; write one with --json")
    return read_results(path)


def _measure(
    names: tuple[str, ...],
    results: Results,
    settings: BotSettings,
    results_file: Path | None,
    console: object,
    *,
    data: Path | None,
    limit: int | None,
    home: Path | None,
) -> None:
    from bot import __version__  # noqa: PLC0415
    from bot.evaluation.bench import Bench, Options, describe  # noqa: PLC0415
    from bot.evaluation.data import find_data  # noqa: PLC0415
    from bot.evaluation.results import as_json, write_results  # noqa: PLC0415
    from bot.evaluation.suite import find_suites  # noqa: PLC0415
    from bot.evaluation.table import print_suite  # noqa: PLC0415

    chosen = find_suites(names)
    given = data or settings.eval
    folder = find_data(given) if given or any(suite.needs_data for suite in chosen) else Path()
    bench = Bench(Options(data=folder, limit=limit, work=home), settings, say=lambda text: click.echo(text, err=True))
    try:
        for suite in chosen:
            bench.say(f"{suite.name} …")
            entry = as_json(suite, suite.run(bench), models=describe(settings), limit=limit)
            results["careerbot"] = __version__
            results["suites"][suite.name] = entry
            print_suite(suite.name, entry, console)  # type: ignore[arg-type]
            if results_file:
                write_results(results, results_file)
    finally:
        bench.close()
