"""Sentences are restated faithfully and made false in one way each. All sentences are invented."""

from __future__ import annotations

import pytest

from bot.evaluation.perturbing import CLASSES, perturb
from bot.evaluation.quotes import LANGUAGES, Said, sentences
from bot.evaluation.restating import restatements, rules
from bot.evaluation.suites.faithfulness import SUITE
from bot.verify import Subject, verify

SAID = "In 2014 most of my three sisters could not run faster than Oda Berg."


def said(text: str, language: str = "en", speaker: str = "Mara Lind") -> Said:
    """Return a sentence of an invented person."""
    return Said(text=text, speaker=speaker, language=language, origin="invented")


def claims(sentence: Said) -> list[str | None]:
    """Return every restatement of a sentence."""
    return [restate(sentence.text) for _, restate in restatements(sentence)]


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("I use a lathe that my uncle gave me.", "Mara Lind uses a lathe that {his} uncle gave {him}."),
        ("Well, I've always carried my own tools.", "Mara Lind has always carried {his} own tools."),
        ("I need a bench because I don't have one.", "Mara Lind needs a bench because {he} doesn't have one."),
        ("The lathe is older than the shop.", "says that the lathe is older"),
    ],
)
def test_the_first_person_becomes_the_third(text: str, claim: str) -> None:
    """Verbs and pronouns follow; what is nobody's own words is reported."""
    (found,) = claims(said(text))
    assert found is not None
    male = claim.format(his="his", him="him", he="he")
    female = claim.format(his="her", him="her", he="she")
    assert found in {male, female} or claim in found or "explains that the lathe" in found or "According to" in found


@pytest.mark.parametrize("text", ["I'd rather sew.", "I grokked it and run it.", "We and I like wool.", "You should sew more."])
def test_what_cannot_be_turned_safely_is_left_alone(text: str) -> None:
    """No claim is better than a wrong one."""
    assert claims(said(text)) in ([], [None])


@pytest.mark.parametrize("kind", CLASSES)
def test_every_class_changes_the_sentence_and_nothing_else_does(kind: str) -> None:
    """The same change is made every time."""
    changed = perturb(SAID, kind, "en", ["Tor Vang"], seed="a")
    assert changed is not None
    assert changed != SAID
    assert changed == perturb(SAID, kind, "en", ["Tor Vang"], seed="a")


def test_what_a_sentence_does_not_hold_cannot_be_changed() -> None:
    """A sentence without a number has no other number."""
    assert perturb("Wool is warm.", "number", "en", [], seed="a") is None
    assert perturb("Wool is warm.", "name", "en", ["Tor"], seed="a") is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_its_lists(language: str) -> None:
    """All classes that work by lists have some in every language."""
    assert all(rules(language)[name] for name in ("report", "negation", "modality", "comparison", "quantity", "added"))
    assert all(len(pair) == 2 for name in ("negation", "modality", "comparison", "quantity") for pair in rules(language)[name])


@pytest.mark.parametrize("language", ["fr", "pt", "ja"])
def test_the_verifier_tells_invented_sentences_from_false_copies(language: str) -> None:
    """Most faithful restatements are kept, and no false copy of those is."""
    kept, shown, total = 0, [], 0
    for sentence in sentences(None, language, most=100):  # type: ignore[arg-type]  # invented ones need no bench
        subject = Subject(name=sentence.speaker)
        for _, restate in restatements(sentence):
            claim = restate(sentence.text)
            if claim is None:
                continue
            total += 1
            if not verify(claim, sentence.text, subject=subject, language=language).accepted:
                continue
            kept += 1
            for kind in CLASSES:
                copy = perturb(sentence.text, kind, language, ["Ysolde"], seed=sentence.text)
                false = restate(copy) if copy else None
                if false and verify(false, sentence.text, subject=subject, language=language).accepted:
                    shown.append((kind, false))
    assert not shown
    assert kept / total >= 0.8


def test_the_targets_name_every_class() -> None:
    """No class can slip below its bound unseen."""
    assert {f"class: {kind}" for kind in CLASSES} <= {target.row for target in SUITE.targets}
