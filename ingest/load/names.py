"""Names of people: which strings can be one, and which two mean the same person."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from difflib import SequenceMatcher
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from ingest.values import Person, Role

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORD = re.compile(r"[^\W\d][\w.'’\-]*", re.UNICODE)
_CJK = re.compile(r"[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CJK_NAME = re.compile(r"[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af々·•・=\s]{1,10}")
_TITLES = re.compile(r",\s*(?:Ph\.?D|Psy\.?D|M\.?D|Ed\.?D|MBA|Esq|Jr|Sr|CPA)\.?$", re.IGNORECASE)
_DETERMINERS = frozenset(
    {"the", "a", "an", "my", "our", "your", "this", "that", "these", "some", "one", "in", "on", "at", "for"},
)
_MAX_WORDS = 4
_MIN_SLUG = 6
_MIN_SLUG_PART = 3
_SAME_SPELLING = 0.88
"""Likeness of two names (difflib's ratio) from which one is a misspelling of the other."""


@cache
def vocabulary() -> Mapping[str, frozenset[str]]:
    """Return the word lists of `ingest/data/labels.toml`: not_names, interviewer, interviewee, particles."""
    table = tomllib.loads(resources.files("ingest.data").joinpath("labels.toml").read_text(encoding="utf-8"))
    return {
        "not_names": frozenset(table["not_names"]["words"]),
        "interviewer": frozenset(table["roles"]["interviewer"]),
        "interviewee": frozenset(table["roles"]["interviewee"]),
        "particles": frozenset(table["particles"]["words"]),
    }


def is_cjk(text: str) -> bool:
    """Tell whether `text` holds a Chinese, Japanese or Korean character."""
    return _CJK.search(text) is not None


def stated_role(label: str) -> Role | None:
    """Return the role that a label itself names ("Interviewer", "答"), or None."""
    key = label.strip().rstrip(".").lower()
    for role in (Role.INTERVIEWER, Role.INTERVIEWEE):
        if key in vocabulary()[role.value]:
            return role
    return None


def is_name_like(label: str) -> bool:
    """Tell whether a label has the form of a person's name: a few capitalised words, or up to ten CJK characters."""
    key = label.strip()
    if not key or key.rstrip(".").lower() in vocabulary()["not_names"]:
        return False
    if is_cjk(key):
        return _CJK_NAME.fullmatch(key) is not None
    words = _TITLES.sub("", key).split()
    if not words or words[0].lower() in _DETERMINERS:
        return False
    formed = all(_WORD.fullmatch(word) or word == "&" for word in words)
    return len(words) <= _MAX_WORDS and formed and _is_capitalised(words)


def _is_capitalised(words: list[str]) -> bool:
    if len(words) == 1:
        return True
    return all(not word[0].islower() or word.lower() in vocabulary()["particles"] for word in words)


def tokens(name: str) -> frozenset[str]:
    """Return the words of a name for comparison."""
    return frozenset(
        word for word in re.findall(r"[\w'’\-]+", name.casefold()) if word not in {"dr", "prof", "mr", "ms", "mrs"}
    )


def is_slug(name: str) -> bool:
    """Tell whether a name is run together in lower case, as in an address ("annleesmith")."""
    return len(name) >= _MIN_SLUG and name.isalpha() and name.isascii() and name.islower()


def matches(label: str, person: Person) -> bool:
    """Tell whether a label can stand for a person: equal to a spelling of the name, or part of one."""
    mine = tokens(label)
    if is_slug(person.name) and len(label) >= _MIN_SLUG_PART and person.name.startswith("".join(label.casefold().split())):
        return True
    return bool(mine) and any(
        mine <= theirs or (len(theirs) > 1 and theirs <= mine)
        for theirs in map(tokens, (person.name, *person.aliases))
        if theirs
    )


def merge_people(stated: tuple[Person, ...], known: tuple[Person, ...]) -> tuple[Person, ...]:
    """Return the people of both lists, one entry for each; what `stated` says wins, `known` fills its gaps."""
    people = list(stated)
    for other in known:
        index = next((i for i, person in enumerate(people) if _is_same(person, other)), None)
        if index is None:
            people.append(other)
        else:
            people[index] = _merge(people[index], other)
    return tuple(people)


def _is_same(person: Person, other: Person) -> bool:
    if matches(person.name, other) or matches(other.name, person):
        return True
    mine, theirs = person.name, other.name
    if "·" in mine and "·" in theirs:  # translators render a family name now so, now so
        return mine.split("·")[0] == theirs.split("·")[0]
    alike = len(mine.split()) == len(theirs.split()) > 1
    return alike and SequenceMatcher(a=mine.lower(), b=theirs.lower()).ratio() >= _SAME_SPELLING


def _merge(person: Person, other: Person) -> Person:
    longer = other.name if len(tokens(other.name)) > len(tokens(person.name)) or is_slug(person.name) else person.name
    spellings = dict.fromkeys((person.name, *person.aliases, other.name, *other.aliases))
    return replace(
        person,
        name=longer,
        role=other.role if person.role is Role.UNKNOWN else person.role,
        position=person.position or other.position,
        aliases=tuple(spelling for spelling in spellings if spelling != longer),
    )
