"""A calibration finds out what a model can do, from what it says and not from its name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from scripted import ScriptedModel

from bot.abilities import Ability
from bot.calibration.cases import Cases, Kept, load_cases
from bot.calibration.identity import Identity
from bot.calibration.judging import AREA, Judged, decide, judge_all, spread, together
from bot.calibration.measure import calibrate
from bot.calibration.watched import Watched
from bot.calibration.writing import condensing, prose, restating, translating
from bot.errors import ModelError
from bot.strings import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.calibration.record import Measured
    from bot.llm import Prompt

CASES = load_cases()
IDENTITY = Identity(name="invented", fingerprint="f" * 64)
ANSWERS = frozenset(quote for case in CASES.judge for quote in case.answers)
RESTATED = {
    "moved to Bergen": "Mira Holt moved to Bergen in 2012 because her aunt ran a small sail shop there.",
    "degree in chemistry": "Mira Holt never finished her degree in chemistry.",
    "learn SQL first": "Otto Brandt advises learning SQL first, and then maybe some Python.",
    "fifty companies": "Otto Brandt advises not sending the same letter to fifty companies.",
}
"""What a good model makes of quotes in the file."""


def only(language: str) -> Cases:
    """Return the cases of one language."""
    return Cases(
        judge=tuple(case for case in CASES.judge if case.language == language),
        restate=tuple(case for case in CASES.restate if case.language == language),
        condense=tuple(case for case in CASES.condense if case.language == language),
        translate=tuple(case for case in CASES.translate if case.language == language),
        prose=tuple(case for case in CASES.prose if case.language == language),
    )


def says_yes(prompt: Prompt) -> float:
    """Give quotes that answer better odds, as a good judge does."""
    return 0.6 if any(f": {quote}\nQuestion:" in prompt.asked for quote in ANSWERS) else 0.2


def by_mark(answers: dict[str, str]) -> Callable[[Prompt], str]:
    """Reply with the text whose mark the prompt holds."""
    return lambda prompt: next((text for mark, text in answers.items() if mark in prompt.asked), "")


def on(measured: list[Measured]) -> dict[str, bool]:
    """Return what is on by language."""
    return {item.language: item.on for item in measured}


def test_every_language_is_judged_and_searched_in() -> None:
    """The file holds cases in all languages that the bot answers in, as far as an ability is of use there."""
    assert {case.language for case in CASES.judge} == set(LANGUAGES)
    assert {case.language for case in CASES.condense} == set(LANGUAGES)
    assert {case.language for case in CASES.translate} == set(LANGUAGES) - {"en"}


def test_marks_fit_their_cases() -> None:
    """Each quote holds the marks of its own truth and none of a falsehood; a rewriting can be made of the conversation."""
    for case in CASES.restate:
        assert case.kept.allows(case.citation.quote), case.citation.quote
    for turn in CASES.condense:
        whole = f"{turn.previous.question} {turn.question} {turn.previous.answer.citations[0].speaker}"
        assert turn.kept.allows(whole), whole
    for told in CASES.prose:
        assert told.kept.allows(" ".join(f"{cited.speaker}: {cited.quote}" for cited in told.citations))


def test_marks() -> None:
    """One spelling of each mark has to be there, and none of the others."""
    kept = Kept(keeps=("never|not", "Bergen"), never=("Oslo",))
    assert kept.allows("She has NOT seen bergen.")
    assert not kept.allows("She has seen Bergen.")
    assert not kept.allows("She has not seen Bergen but Oslo.")


def test_a_good_judge_is_on_everywhere() -> None:
    """All pairs in the right order: area 1."""
    found = judge_all(CASES.judge, ScriptedModel(yes=says_yes))
    measured = decide(found)
    assert set(on(measured)) == set(LANGUAGES)
    assert all(item.on and item.figures["area"] == 1.0 for item in measured)
    apart = spread(found)
    assert apart is not None
    assert apart.answers > 0 > apart.misses


def test_a_bad_judge_is_off_everywhere() -> None:
    """One that says the same of everything, or the opposite, is not asked again."""
    for answer in (lambda _: 0.5, lambda prompt: 1 - says_yes(prompt)):
        assert not any(on(decide(judge_all(CASES.judge, ScriptedModel(yes=answer)))).values())


def test_a_judge_of_one_language() -> None:
    """Off where it cannot tell, on where it can, if it can in most."""

    def yes(prompt: Prompt) -> float:
        return 0.3 if any("\u3040" < character < "\u30ff" for character in prompt.asked) else says_yes(prompt)

    decided = on(decide(judge_all(CASES.judge, ScriptedModel(yes=yes))))
    assert not decided.pop("ja")
    assert all(decided.values())


def test_a_model_without_odds_is_asked_once() -> None:
    """None is no judgement; every language is off."""
    model = ScriptedModel(yes=lambda _: None)
    found = judge_all(CASES.judge, model)
    assert len(model.judged) == 1
    assert not any(on(decide(found)).values())
    assert spread(found) is None


def test_the_area_under_the_curve() -> None:
    """Ties count half; no pairs count as nothing."""
    assert Judged([1.0, 2.0], [0.0, 2.0]).area == pytest.approx(0.625)
    assert Judged().area == 0.0 < AREA
    assert together([Judged([1.0], [0.0]), Judged([3.0], [2.0])]) == Judged([1.0, 3.0], [0.0, 2.0])


def test_restating_is_on_where_enough_is_accepted() -> None:
    """Half of the English restatements pass the verifier, and they are true."""
    (english,) = restating(only("en"), ScriptedModel(by_mark(RESTATED)))
    assert english.on
    assert english.figures == {"cases": 8, "passed": 0.5, "false": 0}


def test_a_model_that_invents_does_not_restate() -> None:
    """What the verifier refuses is not counted; a language that cannot reach enough any more is asked no more."""
    model = ScriptedModel(lambda _: "Mira Holt earned $100,000 in Oslo.")
    (english,) = restating(only("en"), model)
    assert not english.on
    assert english.figures["passed"] == 0.0
    assert len(model.prompts) == english.figures["cases"] == 5


def test_one_false_restatement_that_passes_is_one_too_many() -> None:
    """Here the marks hold against a true sentence what they would against a false one: restating is off."""
    first, *others = only("en").restate
    spoilt = replace(only("en"), restate=(replace(first, kept=Kept(keeps=("Oslo",))), *others))
    (english,) = restating(spoilt, ScriptedModel(by_mark(RESTATED)))
    assert english.figures["false"] == 1
    assert not english.on


def test_rewriting_follow_ups() -> None:
    """On where the rewritings are the conversation's words and hold what they refer to; off where they are not."""
    good = by_mark(
        {
            "what tools": "What tools does Mira Holt use as a data analyst?",
            "doctorate": "Do I need a doctorate to become a programmer?",
        }
    )
    assert on(condensing(only("en"), ScriptedModel(good))) == {"en": True}
    assert on(condensing(only("en"), ScriptedModel(lambda _: "What do they earn?"))) == {"en": False}


def test_translating() -> None:
    """On where most translations hold what was asked; off everywhere where nearly all fail and one language was lucky."""
    good = by_mark({"entrevista": "How do I prepare for a job interview?", "banco": "Why did Lucía Prado leave the bank?"})
    assert on(translating(only("es"), ScriptedModel(good))) == {"es": True}
    everywhere = on(translating(CASES, ScriptedModel(by_mark({"¿": "How do I prepare for a job interview at the bank?"}))))
    assert not any(everywhere.values())


def test_prose_is_measured_beyond_english_only_where_english_passes() -> None:
    """One invented sentence is enough to be off, and nothing more is asked then."""
    model = ScriptedModel(lambda _: "Mira Holt earns $100,000.")
    measured = prose(CASES, model)
    assert on(measured) == {"en": False}
    assert len(model.prompts) == 1


def test_prose_of_a_model_that_keeps_to_the_quotes() -> None:
    """All sentences on all quotes pass: on."""
    written = {
        "get into programming": (
            "Mira Holt taught herself to program at night while she worked in a bakery in Bergen. "
            "Otto Brandt's manager gave him three months to learn SQL in 2014, and he never stopped. "
            "Ada Finch did not like her first course at all, so she built a small game instead."
        )
    }
    first = replace(CASES, prose=CASES.prose[:1])
    (english,) = prose(first, ScriptedModel(by_mark(written)))
    assert english.on
    assert english.figures == {"cases": 1, "passed": 1.0, "told": 1.0, "false": 0}


def test_a_whole_calibration() -> None:
    """Every ability is measured, with the time its calls usually take."""
    said: list[str] = []
    record = calibrate(ScriptedModel(lambda _: "", yes=says_yes), IDENTITY, say=said.append)
    assert said == list(Ability)
    assert {item.ability for item in record.measured} == set(Ability)
    assert set(record.seconds) == set(Ability)
    assert (record.fingerprint, record.name) == (IDENTITY.fingerprint, "invented")
    abilities = record.abilities(None)
    assert abilities.has(Ability.JUDGE, "ja")
    assert not abilities.has(Ability.RESTATE, "en")


def test_a_failing_model_is_not_taken_for_an_unable_one() -> None:
    """What the pipeline forgives ends a calibration."""

    def fail(_: Prompt) -> str:
        raise ModelError("gone")

    with pytest.raises(ModelError, match="gone"):
        calibrate(ScriptedModel(fail, yes=says_yes), IDENTITY, say=lambda _: None)


def test_usual_durations() -> None:
    """The median of each kind of work, by the clock that was given."""
    ticks = iter([0.0, 1.0, 1.0, 4.0, 4.0, 6.0])
    watched = Watched(ScriptedModel(lambda _: ""), lambda: next(ticks))
    watched.work = "restate"
    assert (watched.name, watched.usual_seconds()) == ("scripted", {})
    restating(replace(only("en"), restate=only("en").restate[:3]), watched)
    assert watched.usual_seconds() == {"restate": 2.0}
    watched.close()
