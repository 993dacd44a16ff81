"""What a model may be asked to do, and that nothing else is asked of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from invented_values import citation, turn
from scripted import ScriptedModel

from bot.abilities import ANY, TRUSTED, UNMEASURED, Abilities, Ability, Odds
from bot.answer import Asked, Services, answer
from bot.events import Done
from bot.llm import Cancellation
from bot.question import understand
from bot.values import Answer, Support

NOTHING = Abilities(on=frozenset())
ASKED = Asked(text="Did Nora finish her degree in physics?", sources=4)
WRITTEN = "Nora Vale never finished her degree in physics."


def finished(services: Services, model: ScriptedModel | None, abilities: Abilities) -> Answer:
    """Answer the question about the invented corpus."""
    *_, last = answer(ASKED, replace(services, model=model, abilities=abilities))
    assert isinstance(last, Done)
    return last.answer


def test_an_ability_is_on_in_its_languages() -> None:
    """Per language, or in every one."""
    abilities = Abilities(on=frozenset({("judge", "en"), ("restate", ANY), ("judge", "de")}))
    assert abilities.has("judge", "en")
    assert not abilities.has("judge", "ja")
    assert abilities.has(Ability.RESTATE, "ja")
    assert abilities.languages("judge") == ("de", "en")


def test_what_nothing_guards_waits_for_a_measurement() -> None:
    """A model that nobody has measured restates and rewrites under guard; it neither judges, translates nor writes prose."""
    on = {ability for ability in Ability if UNMEASURED.has(ability, "en")}
    assert on == {Ability.RESTATE, Ability.CONDENSE}
    assert not TRUSTED.has(Ability.PROSE, "en")


def test_a_model_without_abilities_is_not_asked(services: Services) -> None:
    """With everything off the answer is that of no model at all, but for the model's name; nothing reaches the model."""
    model = ScriptedModel()
    with_model = finished(services, model, NOTHING)
    without = finished(services, None, NOTHING)
    assert (model.prompts, model.judged) == ([], [])
    assert with_model.claims == without.claims
    assert with_model.citations == without.citations


def test_judging_alone(services: Services) -> None:
    """Where only restating is off quotes are judged and shown as they are."""
    model = ScriptedModel(yes=lambda _: 0.97)
    done = finished(services, model, Abilities(on=frozenset({("judge", "en")})))
    assert model.judged
    assert all(claim.support is not Support.PARAPHRASE or "summary" in claim.text for claim in done.claims)


def test_restating_alone(services: Services) -> None:
    """Where only judging is off the search decides, and what the verifier accepts is shown."""
    model = ScriptedModel(lambda prompt: WRITTEN if "physics" in prompt.asked else "")
    done = finished(services, model, Abilities(on=frozenset({("restate", "en")})))
    assert model.judged == []
    assert WRITTEN in [claim.text for claim in done.claims]


def test_follow_ups_by_rule() -> None:
    """Where rewriting is off the rule stands and the model is not asked."""
    history = (turn("How did Kit Marsh learn programming?", [citation()]),)
    understood = [
        understand(
            "and what hardware did he use?",
            language=None,
            history=history,
            model=model,
            cancellation=Cancellation(),
            abilities=NOTHING,
        )
        for model in (ScriptedModel(), None)
    ]
    assert understood[0] == understood[1]
    assert "Kit Marsh" in understood[0].alone


def test_odds_are_read_as_the_references() -> None:
    """A model whose odds lie three times as far apart, and higher, says the same after reading."""
    odds = Odds(scale=1 / 3, shift=-1.0)
    assert odds.read(0.5) == pytest.approx(1 / (1 + 2.718281828), abs=1e-6)
    assert odds.read(None) is None
    assert Odds().read(0.25) == 0.25
    assert 0 <= (odds.read(0.0) or 0) < 1e-3
    assert 0.99 < (odds.read(1.0) or 0) <= 1
