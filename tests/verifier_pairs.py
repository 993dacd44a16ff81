"""Reads the hand-made pairs of `tests/bot/verify/` and verifies them; shared by the tests of the verifier."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from bot.verify import Subject, verify

HERE = Path(__file__).parent / "bot" / "verify"
PAIRS, HELD_OUT = "pairs.toml", "pairs_heldout.toml"


def cases(name: str) -> list[dict[str, Any]]:
    """Read the cases of a file of pairs."""
    loaded: list[dict[str, Any]] = tomllib.loads((HERE / name).read_text(encoding="utf-8"))["case"]
    return loaded


def accepts(case: dict[str, Any], claim: str) -> bool:
    """Verify one claim of a case."""
    return verify(claim, case["quote"], subject=Subject(name=case["name"]), language=case["language"]).accepted
