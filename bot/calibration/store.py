"""Where calibrations are kept, and which one counts: one made here, else the one that came with careerbot, else caution."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from bot.abilities import UNMEASURED, Abilities
from bot.calibration.record import Record, Spread, from_json, to_json
from bot.resources import data_file
from ingest.weights import new_file

if TYPE_CHECKING:
    from pathlib import Path

    from bot.calibration.identity import Identity

SHIPPED = "abilities.json"
"""In `bot/data`: the bundled models as measured, by the SHA-256 of their files."""


class Origin(StrEnum):
    """Where it is known from what a model can do."""

    HERE = "measured here"
    SHIPPED = "measured by careerbot's authors"
    NOWHERE = "not measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a model."""

    abilities: Abilities
    origin: Origin
    record: Record | None = None
    fault: str | None = None
    """Why a calibration that lies here is not used."""


def look_up(identity: Identity, folder: Path) -> Known:
    """Return what is known of a model."""
    fault = None
    try:
        record = from_json(json.loads(path_of(identity, folder).read_text("utf-8")))
        return Known(abilities=record.abilities(reference()), origin=Origin.HERE, record=record)
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        fault = f"{path_of(identity, folder)} cannot be used ({error})"
    shipped = _shipped()["models"].get(identity.fingerprint)
    if shipped:
        record = from_json(shipped)
        return Known(abilities=record.abilities(reference()), origin=Origin.SHIPPED, record=record, fault=fault)
    return Known(abilities=UNMEASURED, origin=Origin.NOWHERE, fault=fault)


def keep(record: Record, identity: Identity, folder: Path) -> Path:
    """Write a calibration, whole or not at all; return where.

    Raises:
        ModelMissingError: the folder cannot be written, or the disk is full.
    """
    content = (json.dumps(to_json(record), ensure_ascii=False, indent=1) + "\n").encode()
    path = path_of(identity, folder)
    with new_file(path, len(content)) as file:
        file.write(content)
    return path


def path_of(identity: Identity, folder: Path) -> Path:
    """Return where a model's calibration lies: one file a model in the models folder."""
    return folder / "abilities" / f"{identity.fingerprint[:32]}.json"


def reference() -> Spread | None:
    """Return the log odds of the model that the refusals (`bot/data/abstention.toml`) were calibrated with."""
    found = _shipped()["models"].get(_shipped()["reference"])
    return from_json(found).spread if found else None


@cache
def _shipped() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(data_file(SHIPPED).read_text("utf-8"))
    return found
