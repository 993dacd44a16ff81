"""Quotes are exact, whole, and from many people."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented_corpus import FILES, SAME, BilingualEmbedder, ingest_texts
from invented_values import question

from bot import evidence
from bot.evidence import PER_SOURCE, SAME_SOURCE_PENALTY, people_of, select
from bot.people import find_mentions
from bot.retrieve import retrieve
from ingest.home import Home
from ingest.index.reader import open_index
from ingest.language import detect

if TYPE_CHECKING:
    from pathlib import Path

    from bot.values import Evidence
    from ingest.index.reader import Index

ASKED = (
    "How did you become a robotics engineer?",
    "What hardware do you use?",
    "Do I need a PhD?",
    "How does Tove Lund find mentors?",
    "你是怎么成为机器人工程师的？",
    "sonar pictures of a sailing drone",
    "Remote work on an island",
)
WORDS = sorted({word for text in FILES.values() for word in text.split() if word.isalpha()})


def choose(text: str, index: Index, *, limit: int = 9) -> tuple[Evidence, ...]:
    """Choose evidence for `text`."""
    asked_in = detect(text, among=("en", "zh"))
    asked = question(text, language=asked_in, asked_in=asked_in)
    return select(asked, retrieve(asked, index, BilingualEmbedder(), find_mentions(text, index)), index, limit=limit)


def check(evidence: tuple[Evidence, ...], index: Index) -> None:
    """Hold every quote against its document."""
    for item in evidence:
        text = index.document(item.source.id).text
        assert text[item.span.start : item.span.end] == item.quote
        assert item.passage.span.contains(item.span)
        assert item.quote == item.quote.strip() != ""
        assert "\n" not in item.quote
        for segment in index.segments(item.source.id):
            if segment.is_question or segment.is_heading or segment.role.value == "interviewer":
                assert not segment.span.overlaps(item.span)


@pytest.mark.parametrize("asked", ASKED)
def test_quotes_are_exact_slices(asked: str, index: Index) -> None:
    """A quote is the document's own characters, within one paragraph, never a question, a heading or the interviewer's."""
    evidence = choose(asked, index)
    assert evidence
    check(evidence, index)


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_quotes_are_exact_whatever_is_asked(index: Index, words: list[str]) -> None:
    """The same holds for any question."""
    check(choose(" ".join(words), index), index)


@pytest.mark.parametrize("asked", ASKED)
def test_no_words_twice_and_no_source_alone(asked: str, index: Index) -> None:
    """Quotes do not overlap, and an interview with its translations gives only so many."""
    evidence = choose(asked, index, limit=12)
    assert len({(item.source.id, item.span) for item in evidence}) == len(evidence)
    for one in evidence:
        assert not any(one is not other and one.source == other.source and one.span.overlaps(other.span) for other in evidence)
    families = Counter(item.source.translation_of or item.source.id for item in evidence)
    assert max(families.values()) <= PER_SOURCE


@pytest.mark.parametrize("asked", ASKED)
def test_an_idea_in_two_languages_is_chosen_once(asked: str, index: Index) -> None:
    """No sentence is chosen beside its own translation."""
    quotes = [item.quote for item in choose(asked, index, limit=12)]
    for english, chinese in SAME:
        assert sum(english in quote or chinese in quote for quote in quotes) <= 1


def reference(text: str, index: Index, limit: int) -> list[tuple[str, str]]:
    """Choose as the rule says it, word for word: again and again the best of all sentences, less what was taken already."""
    asked_in = detect(text, among=("en", "zh"))
    asked = question(text, language=asked_in, asked_in=asked_in)
    found = retrieve(asked, index, BilingualEmbedder(), find_mentions(text, index))
    opened = [evidence._open(one, index) for one in evidence._mixed(found.candidates, index, frozenset(), several=False)]
    left = sorted(evidence._score_sentences(asked, found, opened, index), key=lambda item: -item.score)
    scores = {item.place: item.score for item in left}
    chosen: list[Evidence] = []
    taken: Counter[str] = Counter()
    while left and len(chosen) < limit:
        best = max(left, key=lambda item: item.score - evidence._penalty(item.opened, taken, SAME_SOURCE_PENALTY))
        left.remove(best)
        quote = evidence._quote(best, scores, index)
        family = quote.source.translation_of or quote.source.id
        if taken[family] < PER_SOURCE and not any(evidence._same_idea(quote, other, index) for other in chosen):
            chosen.append(quote)
            taken.update((family, quote.passage.id))
    return [(item.source.id, item.quote) for item in chosen]


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8), st.integers(0, 14))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_quick_choice_is_the_plain_one(index: Index, words: list[str], limit: int) -> None:
    """Looking only at the first sentence of each passage chooses what looking at all of them would."""
    text = " ".join(words)
    assert [(item.source.id, item.quote) for item in choose(text, index, limit=limit)] == reference(text, index, limit)


PLACED = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 6)), max_size=30)
"""Passage and score in quarters of a sentence: few of either, so that many are equal."""


@given(PLACED, st.integers(0, 12))
def test_equals_come_in_the_order_of_the_scores(placed: list[tuple[int, int]], limit: int) -> None:
    """Among equals the quick choice takes the one that stands first, as the plain one does, and full sources are left out."""
    quick, plain = Counter[str](), Counter[str]()
    scored = sorted((sentence(*each, place) for place, each in enumerate(placed)), key=lambda item: -item.score)
    first: list[int] = []
    for best in evidence._best_first(scored, quick, SAME_SOURCE_PENALTY):
        if len(first) == limit:
            break
        first.append(best.position)
        quick.update((best.opened.family, best.opened.passage.id))
    left, again = list(scored), list[int]()
    while left and len(again) < limit:
        best = max(left, key=lambda item: item.score - evidence._penalty(item.opened, plain, SAME_SOURCE_PENALTY))
        left.remove(best)
        if plain[best.opened.family] < PER_SOURCE:
            again.append(best.position)
            plain.update((best.opened.family, best.opened.passage.id))
    assert first == again


def sentence(passage: int, quarters: int, place: int) -> evidence._Scored:
    """Return a made-up sentence; two passages share a source, and passages 0 and 5 have the same words in two sources."""
    stored = SimpleNamespace(key=passage, passage=SimpleNamespace(id=f"passage {passage % 5}"))
    opened = SimpleNamespace(candidate=SimpleNamespace(stored=stored), family=f"source {passage // 2}", passage=stored.passage)
    return evidence._Scored(opened=opened, position=place, score=quarters / 4)  # type: ignore[arg-type]


def test_the_limit_holds(index: Index) -> None:
    """No more quotes than asked for, and none is none."""
    assert len(choose(ASKED[1], index, limit=2)) == 2
    assert choose(ASKED[1], index, limit=0) == ()


def test_one_interview_does_not_crowd_out_the_others(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one source and its translations only so many passages are looked into, unless the question names its person."""
    text = "How did Nora Vale become a robotics engineer?"
    asked, mentioned = question(text), find_mentions(text, index)
    found = retrieve(asked, index, BilingualEmbedder(), mentioned).candidates
    monkeypatch.setattr(evidence, "SHARED", 0)
    families = Counter(evidence._family(one, index) for one in evidence._mixed(found, index, frozenset(), several=False))
    assert max(families.values()) == evidence.FEWEST_OF_ONE
    free = Counter(evidence._family(one, index) for one in evidence._mixed(found, index, mentioned.source_ids, several=False))
    assert max(free.values()) > evidence.FEWEST_OF_ONE


def test_a_quote_brings_along_what_it_leans_on(tmp_path: Path) -> None:
    """A sentence that opens with "That" is not quoted without the one before it. The text is invented."""
    told = "I count the rivets of every bridge twice. That is how I found the crack in the northern pier."
    text = f"---\ntitle: Rivets\nauthor: Zora Lind\nlanguage: en\n---\n\n{told}\n"
    with open_index(Home(ingest_texts(tmp_path, {"rivets.md": text}))) as index:
        assert [item.quote for item in choose("crack in the northern pier", index, limit=1)] == [told]


def test_advice_comes_first_where_advice_is_asked_for(tmp_path: Path) -> None:
    """Of two sentences on the same words, "should I" finds the one that tells what to do; "did she" does not ask for it.

    The text is invented.
    """
    told = "Ships and ropes were the whole of my work for years.", "Try working with ropes on old ships before you buy any."
    text = f"---\ntitle: Ropes\nauthor: Zora Lind\nlanguage: en\n---\n\n{told[0]}\n\n{told[1]}\n"
    with open_index(Home(ingest_texts(tmp_path, {"ropes.md": text}))) as index:
        plain = {item.quote: item.score for item in choose("What work with ropes on ships did she do?", index)}
        asked = {item.quote: item.score for item in choose("What work with ropes on ships should I do?", index)}
    assert set(plain) == set(asked) == set(told)
    assert asked[told[1]] - asked[told[0]] == pytest.approx(plain[told[1]] - plain[told[0]] + evidence.ADVICE_WEIGHT, abs=0.3)


def test_who_asks_for_several_hears_each_once(index: Index) -> None:
    """The first quotes of "what do people say" come from as many sources as can say something."""
    found = choose("What do people say about sonar pictures, remote work and mentors?", index, limit=3)
    assert len({item.source.translation_of or item.source.id for item in found}) == 3


def test_a_timed_quote_knows_its_second(index: Index) -> None:
    """A quote from a recording carries the second of its first sentence."""
    found = next(item for item in choose("label sonar pictures competitions", index) if item.source.id == "sailing-drones")
    assert found.second is not None
    assert found.second >= 1


KEEL = "I oil the keel of my boat every spring."
PARTED = f"""---
title: Keels
transcript:
- {{line: "{KEEL}", sec: 10, who: Zora}}
- {{line: "{KEEL} The mast can wait until the summer comes, and so can the sails and all of the ropes.", sec: 200, who: Zora}}
- {{line: "Nobody ever asked me why, but it keeps the worms away from the wood for a year or more.", sec: 210, who: Zora}}
- {{line: "My father taught me that when we still had the little yard down by the harbour wall.", sec: 215, who: Zora}}
---
"""
"""Made up; whoever asked between seconds 15 and 200 is not in the text."""


def test_a_quote_is_of_the_larger_part_of_an_interrupted_passage(tmp_path: Path) -> None:
    """Of the same words said before and after somebody else's, those of the longer answer are quoted, never across both."""
    with open_index(Home(ingest_texts(tmp_path, {"keels.md": PARTED}))) as index:
        (passage,) = index.passages(index.keys())
        assert [sentence.second for sentence in passage.passage.sentences][:2] == [10.0, 200.0]
        first, *others = choose("When do I oil the keel of my boat?", index)
        assert first.quote.startswith(KEEL)
        assert first.second == 200.0
        assert all(item.quote == KEEL or item.second != 10.0 for item in others)


def test_voices_are_the_people_who_speak(index: Index) -> None:
    """The people of the evidence are speakers, or the guests where no speaker is marked; interviewers never."""
    names = people_of(choose("sonar pictures of a sailing drone", index, limit=12))
    assert "Ravi Sand" in names
    assert not {"Mei Holt", "Piet Osk", "Uma Reed"} & set(names)
    assert len(set(names)) == len(names)


def test_an_empty_index_has_no_evidence(empty_index: Index) -> None:
    """Where nothing was found nothing is chosen."""
    assert choose("anything", empty_index) == ()
