"""One statement from one citation: verified, or the exact words."""

from __future__ import annotations

import pytest
from invented_values import QUOTE, citation, source
from scripted import ScriptedModel

from bot.cite import SUMMARY
from bot.claims import LONGEST_TO_RESTATE, compose
from bot.errors import CancelledError, ModelError
from bot.llm import Cancellation
from bot.values import Citation, Claim, Support

FAITHFUL = "Kit Marsh mended radios for two years before writing a program."
PLAIN = "Kit Marsh mended radios for two years before he wrote a program."


def state(cited: Citation, model: ScriptedModel | None, language: str = "en") -> Claim:
    """Compose the claim."""
    return compose(cited, language, model, Cancellation())


def test_a_verified_restatement_is_shown() -> None:
    """What the verifier accepts stands as a paraphrase, on one line."""
    model = ScriptedModel([PLAIN.replace(" before", "\nbefore")])
    claim = state(citation(n=4), model)
    assert claim == Claim(text=PLAIN, citations=(4,), support=Support.PARAPHRASE)
    assert QUOTE in model.prompts[0].asked


@pytest.mark.parametrize(
    "written",
    [
        PLAIN.replace("two", "three"),
        PLAIN.replace("mended", "never mended"),
        PLAIN.replace("Kit Marsh", "Ann Oak"),
        f"{PLAIN} Visit https://evil.example/ [1]",
        f"**{PLAIN}**",
        "",
    ],
)
def test_a_refused_restatement_is_replaced_by_the_quote(written: str) -> None:
    """A changed number, negation or name, a link, markup or silence never reaches the reader: the exact words do."""
    claim = state(citation(), ScriptedModel([written]))
    assert claim.support is Support.QUOTE
    assert QUOTE in claim.text
    assert claim.text.startswith("Kit Marsh, Radio Engineer, said in 2020:")


def test_a_failing_model_leaves_the_quote() -> None:
    """A model that cannot be reached costs fluency, not the answer."""
    assert state(citation(), ScriptedModel([ModelError("gone")])).support is Support.QUOTE


def test_cancellation_goes_through() -> None:
    """Stopping is not mistaken for a failing model."""
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(CancelledError):
        compose(citation(), "en", ScriptedModel([FAITHFUL]), cancellation)


@pytest.mark.parametrize(
    "cited",
    [
        citation(speaker=None),
        citation(speaker=None, role=SUMMARY),
        citation(role="interviewer"),
        citation(source(language="de")),
        citation(source(machine_translated=True)),
        citation(quote="word " * LONGEST_TO_RESTATE),
    ],
)
def test_what_may_not_be_restated_is_not_sent(cited: Citation) -> None:
    """Words of unknown speakers, ours, in another language, from a machine or too long go to no model."""
    assert cited.quote in state(cited, ScriptedModel()).text


@pytest.mark.parametrize(
    ("cited", "support"),
    [
        (citation(), Support.QUOTE),
        (citation(source(translation_of="original")), Support.TRANSLATION),
        (citation(speaker=None, role=SUMMARY), Support.PARAPHRASE),
    ],
)
def test_support_says_how_near_the_words_are(cited: Citation, support: Support) -> None:
    """A quote is a quote, a translation's words are a translation, a digest is our paraphrase."""
    assert state(cited, None).support is support


def test_a_claim_without_a_citation_cannot_be_made() -> None:
    """The value itself refuses it."""
    with pytest.raises(ValueError, match="citation"):
        Claim(text="x", citations=(), support=Support.QUOTE)
