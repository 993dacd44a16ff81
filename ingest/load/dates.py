"""Dates as pages write them."""

from __future__ import annotations

import re
from datetime import date, datetime

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, start=1)}
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_WRITTEN = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_YEAR}-(?P<month>\d\d)-(?P<day>\d\d)",
        rf"\b{_MONTH}\s+{_DAY},?\s+{_YEAR}\b",
        rf"\b{_DAY}\s+{_MONTH},?\s+{_YEAR}\b",
        rf"{_YEAR}\s*年\s*(?P<month>\d{{1,2}})\s*月\s*(?P<day>\d{{1,2}})\s*日",
    )
)
_IN_URL = re.compile(rf"/{_YEAR}/(?P<month>\d\d?)/(?P<day>\d\d?)(?:/|$)")


def parse_date(value: object) -> date | None:
    """Return the first date in `value` (a date, or text that holds one), or None."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    for pattern in _WRITTEN if isinstance(value, str) else ():
        if match := pattern.search(str(value)):
            return _date(match)
    return None


def date_in_url(url: str) -> date | None:
    """Return the date that a blog's URL holds (`/2021/04/14/`), or None."""
    match = _IN_URL.search(url)
    return _date(match) if match else None


def _date(match: re.Match[str]) -> date | None:
    month = match["month"]
    number = int(month) if month.isdigit() else _MONTHS[month[:3].lower()]
    try:
        return date(int(match["year"]), number, int(match["day"]))
    except ValueError:
        return None
