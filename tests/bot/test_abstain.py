"""The decision to answer rises and falls with what speaks for and against it."""

from __future__ import annotations

import tomllib
from dataclasses import fields, replace
from typing import TYPE_CHECKING

import pytest
from invented_corpus import BilingualEmbedder
from invented_values import question

from bot.abstain import BESIDE, Signals, probability, read_signals, threshold, weighed, with_judgements
from bot.evidence import select
from bot.people import find_mentions
from bot.resources import data_file
from bot.retrieve import retrieve
from bot.values import Wording

if TYPE_CHECKING:
    from ingest.index.reader import Index

MIDDLING = Signals(similarity=0.84, standout=2.5, quoted=0.5, unknown=0.2, unknown_name=0.0)
JUDGED = replace(MIDDLING, judged_best=0.6, judged_second=0.5)


def signals_of(text: str, index: Index, *, asked_in: str = "en") -> Signals:
    """Read the signals of a question on the invented corpus."""
    asked = question(text, language=asked_in, asked_in=asked_in)
    mentioned = find_mentions(text, index)
    retrieval = retrieve(asked, index, BilingualEmbedder(), mentioned)
    return read_signals(asked, retrieval, select(asked, retrieval, index, limit=9), mentioned, index)


def test_the_file_of_weights_is_complete() -> None:
    """Each model weighs every signal it reads, and nothing else."""
    weights = tomllib.loads(data_file("abstention.toml").read_text(encoding="utf-8"))
    names = {field.name for field in fields(Signals)} - {"passages"} | {"size"}
    judged = names - {"told"}
    searched = {name for name in judged if not name.startswith("judged")}
    for name, read in (("told", names), ("judged", judged), ("unjudged", searched)):
        assert set(weights[name]) == read | {"bias"}
        assert set(weights[f"{name}_elsewhere"]) == read - {"similarity", "standout"} | {"bias"}
    assert 0 < threshold() < 1


@pytest.mark.parametrize("signals", [MIDDLING, JUDGED])
def test_it_is_a_probability(signals: Signals) -> None:
    """Whatever the signals, the result lies between 0 and 1."""
    for similarity in (-1.0, 0.0, 1.0, None):
        assert 0 <= probability(replace(signals, similarity=similarity)) <= 1


@pytest.mark.parametrize("signals", [MIDDLING, JUDGED])
def test_an_unknown_name_never_helps(signals: Signals) -> None:
    """A name that the corpus does not hold does not make an answer likelier."""
    assert probability(replace(signals, unknown_name=1.0)) <= probability(signals)


def test_the_models_judgement_counts() -> None:
    """The better the model finds the best quotes, the likelier an answer; certainty does not overflow."""
    sure = probability(replace(MIDDLING, judged_best=1.0, judged_second=1.0))
    against = probability(replace(MIDDLING, judged_best=0.0, judged_second=0.0))
    assert against < probability(JUDGED) < sure
    assert probability(replace(MIDDLING, judged_best=0.6)) >= probability(JUDGED)


def test_covered_and_uncovered_questions(index: Index) -> None:
    """A question in the words of the corpus is covered, one about something else is not, and that tells them apart."""
    known = signals_of("Which programming language should a beginner learn?", index)
    strange = signals_of("How do I knit alpaca jumpers from wool?", index)
    assert known.quoted > strange.quoted
    assert known.unknown < strange.unknown
    assert probability(known) > probability(strange)


def test_names_that_no_quote_is_about_are_noticed(index: Index) -> None:
    """A place or a firm that the best quotes and their sources do not speak of counts; a person of the source does not."""
    assert signals_of("What hardware does Nora Vale use?", index).unnamed == 0.0
    assert signals_of("What hardware does Nora Vale use at Carnegie Mellon?", index).unnamed == 0.5
    assert signals_of("What hardware do you use at Spotify?", index).unnamed == 1.0
    assert signals_of("What hardware do you use?", index).unnamed == 0.0


def test_a_quote_beside_the_names_counts_for_little(index: Index) -> None:
    """However well the model finds that it reads, a quote about somebody else does not answer."""

    def judged(text: str) -> Signals:
        asked = question(text, language="en", asked_in="en")
        evidence = select(asked, retrieve(asked, index, BilingualEmbedder(), find_mentions(text, index)), index, limit=9)
        known = [item for item in evidence if item.source.people and item.passage.marked_speakers]
        told = [(item, 0.9 if item.source.people[0].name == "Nora Vale" else 0.8) for item in known]
        assert {found for _, found in told} == {0.9, 0.8}
        return with_judgements(MIDDLING, told, asked, index)

    assert judged("What hardware do you use?").judged_best == 0.9
    assert judged("What hardware does Omar Field use?").judged_best == 0.8
    assert judged("What hardware does Omar Field use at Spotify?").judged_best == BESIDE


def test_who_somebody_is_answers_little_else(index: Index) -> None:
    """The paragraph that introduces a person counts for little, unless that is what was asked."""
    asked = question("What hardware does Nora Vale use?", language="en", asked_in="en")
    retrieval = retrieve(asked, index, BilingualEmbedder(), find_mentions(asked.alone, index))
    quote = next(item for item in select(asked, retrieval, index, limit=9) if item.source.id == "nora-vale")
    introduction = replace(quote, passage=replace(quote.passage, question="Who is Nora Vale?"))
    judged = [(introduction, 0.9), (quote, 0.4)]
    assert weighed(judged, asked, index) == [(quote, 0.4), (introduction, BESIDE)]
    who = question("Who is Nora Vale?", language="en", asked_in="en")
    assert weighed(judged, who, index) == [(introduction, 0.9), (quote, 0.4)]


def test_names_are_looked_for_where_they_can_be_found(index: Index) -> None:
    """A translation may write them otherwise, and captions mishear them: there a missing name proves nothing."""
    asked = question("What hardware does Nora Vale use at Spotify?", language="en", asked_in="en")
    retrieval = retrieve(asked, index, BilingualEmbedder(), find_mentions(asked.alone, index))
    quote = next(item for item in select(asked, retrieval, index, limit=9) if item.source.id == "nora-vale")
    captions = replace(quote, passage=replace(quote.passage, marked_speakers=False))
    assert [found for _, found in weighed([(quote, 0.9)], asked, index)] == [BESIDE]
    assert [found for _, found in weighed([(captions, 0.9)], asked, index)] == [0.9]
    spanish = replace(asked, pivot=Wording(language="es", alone=asked.alone, search_text=""), asked_in="es")
    assert [found for _, found in weighed([(quote, 0.9)], spanish, index)] == [0.9]


def test_an_amount_asked_for_has_to_be_in_the_quote(index: Index) -> None:
    """A quote without one counts for little, whatever the others hold."""
    asked = question("How many oscilloscopes has Nora Vale?", language="en", asked_in="en")
    retrieval = retrieve(asked, index, BilingualEmbedder(), find_mentions(asked.alone, index))
    quote = next(item for item in select(asked, retrieval, index, limit=9) if item.source.id == "nora-vale")
    told, untold = replace(quote, quote="My workbench has two of them."), replace(quote, quote="I like my workbench.")
    assert weighed([(untold, 0.9), (told, 0.5)], asked, index) == [(told, 0.5), (untold, BESIDE)]


def test_the_stricter_reading_counts() -> None:
    """What the best quote tells by the stricter reading makes an answer likelier."""
    assert (
        probability(replace(JUDGED, told=0.01))
        < probability(replace(JUDGED, told=0.5))
        < probability(replace(JUDGED, told=0.99))
    )


def test_what_was_not_judged_is_not_known(index: Index) -> None:
    """A model that cannot say leaves the signals as the search found them."""
    assert with_judgements(MIDDLING, [], question("What hardware do you use?"), index) == MIDDLING


def test_an_acronym_is_spoken_of_where_its_words_are(index: Index) -> None:
    """Who asks for a PhD or a GPU names no firm: a text may call them by other words."""
    assert signals_of("Do I need a PhD to become a robotics engineer?", index).unnamed == 0.0
    assert signals_of("Which GPU does Nora Vale use?", index).unnamed <= 0.5
    assert signals_of("Do I need the XYZ to become a robotics engineer?", index).unnamed == 1.0


def test_an_example_is_no_condition(index: Index) -> None:
    """Quotes on other firms may answer what is asked about "a firm like Spotify" too."""
    assert signals_of("How do I find a robotics job at Spotify?", index).unnamed == 1.0
    assert signals_of("How do I find a robotics job at a firm like Spotify?", index).unnamed == 0.0


def test_capitals_of_german_nouns_are_no_names(index: Index) -> None:
    """In German they prove nothing, unless the question was put into English."""
    plain = question("Welche Werkzeuge nutzt man bei Spotify?", language="de", asked_in="de")
    english = Wording(language="en", alone="Which tools do they use at Spotify?", search_text="tools")
    mentioned = find_mentions(plain.text, index, language="de")
    for asked, unnamed in ((plain, 0.0), (replace(plain, pivot=english), 1.0)):
        retrieval = retrieve(asked, index, BilingualEmbedder(), mentioned)
        evidence = select(asked, retrieval, index, limit=9)
        assert read_signals(asked, retrieval, evidence, mentioned, index).unnamed == unnamed


def test_names_are_noticed(index: Index) -> None:
    """Only an unknown name is a signal."""
    assert signals_of("What does Mary Poppins use?", index).unknown_name == 1.0
    assert signals_of("What does Nora use?", index).unknown_name == 0.0


def test_another_language_says_nothing_about_words(index: Index) -> None:
    """Words cannot be compared across languages: coverage is undecided and nothing counts as unknown."""
    signals = signals_of("Welche Hardware benutzt du zu Hause?", index, asked_in="de")
    assert (signals.quoted, signals.unknown) == (0.5, 0.0)


def test_an_empty_index_has_no_signals(empty_index: Index) -> None:
    """Nothing found covers nothing."""
    signals = signals_of("anything", empty_index)
    assert (signals.quoted, signals.unknown) == (0.5, 0.0)


def test_similarities_count_only_for_the_embedder_they_were_fitted_with(index: Index) -> None:
    """Cosines of another model mean something else: they are left out, and other weights count."""
    assert signals_of("Which programming language should a beginner learn?", index).similarity is None


@pytest.mark.parametrize("signals", [MIDDLING, JUDGED])
def test_size_counts_only_within_what_was_fitted(signals: Signals) -> None:
    """A corpus larger than any that was measured is treated as the largest that was."""
    assert probability(replace(signals, passages=10**6)) == probability(replace(signals, passages=10**7))


def test_an_amount_that_no_quote_holds_speaks_against_an_answer() -> None:
    """Friendly words about somebody do not answer what their salary is."""
    assert probability(replace(JUDGED, absent=1.0)) < probability(JUDGED)


def test_a_thing_that_nothing_speaks_of_speaks_against_an_answer(index: Index) -> None:
    """Which certificate to get is not told by a passage that knows no certificates; hardware is spoken of."""
    assert signals_of("Which certificate does Nora Vale recommend?", index).unspoken == 1.0
    assert signals_of("Which hardware does Nora Vale use?", index).unspoken == 0.0
    assert probability(replace(JUDGED, unspoken=1.0)) < probability(JUDGED)
