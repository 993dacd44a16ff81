"""What the verifier promises beyond the list of pairs. All quotes and people are invented, but for three agreed examples."""

from __future__ import annotations

import re
import sys
import time
from functools import cache
from statistics import median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from verifier_pairs import HELD_OUT, PAIRS, accepts, cases

from bot.verify import Reason, Subject, verify

ANA = Subject(name="Ana Ruiz")
_MODALS = ("should", "must", "can", "might", "would", "will", "could")
_MILLISECONDS_A_PAIR = 5


def reasons(claim: str, quote: str, *, subject: Subject = ANA, language: str = "en") -> tuple[Reason, ...]:
    """Return why a claim is refused."""
    return verify(claim, quote, subject=subject, language=language).reasons


@cache
def accepted_english() -> list[tuple[dict[str, Any], str]]:
    """List the good English claims that are kept."""
    return [
        (case, claim)
        for name in (PAIRS, HELD_OUT)
        for case in cases(name)
        if case["language"] == "en"
        for claim in case["good"]
        if accepts(case, claim)
    ]


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_adding_or_removing_not_is_refused(data: st.DataObject) -> None:
    """An accepted claim with a "not" put in anywhere, or its own taken out, is refused."""
    case, claim = data.draw(st.sampled_from(accepted_english()))
    words = claim.split()
    negated = [n for n, word in enumerate(words) if word in {"not", "never"}]
    remove = data.draw(st.booleans())
    if negated and remove:
        del words[data.draw(st.sampled_from(negated))]
    else:
        words.insert(data.draw(st.integers(1, len(words) - 1)), "not")
    assert not accepts(case, " ".join(words))


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_changing_a_digit_is_refused(data: st.DataObject) -> None:
    """An accepted claim with one digit changed is refused."""
    case, claim = data.draw(st.sampled_from([pair for pair in accepted_english() if re.search(r"\d", pair[1])]))
    places = [match.start() for match in re.finditer(r"\d", claim)]
    place = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from([d for d in "123456789" if d != claim[place]]))
    assert not accepts(case, claim[:place] + digit + claim[place + 1 :])


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_replacing_a_modal_is_refused(data: st.DataObject) -> None:
    """An accepted claim with a modal verb replaced by another is refused."""
    pairs = [pair for pair in accepted_english() if set(pair[1].split()) & set(_MODALS)]
    case, claim = data.draw(st.sampled_from(pairs))
    words = claim.split()
    place = data.draw(st.sampled_from([n for n, word in enumerate(words) if word in _MODALS]))
    words[place] = data.draw(st.sampled_from([modal for modal in _MODALS if modal != words[place]]))
    assert not accepts(case, " ".join(words))


_NAMES = ("Nokia", "Ericsson", "Google", "Amazon", "Python", "Rust", "Berlin", "Zurich", "Anna", "Boris", "Clara", "Ana", "Kim")


@given(names=st.lists(st.sampled_from(_NAMES), min_size=2, max_size=2, unique=True), number=st.integers(2, 2050))
def test_swapping_two_names_is_refused(names: list[str], number: int) -> None:
    """Whatever the names, the claim that says them in the other order is refused."""
    first, second = names
    quote = f"I moved from {first} to {second} in {number} because {first} was closing its office."
    claim = f"Tom Weller moved from {first} to {second} in {number} because {first} was closing its office."
    swapped = f"Tom Weller moved from {second} to {first} in {number} because {second} was closing its office."
    tom = Subject(name="Tom Weller")
    assert verify(claim, quote, subject=tom, language="en").accepted
    assert not verify(swapped, quote, subject=tom, language="en").accepted


@given(
    who=st.sampled_from(["Boris", "The manager", "Every engineer", "A good mentor"]),
    verb=st.sampled_from(["wrote", "reviews", "can explain", "did not read", "has never liked"]),
    what=st.sampled_from(["the report", "forty papers a year", "her own code", "some of the tests"]),
)
def test_a_third_person_sentence_restates_itself(who: str, verb: str, what: str) -> None:
    """The words of a quote that has no first person are accepted as they stand."""
    sentence = f"{who} {verb} {what}."
    assert verify(sentence, sentence, subject=ANA, language="en").accepted


@pytest.mark.parametrize(
    ("quote", "claim"),
    [
        (
            "I picked carpentry as my way into furniture design because carpentry seemed to be rather simple",
            "Ben Hill picked carpentry as his way into furniture design because it seemed rather simple.",
        ),
        (
            "Read old plans. There are lots to be learned from careful drawings",
            "Ben Hill recommends reading old plans, since there is a lot to be learned from careful drawings.",
        ),
        ("Don't hesitate to spend money on sharp tools", "Ben Hill advises not hesitating to spend money on sharp tools."),
    ],
)
def test_the_agreed_examples_are_kept(quote: str, claim: str) -> None:
    """Three restatements that any verifier here must keep."""
    assert verify(claim, quote, subject=Subject(name="Ben Hill"), language="en").accepted


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("Ana Ruiz did not write two books in 2019.", Reason.NEGATION),
        ("Ana Ruiz wrote three books in 2019.", Reason.NUMBER),
        ("Ana Ruiz wrote two books with Boris in 2019.", Reason.NAME),
        ("I wrote two books in 2019.", Reason.PERSON),
        ("Ana Ruiz writes two books in 2019.", Reason.TENSE),
        ("Ana Ruiz wrote two excellent books in 2019.", Reason.ADDED),
        ("Ana Ruiz wrote at least two books in 2019.", Reason.QUANTITY),
        ("Ana Ruiz might write two books in 2019.", Reason.MODALITY),
        ("Ana Ruiz probably wrote two books in 2019.", Reason.CERTAINTY),
        ("Ana Ruiz wrote two **books** in 2019.", Reason.MARKUP),
        ("Ana Ruiz wrote two books in 2019 [3].", Reason.MARKUP),
        ("Ana Ruiz escribió dos libros en 2019.", Reason.ADDED),
        ("安娜在2019年写了两本书。", Reason.LANGUAGE),
        ("Ana Ruiz wrote two books in", Reason.GRAMMAR),
        ("Ana Ruiz wrote two books." + " She wrote them well." * 30, Reason.LENGTH),
        ("", Reason.LENGTH),
    ],
)
def test_reasons_name_what_is_wrong(claim: str, reason: Reason) -> None:
    """Each kind of error is called by its name."""
    assert reason in reasons(claim, "I wrote two books in 2019.")


def test_a_language_without_data_is_refused() -> None:
    """Nothing is shown in a language whose checks do not exist."""
    assert reasons("Ana Ruiz.", "Ana Ruiz.", language="xx") == (Reason.UNSUPPORTED_LANGUAGE,)


def test_another_language_is_refused() -> None:
    """A claim must be in the language that was asked for, and so must the quote."""
    spanish = "Ana Ruiz dice que no es necesario para la mayoría de los trabajos."
    assert Reason.LANGUAGE in reasons(spanish, spanish)


def test_pronouns_known_to_be_wrong_are_refused() -> None:
    """Where the pronouns of a person are known, others are not let through, and two sets never are."""
    quote = "I sold my shop because I was tired."
    her = Subject(name="Ana Ruiz", pronouns=("she",))
    assert verify("Ana Ruiz sold her shop because she was tired.", quote, subject=her, language="en").accepted
    assert reasons("Ana Ruiz sold his shop because he was tired.", quote, subject=her) == (Reason.SUBJECT,)
    assert reasons("Ana Ruiz sold his shop because she was tired.", quote) == (Reason.SUBJECT,)


def test_aliases_name_the_speaker() -> None:
    """A claim may use the other names of a person, or one part of the name."""
    subject = Subject(name="Ana Ruiz", aliases=("La Jefa",))
    for name in ("Ana", "Ruiz", "La Jefa"):
        assert verify(f"{name} sold a shop.", "I sold a shop.", subject=subject, language="en").accepted


def test_a_quoted_first_person_is_somebody_elses() -> None:
    """Inside quotation marks words stay as they are, and the "I" in them is not the speaker."""
    quote = 'My teacher said "I never stop" every morning.'
    assert verify('Ana Ruiz\'s teacher said "I never stop" every morning.', quote, subject=ANA, language="en").accepted
    assert not verify("Ana Ruiz's teacher said she never stops every morning.", quote, subject=ANA, language="en").accepted


def test_what_follows_may_not_be_lost_when_it_takes_something_back() -> None:
    """A later sentence may be left out, but not one that limits the first."""
    claim = "Ana Ruiz sold her shop."
    assert verify(claim, "I sold my shop. The winter was cold.", subject=ANA, language="en").accepted
    assert not verify(claim, "I sold my shop. But only half of it.", subject=ANA, language="en").accepted
    assert not verify(claim, "I sold my shop. That is not quite true.", subject=ANA, language="en").accepted


@pytest.mark.skipif(sys.gettrace() is not None, reason="a tracer (coverage, debugger) slows every line")
def test_a_pair_takes_little_time() -> None:
    """Verifying takes less than five milliseconds of processor time for a typical pair."""
    pairs = [(case, claim) for case in cases(PAIRS) for claim in [*case["good"], *(bad for _, bad in case["bad"])]]
    accepts(*pairs[0])
    times = []
    for case, claim in pairs:
        started = time.process_time()
        accepts(case, claim)
        times.append(time.process_time() - started)
    assert median(times) * 1000 < _MILLISECONDS_A_PAIR
