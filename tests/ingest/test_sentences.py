"""Sentences end where a reader would say they do. All texts here are invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sentences import MINIMUM_WORDS, split, word_count


def sentences(text: str) -> list[str]:
    """Return the sentences of a text."""
    return [span.of(text) for span in split(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I like maps. They show me roads.", ["I like maps.", "They show me roads."]),
        (
            "Tools, e.g. Emacs or vi, help. Dr. Ada Bell of the U.S. office agrees!",
            ["Tools, e.g. Emacs or vi, help.", "Dr. Ada Bell of the U.S. office agrees!"],
        ),
        ("It grew 3.5 times in May. See No. 5 for more on that.", ["It grew 3.5 times in May.", "See No. 5 for more on that."]),
        ("J. R. Hartwell wrote it down. Then he went home.", ["J. R. Hartwell wrote it down.", "Then he went home."]),
        ("We sold pens, ink, etc. The shop did well.", ["We sold pens, ink, etc.", "The shop did well."]),
        ("We sold pens, ink, etc. until the shop closed.", ["We sold pens, ink, etc. until the shop closed."]),
        ("Well … it was late … so I slept. Next day I rose.", ["Well … it was late … so I slept.", "Next day I rose."]),
        ("She said “never give up.” Then she left us.", ["She said “never give up.”", "Then she left us."]),
        ("Is that so? Yes, it surely is. (It was a test.)", ["Is that so?", "Yes, it surely is.", "(It was a test.)"]),
        (
            "Read https://example.org/a.b?c=d today. It is short enough.",
            ["Read https://example.org/a.b?c=d today.", "It is short enough."],
        ),
        ("1. Buy a good desk. Sit at it daily.", ["1. Buy a good desk.", "Sit at it daily."]),
        ("“Why me?” she asked them. Nobody answered her that.", ["“Why me?” she asked them.", "Nobody answered her that."]),
        ("Pens\n\nPaper and ink\nWater", ["Pens", "Paper and ink", "Water"]),
    ],
)
def test_latin_sentences(text: str, expected: list[str]) -> None:
    """Abbreviations, initials, decimals, ellipses, quotes, links and item numbers do not end sentences by themselves."""
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "我喜欢画地图和看书。你为什么不喜欢呢？因为它太难了！",
            ["我喜欢画地图和看书。", "你为什么不喜欢呢？", "因为它太难了！"],
        ),
        ("他说：“我们明天就要出发。”然后他走了出去。", ["他说：“我们明天就要出发。”", "然后他走了出去。"]),
        ("数据不够等原因。，我们只好停下来了。", ["数据不够等原因。，我们只好停下来了。"]),
        ("一切都会好的吗?我想会的，你也这么想。", ["一切都会好的吗?", "我想会的，你也这么想。"]),
        ("生活很难…但是我们还在努力工作。", ["生活很难…但是我们还在努力工作。"]),
        ("昨日は雨が降りました。今日は晴れています。", ["昨日は雨が降りました。", "今日は晴れています。"]),
        ("Я люблю рисовать карты. Он работает в г. Туле и т.д.", ["Я люблю рисовать карты.", "Он работает в г. Туле и т.д."]),
        ("هل تحب الخرائط القديمة؟ نعم أحبها كثيرا جدا.", ["هل تحب الخرائط القديمة؟", "نعم أحبها كثيرا جدا."]),
        ("मुझे नक्शे बहुत पसंद हैं। वे मुझे रास्ता दिखाते हैं।", ["मुझे नक्शे बहुत पसंद हैं।", "वे मुझे रास्ता दिखाते हैं।"]),
    ],
)
def test_other_scripts(text: str, expected: list[str]) -> None:
    """Full stops of Chinese, Japanese, Cyrillic, Arabic and Devanagari texts end sentences, closing quotes included."""
    assert sentences(text) == expected


def test_fragments_join_their_neighbour() -> None:
    """A fragment of fewer than three words goes with the sentence after it, or before it at the end of a line."""
    assert sentences("Thanks! Yes. I did enjoy the work. Truly.") == ["Thanks! Yes. I did enjoy the work. Truly."]
    assert sentences("Truly. Yes.") == ["Truly. Yes."]


def test_word_count_halves_ideographs() -> None:
    """Two Chinese characters weigh as much as one word."""
    assert word_count("four words stand here") == 4
    assert word_count("我们喜欢 Python") == 3
    assert word_count("don't re-use 3.5 — ever") == 4


@given(st.text(alphabet=st.sampled_from('ab Zi.!?…。！？；”") \n\t12,e.g是的ه؟।'), max_size=120))
def test_spans_cover_all_words_in_order(text: str) -> None:
    """Spans never overlap, start and end on ink, and leave nothing but white space out."""
    spans = split(text)
    end = 0
    for span in spans:
        assert not text[end : span.start].strip()
        assert span.of(text) == span.of(text).strip() != ""
        end = span.end
    assert not text[end:].strip()


@given(
    st.lists(st.sampled_from(["One two three four.", "No.", "Yes, it is?", "是的。", "我们喜欢看书。"]), min_size=1, max_size=8)
)
def test_only_a_whole_line_may_be_a_fragment(parts: list[str]) -> None:
    """Where a line holds more than one sentence, each has the minimum of words."""
    spans = split(text := " ".join(parts))
    assert len(spans) == 1 or all(word_count(span.of(text)) >= MINIMUM_WORDS for span in spans)
