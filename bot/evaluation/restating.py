"""Restate a sentence faithfully, by code: the first person turned into the third, reported speech, a leading filler dropped.

Only sentences whose turning is safe are turned: one whose verbs this code cannot put into the third person is left alone.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from bot.resources import data_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.evaluation.quotes import Said

Restate = Callable[[str], str | None]
"""Turns a sentence, or a false copy of it, into a claim."""
_UNCHANGED = frozenset({"didn't", "wasn't", "couldn't", "wouldn't", "can't", "won't", "hadn't", "shouldn't"})
_SUBJECT = re.compile(r"\bI\b")
_ADVERBS = (
    "also|really|just|still|always|never|often|usually|actually|then|now|only|probably|definitely|currently|already|mostly"
)
_VERB = re.compile(rf"\bI((?:'|’)(?:m|ve|ll)|(?:\s+(?:{_ADVERBS}))*\s+[a-z]+(?:(?:'|’)t)?)")
_JOINED = re.compile(rf"\b(?:and|or|but|then)\s+(?:(?:{_ADVERBS})\s+)?([a-z]+)\b")


@cache
def rules(language: str) -> Mapping[str, Any]:
    """Return the lists of one language in `perturbations.toml`."""
    found: Mapping[str, Any] = tomllib.loads(data_file("perturbations.toml").read_text(encoding="utf-8"))[language]
    return found


@cache
def _verbs(form: str) -> frozenset[str]:
    return frozenset(rules("en")[form].split())


def restatements(said: Said) -> Iterator[tuple[str, Restate]]:
    """Yield the ways in which `said` can be restated: a name, and a function from the sentence (or a false copy) to a claim."""
    kind = rules(said.language)
    body, dropped = without_filler(said.text, kind)
    first, second = _holds(body, kind["first_person"]), _holds(body, kind["second_person"])
    if second:
        return
    if said.language == "en" and first:
        yield ("third person", lambda text: _third_person(_cut(text, dropped), said.speaker))
        return
    if said.language == "zh" and first:
        yield ("third person", lambda text: _third_person_chinese(_cut(text, dropped), said.speaker))
        return
    if not first:
        frame = kind["report"][sum(map(ord, said.text)) % len(kind["report"])]
        yield (
            "filler dropped" if dropped else "reported",
            lambda text: _reported(_cut(text, dropped), said.speaker, frame, said.language),
        )


def without_filler(text: str, kind: Mapping[str, Any]) -> tuple[str, int]:
    """Return `text` without a leading filler, and how many characters that took."""
    for filler in sorted(kind["fillers"], key=len, reverse=True):
        mark = "" if filler.endswith(("，", "、")) else ","
        if text.startswith(filler + mark) and len(text) > len(filler) + 2:
            rest = text[len(filler + mark) :].lstrip()
            return rest[:1].upper() + rest[1:], len(text) - len(rest)
    return text, 0


def _cut(text: str, dropped: int) -> str:
    rest = text[dropped:]
    return rest[:1].upper() + rest[1:] if dropped else rest


def _holds(text: str, words: str | list[str]) -> bool:
    if isinstance(words, list):
        return any(word in text for word in words)
    found = set(re.findall(r"[^\W\d_]+(?:['’](?=\w))?", text.lower().replace("’", "'")))
    parts = {part for word in found for part in (word, word.rstrip("'"))}
    return not parts.isdisjoint(words.split())


def _reported(text: str, name: str, frame: str, language: str) -> str | None:
    if language in {"zh", "ja"}:
        return frame.format(name=name, sentence=text)
    word = re.match(r"[^\W\d_]+'?", text)
    if word is None or word.group().lower() not in rules(language)["plain_starts"].split():
        return None
    return frame.format(name=name, sentence=text[:1].lower() + text[1:])


def _third_person_chinese(text: str, name: str) -> str | None:
    if "自我" in text or "咱" in text or "我国" in text:
        return None
    if text.startswith("我") and not text.startswith("我们"):
        return name + text[1:].replace("我", "他")
    return f"{name}说，{text.replace('我', '他')}"


def _third_person(text: str, name: str) -> str | None:
    """Turn "I use my laptop" into "Ann Lee uses her laptop"; None where a verb cannot be placed safely."""
    text = text.replace("’", "'")
    if re.search(r"\b(we|us|our|ours|ourselves|I'd|am I|do I|and I|me and|mine)\b", text) or not re.match(r"I\b", text):
        return None
    if any(verb in _verbs("present") for verb in _JOINED.findall(text)):
        return None
    subjects = len(_SUBJECT.findall(text))
    if subjects != len(_VERB.findall(text)):
        return None
    pronoun, possessive, object_ = ("she", "her", "her") if sum(map(ord, name)) % 2 else ("he", "his", "him")
    seen = 0

    def turn(match: re.Match[str]) -> str:
        nonlocal seen
        seen += 1
        turned = _agree(match.group(1))
        return "\0" if turned is None else (name if seen == 1 else pronoun) + turned

    turned = _VERB.sub(turn, text)
    if "\0" in turned:
        return None
    for old, new in (("my", possessive), ("My", possessive.title()), ("me", object_), ("myself", f"{object_}self")):
        turned = re.sub(rf"\b{old}\b", new, turned)
    return turned


def _agree(verb: str) -> str | None:
    """Return what follows "I" as it follows "she"; None for a form this code does not know."""
    short = {"'m": " is", "'ve": " has", "'ll": " will"}
    if verb in short:
        return short[verb]
    *adverbs, word = verb.split(" ")
    fixed = {"am": "is", "have": "has", "do": "does", "don't": "doesn't", "haven't": "hasn't", "was": "was", "go": "goes"}
    if word in fixed:
        last = fixed[word]
    elif word in _verbs("past") or (word.endswith("ed") and word != "need") or word in _UNCHANGED:
        last = word
    elif word in _verbs("present"):
        ending = "es" if re.search(r"(s|x|z|ch|sh|o)$", word) else "s"
        last = word[:-1] + "ies" if re.search(r"[^aeiou]y$", word) else word + ending
    else:
        return None
    return " ".join([*adverbs, last])
