"""`bot doctor --calibrate`: measure the configured language model and keep the result."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.settings import BotSettings


def calibrate_model(settings: BotSettings, *, as_json: bool) -> None:
    """Measure, keep, print; progress goes to standard error.

    Raises:
        click.UsageError: no language model is configured.
        ModelError: it cannot be loaded or reached.
        NotReadyError: its weights are missing, or the result cannot be written.
    """
    from rich.console import Console  # noqa: PLC0415 - `--help` must not wait

    from bot.calibration.identity import identify  # noqa: PLC0415
    from bot.calibration.measure import calibrate  # noqa: PLC0415
    from bot.calibration.record import to_json  # noqa: PLC0415
    from bot.calibration.store import keep  # noqa: PLC0415
    from bot.calibration.table import print_record  # noqa: PLC0415
    from bot.cli.ask import unpacking_display  # noqa: PLC0415
    from bot.wiring import build_model  # noqa: PLC0415
    from ingest.weights import models_dir  # noqa: PLC0415

    folder = models_dir(settings.models)
    model = build_model(settings, folder, unpacking_display())
    identity = identify(settings, folder)
    if model is None or identity is None:
        raise click.UsageError("there is no language model to measure; choose one with --llm")
    try:
        record = calibrate(model, identity, say=lambda work: click.echo(f"measuring: {work} …", err=True))
    finally:
        model.close()
    path = keep(record, identity, folder)
    if as_json:
        click.echo(json.dumps(to_json(record), ensure_ascii=False, indent=1))
        return
    print_record(record, Console(file=sys.stdout, no_color="NO_COLOR" in os.environ))
    click.echo(f"kept in {path}")
