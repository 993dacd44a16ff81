"""Terms: what a text and a question have to share to match literally."""

from __future__ import annotations

import unicodedata
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from ingest.lexical import bigrams, fold, indexed_words, phrase, terms, words


def test_words_are_folded_and_cjk_is_left_out() -> None:
    """Words are folded and CJK is left out."""
    assert words("Straße, ＡＢＣ 我爱 don't x_y") == ["strasse", "abc", "don", "t", "x", "y"]


def test_languages_named_with_signs_stay_distinct() -> None:
    """Languages named with signs stay distinct."""
    assert words("C, C++ and C# (not a+b)") == ["c", "cplusplus", "and", "csharp", "not", "a", "b"]


def test_vowel_signs_do_not_split_hindi_words() -> None:
    """Vowel signs do not split Hindi words."""
    assert words("हिन्दी में") == ["हिन्दी", "में"]


def test_runs_of_cjk_become_pairs_and_lone_characters_stay() -> None:
    """Runs of CJK become pairs and lone characters stay."""
    assert bigrams("机器学习, 我 カタカナ") == ["机器", "器学", "学习", "我", "カタ", "タカ", "カナ"]
    assert terms("用Python写") == ["python", "用", "写"]


def test_quoting_leaves_no_operator() -> None:
    """Quoting leaves no operator."""
    assert phrase('a"b* OR (c\x00') == '"a b or c"'
    assert phrase("?!") == ""


@given(st.text())
def test_terms_of_terms_are_the_terms(text: str) -> None:
    """Terms of terms are the terms."""
    for term in words(text):
        assert words(term) == [term]
    for term in bigrams(text):
        assert bigrams(term) == [term]


@given(st.text())
def test_words_are_runs_of_letters_marks_and_numbers(text: str) -> None:
    """Character by character: what Unicode calls a letter, a mark or a number and is not CJK belongs to a word."""

    def kind(character: str) -> str:
        if bigrams(character):
            return "cjk"
        return "word" if unicodedata.category(character)[0] in "LNM" else "gap"

    runs = ["".join(characters) for each, characters in groupby(fold(text), key=kind) if each == "word"]
    assert words(text) == [run[:64] for run in runs]


def test_a_plural_is_found_by_its_singular() -> None:
    """The index and the question take the s off; words that only end in one like it keep theirs apart."""
    assert indexed_words("Skills, companies and a boss") == ["skill", "company", "and", "a", "boss"]
    assert phrase("skills") == phrase("Skill")
    assert words("Skills") == ["skills"]
