"""A finding as a line on the terminal."""

from __future__ import annotations

import click

from bot.findings import Finding, Level

_MARKS = {Level.OK: ("ok", "green"), Level.NOTE: ("note", "yellow"), Level.WRONG: ("WRONG", "red")}


def show(finding: Finding) -> None:
    """Print it: how to read it in colour, what was looked at, what was found."""
    mark, colour = _MARKS[finding.level]
    click.echo(f"{click.style(f'{mark:5}', fg=colour)} {finding.subject}: {finding.text}")
