"""How many people speak to a question is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from invented_corpus import BilingualEmbedder
from invented_values import question

from bot.evidence import select
from bot.people import Mentioned
from bot.retrieve import retrieve
from bot.strings import LANGUAGES
from bot.topics import LONGEST, MOST, _topic_names, nearest_topics
from bot.values import Voices
from bot.voices import count_voices, describe

if TYPE_CHECKING:
    from ingest.index.reader import Index

ASKED = question("What hardware do you use at home?")


def test_people_are_counted_once_out_of_all(index: Index) -> None:
    """Several quotes of one person, in any language, are one voice of all whose words the corpus holds."""
    evidence = select(ASKED, retrieve(ASKED, index, BilingualEmbedder(), Mentioned()), index, limit=9)
    voices = count_voices(evidence, index)
    assert voices.speaking == len(voices.names) == len(set(voices.names))
    assert voices.of == 5
    assert count_voices((), index) == Voices(speaking=0, of=5, names=())


def test_the_count_is_a_sentence() -> None:
    """The sentence names the people; where nobody can be named there is none."""
    assert describe(Voices(speaking=1, of=3, names=("Kit",)), "en") == "1 of 3 people in the corpus speaks to this: Kit."
    assert describe(Voices(speaking=2, of=3, names=("Kit", "Bo")), "en").endswith("speak to this: Kit and Bo.")
    assert describe(Voices(speaking=0, of=3, names=()), "en") == ""


def test_topics_are_few_short_and_different(index: Index) -> None:
    """A refusal names up to three topics that the corpus covers, each once."""
    topics = nearest_topics(ASKED, retrieve(ASKED, index, BilingualEmbedder(), Mentioned()), index)
    assert 0 < len(topics) == len(set(topics)) <= MOST
    assert all(len(topic) <= LONGEST for topic in topics)
    assert any("hardware" in topic for topic in topics)


def test_topics_in_the_language_of_the_answer_come_first(index: Index) -> None:
    """Who reads Chinese is pointed to Chinese topics first."""
    asked = question("毛衣怎么织？", language="zh", asked_in="zh")
    topics = nearest_topics(asked, retrieve(asked, index, BilingualEmbedder(), Mentioned()), index)
    assert not topics[0].isascii()


def test_an_empty_index_covers_no_topic(empty_index: Index) -> None:
    """Nothing is offered where nothing is."""
    assert nearest_topics(ASKED, retrieve(ASKED, empty_index, BilingualEmbedder(), Mentioned()), empty_index) == ()


def test_named_topics_speak_the_askers_language() -> None:
    """Every topic of the starter corpus has a name in each language the bot speaks, so a refusal can be read."""
    assert all(set(names) == set(LANGUAGES) for names in _topic_names().values())
