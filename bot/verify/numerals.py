"""One spelling for every number, so that "two hundred", "200" and 二百 are the same token."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.verify.language import Language
    from bot.verify.tokens import Token

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000, "億": 100_000_000}
_GROUPED = re.compile(r"(?<=\d),(?=\d{3})")
_THOUSANDS = re.compile(r"(\d+)k")


def chinese_number(text: str) -> str | None:
    """Return the digits of a Chinese or Japanese numeral, or None when `text` is none."""
    if not text or any(c not in _DIGITS and c not in _UNITS and c not in _MYRIADS for c in text):
        return None
    total = section = digit = 0
    for character in text:
        if character in _DIGITS:
            digit = digit * 10 + _DIGITS[character]
        elif character in _UNITS:
            section += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            total += (section + digit or 1) * _MYRIADS[character]
            section = digit = 0
    return str(total + section + digit)


def _digits(text: str) -> str:
    text = _GROUPED.sub("", text)
    match = _THOUSANDS.fullmatch(text.lstrip("$€£¥"))
    return text if match is None else text[: len(text) - len(match.group())] + match.group(1) + "000"


def joined_numbers(tokens: Sequence[Token], language: Language) -> list[Token]:
    """Write number words as digits and join runs of them ("two hundred" → "200")."""
    result: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        run = position
        value = group = 0
        while run < len(tokens) and (run == position or not tokens[run].before):
            word = tokens[run].text
            if word in language.numbers and (run == position or _continues(tokens[run - 1].text, word, language)):
                group += language.numbers[word]
            elif word in language.scales and run > position:
                group = (group or 1) * language.scales[word]
                if language.scales[word] > 100:  # noqa: PLR2004  "hundred" goes on: two hundred thousand
                    value, group = value + group, 0
            else:
                break
            run += 1
        if run > position:
            result.append(replace(token, text=str(value + group)))
            position = run
            continue
        result.append(
            replace(token, text=_digits(token.text)) if token.text[:1].isdigit() or token.text[0] in "$€£¥" else token
        )
        position += 1
    return result


def _continues(previous: str, word: str, language: Language) -> bool:
    """Tell whether a number word goes on the number before it: "twenty five" and "hundred five" do, "five six" do not."""
    if previous in language.scales:
        return True
    return language.numbers.get(previous, 0) >= 20 and language.numbers[word] < 10  # noqa: PLR2004  tens, then ones
