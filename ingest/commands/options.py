"""What the commands of `ingest` share: options, and the settings, home, embedder and stages that come of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ingest.embed.protocol import Embedder
    from ingest.home import Home
    from ingest.settings import Settings
    from ingest.stages import Stages

Command = TypeVar("Command", bound="Callable[..., object]")


def home_option(command: Command) -> Command:
    """Add `--home`."""
    return click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="Folder of the index.")(command)


def json_option(command: Command) -> Command:
    """Add `--json`, passed on as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")(command)


def embedder_options(command: Command) -> Command:
    """Add `--embedder` and `--engine`."""
    engine = click.option("--engine", help="What runs the model: auto, openvino or sentence-transformers.")
    model = click.option(
        "--embedder", help="Embedding model: a hub id or a folder (default: the bundled multilingual-e5-small)."
    )
    return model(engine(command))


def registry_option(command: Command) -> Command:
    """Add `--registry`."""
    return click.option(
        "--registry", type=click.Path(path_type=Path), help="TOML file with facts about sources that do not state them."
    )(command)


def settings_of(**chosen: object) -> Settings:
    """Return the settings of the environment with the options that were given.

    Raises:
        UsageError: a value is not valid.
    """
    from pydantic import ValidationError  # noqa: PLC0415 (so that --help answers at once)

    from ingest.errors import UsageError  # noqa: PLC0415
    from ingest.settings import Settings  # noqa: PLC0415

    try:
        return Settings.model_validate({**Settings().model_dump(), **{name: value for name, value in chosen.items() if value}})
    except ValidationError as error:
        raise UsageError(f"settings: {error.errors()[0]['loc']}: {error.errors()[0]['msg']}") from error


def home_of(settings: Settings) -> Home:
    """Return the home that the settings name."""
    from ingest.home import Home  # noqa: PLC0415

    return Home.resolve(settings.home)


def embedder_of(settings: Settings) -> Embedder:
    """Open the embedder that the settings name.

    Raises:
        UsageError: there is no such engine.
        ModelMissingError: its weights are absent or damaged.
    """
    from ingest.embed.choose import open_embedder  # noqa: PLC0415
    from ingest.weights import models_dir  # noqa: PLC0415

    folder = models_dir(settings.models)
    return open_embedder(settings.embedder, engine=settings.engine, models_dir=folder, second=settings.second_encoder)


def stages_of(settings: Settings, roots: Iterable[str | Path] = ()) -> Stages:
    """Return the stages that read real files.

    Args:
        settings: name the registry of facts about sources.
        roots: what is read; where no registry is named, the first list of sources among them is one.
    """
    from ingest.listing import is_listing  # noqa: PLC0415
    from ingest.settings import default_registry  # noqa: PLC0415
    from ingest.stages import real_stages  # noqa: PLC0415

    listing = next((path for path in map(Path, roots) if is_listing(path)), None)
    return real_stages(settings.registry or listing or default_registry())


def roots_of(home: Home) -> tuple[str, ...]:
    """Return what the index was made from; nothing where it cannot be read, which whoever opens it will say."""
    from ingest.errors import IngestError  # noqa: PLC0415
    from ingest.sync import known_roots  # noqa: PLC0415

    try:
        return known_roots(home)
    except IngestError:
        return ()
