"""Questions for several people ("who recommends …", "what do they say about …"): as many as can should be heard.

The patterns are in `bot/data/several.toml`.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache

from bot.resources import data_file


def asks_for_several(question: str, language: str) -> bool:
    """Tell whether `question`, in `language`, wants to hear what more than one person says."""
    pattern = _patterns().get(language)
    return bool(pattern and pattern.search(question))


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    data = tomllib.loads(data_file("several.toml").read_text(encoding="utf-8"))
    return {language: re.compile("|".join(patterns), re.IGNORECASE) for language, patterns in data.items()}
