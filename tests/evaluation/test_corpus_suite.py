"""The suite over the starter corpus: what counts as cited, what as wrong, and which home each question is put to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from invented_digests import CHINESE, ENGLISH, SPANISH, write_corpus

from bot.corpus.questions import read_questions
from bot.evaluation.suite import find_suites
from bot.evaluation.suites import corpus
from bot.evaluation.suites.corpus import ACROSS, ASKS, UNKNOWN, Asking, Outcome, askings, rows, translations_alone, worst

if TYPE_CHECKING:
    from pathlib import Path

ASKED = Asking(row=ASKS, digest="nora", language="en", question="how do I learn to mend robot arms?")
CITED = Outcome(asking=ASKED, answered=True, cited=("ida", "nora"), found=("nora",))
MISSED = replace(CITED, cited=("ida",))
LOST = replace(CITED, cited=("ida",), found=("ida", "ida"))
REFUSED = replace(CITED, answered=False, cited=())
UNANSWERED = replace(REFUSED, asking=replace(ASKED, row=UNKNOWN))
ANSWERED = replace(UNANSWERED, answered=True, cited=("ida", "ida"), text="Ida says so.")


def test_every_question_of_the_list_is_asked(tmp_path: Path) -> None:
    """English ones, those in another language with that language, and the one without an answer."""
    asked = askings(read_questions(write_corpus(tmp_path)).values())
    assert [(one.row, one.language) for one in asked] == [(ASKS, "en"), (ASKS, "en"), (ACROSS, "es"), (UNKNOWN, "en")]
    assert {one.digest for one in asked} == {"nora-vale-2019"}


def test_a_citation_counts_wherever_it_stands() -> None:
    """First or not makes two figures; a refusal cites nothing."""
    (row,) = rows([CITED, MISSED, REFUSED, LOST])
    assert (row.name, row.count) == (ASKS, 4)
    assert row.figures == {"cited": 0.25, "cited_first": 0.0, "answered": 0.75, "found": 0.75}


def test_other_languages_have_rows_of_their_own() -> None:
    """Beside the row of all of them."""
    spanish = replace(CITED, asking=replace(ASKED, row=ACROSS, language="es"))
    chinese = replace(MISSED, asking=replace(ASKED, row=ACROSS, language="zh"))
    assert {row.name: row.figures["cited"] for row in rows([spanish, chinese])} == {ACROSS: 0.5, "in es": 1.0, "in zh": 0.0}


def test_refusals_are_right_where_no_digest_answers() -> None:
    """Their row has this figure alone."""
    (row,) = rows([UNANSWERED, ANSWERED])
    assert row.figures == {"refused": 0.5}


def test_the_worst_comes_first_and_says_what_was_cited_instead() -> None:
    """What the search missed, then answers that should be refusals, then what was found but not cited."""
    cases = worst([CITED, MISSED, UNANSWERED, ANSWERED, REFUSED, LOST])
    assert [case.wrong for case in cases] == [
        "cites ida; the search gives ida",
        "answered from ida: Ida says so.",
        "cites ida",
        "refused",
    ]


def test_a_home_without_the_english_digests_holds_the_translations(tmp_path: Path) -> None:
    """So that an English question has to be answered across languages."""
    folder, target = write_corpus(tmp_path / "corpus"), tmp_path / "alone"
    target.mkdir()
    names = {CHINESE.removesuffix(".md"): ENGLISH, SPANISH.removesuffix(".md"): ENGLISH}
    copied = translations_alone(folder, names, target)
    assert {path.name for path in copied.iterdir()} == {CHINESE, SPANISH}


def test_the_suite_needs_no_evaluation_texts() -> None:
    """The corpus comes with the code; its targets are rows that the suite has."""
    (suite,) = find_suites(["corpus"])
    assert not suite.needs_data
    assert {target.row for target in suite.targets} == {ASKS, ACROSS, corpus.OVER_TRANSLATIONS, UNKNOWN}
