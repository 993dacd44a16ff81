"""Make one statement from one citation: the model's restatement if the verifier accepts it, else the exact words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cite import SUMMARY
from bot.errors import ModelError
from bot.lead_in import attribute
from bot.prompts import load_prompt
from bot.values import Citation, Claim, Support
from bot.verify import Subject, verify
from ingest.sentences import split
from ingest.values import Role

if TYPE_CHECKING:
    from bot.llm import Cancellation, LanguageModel

RESTATE_TOKENS = 110
LONGEST_TO_RESTATE = 240
"""Characters. Restating a long quote drops parts of it, which the verifier then has to refuse."""


def compose(citation: Citation, language: str, model: LanguageModel | None, cancellation: Cancellation) -> Claim:
    """Return a claim in the asker's `language` that rests on `citation`.

    Raises:
        CancelledError: the answer was stopped.
    """
    restated = restate(citation, language, model, cancellation) if model and restatable(citation, language) else None
    if restated:
        return Claim(text=restated, citations=(citation.n,), support=Support.PARAPHRASE)
    return Claim(text=attribute(citation, language), citations=(citation.n,), support=_support(citation))


def restatable(citation: Citation, language: str) -> bool:
    """Tell whether to restate one quote: it may be told in other words, and is short enough that nothing gets lost."""
    return tellable(citation, language) and len(citation.quote) <= LONGEST_TO_RESTATE


def tellable(citation: Citation, language: str) -> bool:
    """Tell whether other words may be tried: a known speaker's, in the asker's language, not ours, not a machine's."""
    return (
        citation.speaker is not None
        and citation.role in {Role.INTERVIEWEE, Role.AUTHOR}
        and citation.source.language == language
        and not citation.source.machine_translated
    )


def restate(citation: Citation, language: str, model: LanguageModel, cancellation: Cancellation) -> str | None:
    """Return the model's restatement of the quote, or None where the verifier refuses it.

    Raises:
        CancelledError: the answer was stopped.
    """
    speaker = citation.speaker or ""
    try:
        written = model.write(
            load_prompt("restate").fill(speaker=speaker, quote=citation.quote),
            max_tokens=RESTATE_TOKENS,
            cancellation=cancellation,
        )
    except ModelError:
        return None
    restated = " ".join(written.split())
    verdict = verify(restated, citation.quote, subject=subject(citation), language=language)
    return restated if verdict.accepted and len(split(restated)) == 1 else None


def subject(citation: Citation) -> Subject:
    """Return whose words a citation holds, as a claim may name them."""
    person = next((person for person in citation.source.people if person.name == citation.speaker), None)
    return Subject(name=citation.speaker or "", aliases=person.aliases if person else ())


def _support(citation: Citation) -> Support:
    """A digest's sentence is our paraphrase of the person; a translation's words are a translation; all else is a quote."""
    if citation.role == SUMMARY:
        return Support.PARAPHRASE
    return Support.TRANSLATION if citation.source.translation_of else Support.QUOTE
