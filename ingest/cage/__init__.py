"""Parsers behind bars: every file is read by a child process that can neither grow, hang, write nor call out.

`Cage` is the parent's side, `worker` the child's, `isolation` what the system is asked to enforce.
"""

from __future__ import annotations

from ingest.cage.cage import Cage
from ingest.cage.limits import Limits

__all__ = ["Cage", "Limits"]
