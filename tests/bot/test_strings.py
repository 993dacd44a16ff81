"""The catalogue of strings is whole in every language, and filling it in is strict."""

from __future__ import annotations

import re

import pytest

from bot import strings

LANGUAGES = pytest.mark.parametrize("language", strings.LANGUAGES)

SCRIPTS = {
    "zh": "[\u4e00-\u9fff]",
    "ja": "[\u3040-\u30ff\u4e00-\u9fff]",
    "hi": "[\u0900-\u097f]",
    "ar": "[\u0600-\u06ff]",
    "ru": "[\u0400-\u04ff]",
}


@LANGUAGES
def test_every_language_has_every_string(language: str) -> None:
    """No language lacks a key that English has, nor has one of its own."""
    assert strings.catalogue(language).keys() == strings.catalogue("en").keys()


@LANGUAGES
def test_every_language_asks_for_the_same_values(language: str) -> None:
    """A call that works in English works in every language."""
    for key, english in strings.catalogue("en").items():
        assert strings.placeholders(strings.catalogue(language)[key]) == strings.placeholders(english), key


@LANGUAGES
def test_no_string_is_empty(language: str) -> None:
    """Every string says something."""
    assert all(words.strip() for words in strings.catalogue(language).values())


@LANGUAGES
def test_every_string_can_be_filled_in(language: str) -> None:
    """Every placeholder is a plain name, and none is left standing once it has a value."""
    for key, template in strings.catalogue(language).items():
        filled = strings.text(key, language, **dict.fromkeys(strings.placeholders(template), "X"))
        assert "{" not in filled, key


@pytest.mark.parametrize("language", SCRIPTS)
def test_sentences_are_in_the_script_of_their_language(language: str) -> None:
    """Nothing was left in English."""
    for key, words in strings.catalogue(language).items():
        if not re.sub(r"\{\w+\}|\W", "", words):
            continue
        assert re.search(SCRIPTS[language], words), key


@LANGUAGES
def test_lead_ins_end_with_a_colon(language: str) -> None:
    """A quote follows every lead-in."""
    leads = [words for key, words in strings.catalogue(language).items() if key.startswith("lead.")]
    assert leads
    assert all(words.endswith((":", "：")) for words in leads)


def test_every_lead_in_with_a_year_has_one_without() -> None:
    """A source without a date can be introduced too."""
    leads = {key for key in strings.catalogue("en") if key.startswith("lead.")}
    assert {key.removesuffix("_year") for key in leads} <= leads


@LANGUAGES
def test_every_language_names_all_languages(language: str) -> None:
    """A quote in any of the ten languages, or in an eleventh, can be marked."""
    names = [strings.language_name(code, language) for code in (*strings.LANGUAGES, "sw")]
    notices = [strings.in_language(code, language) for code in (*strings.LANGUAGES, "sw")]
    assert len(set(names)) == len(set(notices)) == len(names)


def test_an_unknown_language_falls_back_to_english() -> None:
    """Swahili is answered in English."""
    assert strings.text("heading.sources", "sw") == strings.text("heading.sources", "en")


@pytest.mark.parametrize("tag", ["zh-CN", "zh_TW", "ZH"])
def test_a_regional_tag_counts_as_its_language(tag: str) -> None:
    """Tags as browsers and chat programs send them are understood."""
    assert strings.text("heading.sources", tag) == strings.text("heading.sources", "zh")


def test_an_unknown_key_is_an_error() -> None:
    """A misspelt key is never shown to a reader."""
    with pytest.raises(KeyError):
        strings.text("heading.sauces", "en")


@pytest.mark.parametrize("values", [{}, {"name": "Ada", "year": 1843}, {"nmae": "Ada"}])
def test_values_must_be_exactly_those_asked_for(values: dict[str, str | int]) -> None:
    """Missing, superfluous and misspelt values are errors."""
    with pytest.raises(TypeError, match=r"lead\.person"):
        strings.text("lead.person", "en", **values)


def test_braces_inside_a_value_mean_nothing() -> None:
    """A name from a corpus cannot reach into the template."""
    assert "{position}" in strings.text("lead.person", "en", name="{position}")


@pytest.mark.parametrize(("count", "verb"), [(0, "speak "), (1, "speaks "), (2, "speak ")])
def test_one_is_singular_and_all_else_plural(count: int, verb: str) -> None:
    """English agrees with its number."""
    assert verb in strings.counted("voices", count, "en", speaking=count, of=4, names="Ada")


@pytest.mark.parametrize(
    ("items", "language", "expected"),
    [
        ((), "en", ""),
        (("Ada",), "en", "Ada"),
        (("Ada", "Grace"), "en", "Ada and Grace"),
        (("Ada", "Grace", "Mary"), "es", "Ada, Grace y Mary"),
        (("Ada", "Grace", "Mary"), "zh", "Ada、Grace和Mary"),
    ],
)
def test_lists_are_joined_as_the_language_does(items: tuple[str, ...], language: str, expected: str) -> None:
    """Names are listed with the language's own separator and conjunction."""
    assert strings.listing(items, language) == expected


def test_quotation_marks_are_those_of_the_language() -> None:
    """Germans, Spaniards and Japanese see their own marks."""
    assert [strings.quoted("x", language) for language in ("de", "es", "ja")] == ["„x“", "«x»", "「x」"]
