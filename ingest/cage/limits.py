"""How much one file may cost. Pages, characters and unpacked bytes are limited by `ingest.load.limits`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the reading of one file may take before it is given up."""

    memory_bytes: int = 1024 * 1024 * 1024
    """Address space above what the loaded parsers take before they see a file."""
    cpu_seconds: int = 60
    wall_seconds: float = 120.0
    files_per_child: int = 2_000
    """After so many files a fresh child takes over."""
    kept_growth_bytes: int = 128 * 1024 * 1024
    """A child whose resident memory stays this much above its start is replaced by a fresh one."""
