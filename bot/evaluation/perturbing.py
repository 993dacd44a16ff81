"""Make a sentence false in one way: another number, date, name, degree, quantity or certainty, a "not", or something added."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

from bot.evaluation.restating import rules

if TYPE_CHECKING:
    from collections.abc import Sequence

CLASSES = ("number", "date", "name", "negation", "modality", "comparison", "quantity", "added")
_DENSE = frozenset({"zh", "ja"})
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*")
_NUMBER_DENSE = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*|\d+")
_NAME = re.compile(r"(?<=[a-zß-öø-ÿа-яё,] )[A-ZÀ-ÞА-ЯЁ][\w\-]{2,}(?: [A-ZÀ-ÞА-ЯЁ][\w\-]+)*")
_NAME_DENSE = re.compile(r"(?<![A-Za-z0-9])[A-Z][A-Za-z]{2,}(?![A-Za-z0-9])")


def perturb(text: str, kind: str, language: str, names: Sequence[str], *, seed: str) -> str | None:
    """Return `text` made false in the way `kind`; None where nothing in it can be changed so.

    Args:
        text: a sentence with its final mark.
        kind: one of `CLASSES`.
        language: of the sentence.
        names: other names, to put in the place of one.
        seed: chooses among possible changes, always the same way.
    """
    chance = random.Random(f"careerbot {seed} {kind}")  # noqa: S311 - nothing secret
    made = {"number": _number, "date": _date, "name": _name, "added": _added}.get(kind)
    if made is not None:
        changed = made(text, language, names, chance)
    else:
        changed = _swapped(text, rules(language)[kind], language, chance)
    return changed if changed != text else None


def names_in(text: str, language: str) -> list[str]:
    """Return the names inside a sentence, as far as capitals show; German writes every noun so, and gives none."""
    if language == "de":
        return []
    return (_NAME_DENSE if language in _DENSE else _NAME).findall(text)


def _number(text: str, language: str, _names: Sequence[str], chance: random.Random) -> str | None:
    found = [m for m in (_NUMBER_DENSE if language in _DENSE else _NUMBER).finditer(text) if not _YEAR.fullmatch(m.group())]
    words = rules(language)["numbers"]
    spelt = [m for word in words for m in re.finditer(re.escape(word) if language in _DENSE else rf"\b{word}\b", text)]
    if language in _DENSE:
        spelt = [m for m in spelt if _counts(text, m, words)]
    if not found and not spelt:
        return None
    match = chance.choice(found or spelt)
    if found:
        whole = match.group().isdigit()
        new = str(int(match.group()) + chance.choice((1, 2, 10))) if whole else match.group()[:-1] + _other_digit(match, chance)
    else:
        new = chance.choice([word for word in words if word != match.group()])
    return text[: match.start()] + new + text[match.end() :]


def _counts(text: str, match: re.Match[str], words: Sequence[str]) -> bool:
    """Tell whether a numeral character counts something: before a measure word, and not part of another numeral or word."""
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    return before not in words and before not in {"第", "一"} and after in set("个位年月天次种名人家项份倍周つ人回本日")


def _other_digit(match: re.Match[str], chance: random.Random) -> str:
    return chance.choice([digit for digit in "123456789" if digit != match.group()[-1]])


def _date(text: str, language: str, _names: Sequence[str], chance: random.Random) -> str | None:
    years = list(_YEAR.finditer(text))
    if years:
        match = chance.choice(years)
        return text[: match.start()] + str(int(match.group()) + chance.choice((-2, -1, 1, 2, 10))) + text[match.end() :]
    for group in rules(language)["dates"]:
        for word in group:
            match_ = re.search(re.escape(word) if language in _DENSE else rf"\b{word}\b", text)
            if match_:
                new: str = chance.choice([other for other in group if other != word])
                return text[: match_.start()] + new + text[match_.end() :]
    return None


def _name(text: str, language: str, names: Sequence[str], chance: random.Random) -> str | None:
    found = names_in(text, language)
    others = [name for name in names if name not in text]
    return text.replace(found[0], chance.choice(others), 1) if found and others else None


def _added(text: str, language: str, _names: Sequence[str], chance: random.Random) -> str | None:
    extra: str = chance.choice(rules(language)["added"])
    if language == "ja":
        return text + extra
    return f"{text[:-1]}{extra}{text[-1]}" if language in _DENSE else f"{text[:-1]} {extra}{text[-1]}"


def _swapped(text: str, pairs: Sequence[Sequence[str]], language: str, chance: random.Random) -> str | None:
    """Replace one word of the list. The most telling pairs come first in it; ties are left to chance."""
    for start in range(0, len(pairs), 3):
        window = list(pairs[start : start + 3])
        chance.shuffle(window)
        for old, new in window:
            pattern = re.escape(old) if language in _DENSE else rf"(?<![\w'’]){re.escape(old)}(?![\w'’])"
            matches = list(re.finditer(pattern, text))
            if matches:
                match = chance.choice(matches)
                changed = text[: match.start()] + new + text[match.end() :]
                return re.sub(r" {2,}", " ", changed).strip()
    return None
