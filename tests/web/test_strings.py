"""The page's own words are whole in all ten languages, and used."""

from __future__ import annotations

import json
import re

import pytest

from bot import strings
from web.stand_in import WEB

WORDS: dict[str, dict[str, str]] = json.loads((WEB / "strings.json").read_text("utf-8"))
EVERY = pytest.mark.parametrize("language", strings.LANGUAGES)
CODE = "".join(file.read_text("utf-8") for file in sorted([*WEB.glob("*.js"), WEB / "index.html"]))
SCRIPTS = {
    "zh": "[\u4e00-\u9fff]",
    "ja": "[\u3040-\u30ff\u4e00-\u9fff]",
    "hi": "[\u0900-\u097f]",
    "ar": "[\u0600-\u06ff]",
    "ru": "[\u0400-\u04ff]",
}


def test_the_page_speaks_the_languages_of_the_bot() -> None:
    """No language is missing, and none is there that the bot cannot answer in."""
    assert tuple(WORDS) == strings.LANGUAGES


@EVERY
def test_every_language_has_every_string(language: str) -> None:
    """No language lacks a key that English has, nor has one of its own; none is empty."""
    assert WORDS[language].keys() == WORDS["en"].keys()
    assert all(words.strip() for words in WORDS[language].values())


@EVERY
def test_every_language_asks_for_the_same_values(language: str) -> None:
    """What is filled in in English is filled in everywhere."""
    for key, english in WORDS["en"].items():
        assert strings.placeholders(WORDS[language][key]) == strings.placeholders(english), key


@pytest.mark.parametrize("language", SCRIPTS)
def test_sentences_are_in_the_script_of_their_language(language: str) -> None:
    """Nothing was left in English."""
    for key, words in WORDS[language].items():
        if re.sub(r"\{\w+\}|\W", "", words):
            assert re.search(SCRIPTS[language], words), key


@pytest.mark.parametrize("language", [code for code in strings.LANGUAGES if code not in {"en", *SCRIPTS}])
def test_sentences_differ_from_the_english(language: str) -> None:
    """Of the longer strings none is the English one."""
    same = [key for key, words in WORDS[language].items() if words == WORDS["en"][key] and len(words.split()) > 2]
    assert same == []


def test_roles_are_named_as_the_bot_names_them() -> None:
    """The page and the other surfaces use one word for a role."""
    for language in strings.LANGUAGES:
        catalogue = strings.catalogue(language)
        roles = {key.removeprefix("role_"): words for key, words in WORDS[language].items() if key.startswith("role_")}
        assert roles == {key: catalogue[f"role.{key}"] for key in roles}


def test_every_string_is_used() -> None:
    """No dead words: each key stands in the code, whole or as the stem of a computed key."""
    computed = ("error_", "role_", "voices_")
    unused = [key for key in WORDS["en"] if f'"{key}"' not in CODE and not key.startswith(computed)]
    assert unused == []


def test_every_string_that_the_page_names_exists() -> None:
    """A misspelt key would be shown to a reader."""
    named = set(re.findall(r"data-t(?:-label|-placeholder)?=\"(\w+)\"", CODE)) | set(re.findall(r"\bsay\(\"(\w+)\"", CODE))
    assert named <= WORDS["en"].keys()


def test_the_page_fits_a_strict_policy() -> None:
    """No inline script, style or handler, no other origin, and no way for text to become markup."""
    page = (WEB / "index.html").read_text("utf-8")
    markup = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    assert not re.search(r"\son\w+=|\sstyle=|<style|<script(?![^>]*\ssrc=)|//", page)
    assert not re.search(markup, CODE)
    assert set(re.findall(r"https?://([\w.]+)", CODE)) == {"www.w3.org"}  # the name of the SVG namespace
