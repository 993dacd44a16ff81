"""What all tests share: the evaluation texts beside the repository, where they are, and the fixtures of each part."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

SHARED = Path(__file__).parent.parent.parent / "shared"

pytest_plugins = ["bot_fixtures", "api_fixtures", "discord_fixtures"]

# How long an example takes says how busy the machine is, nothing about the code: time never decides a test.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of evaluation texts; skip, visibly, where it is absent."""
    if not (SHARED / "seeds").is_dir():
        pytest.skip("the evaluation texts (../shared) are not on this machine")
    return SHARED
